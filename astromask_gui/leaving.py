"""The end of the process: at once, and without taking apart what threads may still be inside."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import NoReturn

_kept: list[object] = []


def keep(thing: object) -> None:
    """Have something live for as long as the process does.

    Python would delete the parts of a window in the order in which it comes across them, some
    in the thread that happens to let go of one last. Qt asks for another order.
    """
    _kept.append(thing)


def leave(code: int) -> NoReturn:
    """End the process. To be called when all is written and the children have ended.

    The interpreter's own end runs the destructors of libraries under threads that can't be
    stopped, such as one for which LLVM is compiling a kernel, and they crash.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # A program without a console has none, and nobody may be reading any more.
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.flush()
    os._exit(code)

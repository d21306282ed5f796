"""A process that may open few files, as all may on some systems."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_files_allowed(spare: int) -> Iterator[None]:
    """Within this block only `spare` more files can be opened; on Windows nothing changes."""
    if sys.platform == "win32":
        yield
        return
    import resource

    # The lowest number that is free: those below it may be open.
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + spare, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

"""What the window's helper processes share: requests on a stream, each of them answered.

Requests and answers are messages of `trainer.wire`. A request names its operation as `op` and may
bring an `id`, which the answer repeats. An answer has `ok` true, or false with `error`, a
sentence. Whatever a request is, the process stays up.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from trainer.errors import AstroMaskError, QueryError
from trainer.wire import WireError, read_message, write_message

Header: TypeAlias = dict[str, Any]
Arrays: TypeAlias = Mapping[str, np.ndarray]
Answer: TypeAlias = tuple[Header, dict[str, np.ndarray]]
Operation: TypeAlias = Callable[[Header, Arrays], Answer]

_MOST_WIRE_ERRORS = 3
"""After so many unreadable messages in a row the stream is out of step for good."""


class Server:
    """Answers requests by the operations it was given."""

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        """`name` begins sentences: "The cutout reader"."""
        self.name = name
        self._operations = dict(operations)

    def answer(self, header: Any, arrays: Arrays | None = None) -> Answer:
        """The answer to a request, whatever the request is. Never raises."""
        number = header.get("id") if isinstance(header, dict) else None
        try:
            operation = self._operation(header)
            fields, blocks = operation(header, arrays or {})
        except AstroMaskError as error:
            return {"id": number, "ok": False, "error": str(error)}, {}
        except Exception as error:
            # The window must hear of it, and the next request may be a good one.
            traceback.print_exc(file=sys.stderr)
            return {"id": number, "ok": False, "error": self._unexpected(error)}, {}
        return {"id": number, "ok": True, **fields}, blocks

    def _operation(self, header: Any) -> Operation:
        op = header.get("op") if isinstance(header, dict) else None
        if not isinstance(op, str) or op not in self._operations:
            raise QueryError(
                f"A request asks for one of {', '.join(self._operations)}; {op!r} was asked for."
            )
        return self._operations[op]

    def _unexpected(self, error: Exception) -> str:
        if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
            return f"{self.name} ran out of memory; ask for less at once."
        return f"{self.name} met an unexpected error ({type(error).__name__}: {error})."


def serve(server: Server, requests: BinaryIO, answers: BinaryIO) -> int:
    """Answer until the other side closes; returns the process's exit code."""
    unreadable = 0
    while unreadable < _MOST_WIRE_ERRORS:
        try:
            message = read_message(requests)
        except WireError as error:
            unreadable += 1
            write_message(answers, {"id": None, "ok": False, "error": str(error)})
            continue
        if message is None:
            return 0
        unreadable = 0
        header, arrays = server.answer(*message)
        write_message(answers, header, arrays)
    return 1


def take_standard_output() -> BinaryIO:
    """A stream to what was the standard output; what is printed goes to the standard error.

    To be called before a library is imported that may print: answers must not mix with it.
    """
    # The window ends its helpers by closing their input, not by the terminal's Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    return answers


def serve_standard_streams(server: Server, answers: BinaryIO) -> int:
    """Answer what comes on the standard input; returns the process's exit code."""
    try:
        with answers:
            return serve(server, sys.stdin.buffer, answers)
    except BrokenPipeError:
        print(f"{server.name} stops: nobody reads its answers any more.", file=sys.stderr)
        return 1

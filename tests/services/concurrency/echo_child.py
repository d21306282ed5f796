"""A child for tests of the worker: does what a request's "op" says."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from trainer.wire import read_message, write_message


def main() -> None:
    output = os.fdopen(os.dup(1), "wb")
    while (message := read_message(sys.stdin.buffer)) is not None:
        header, arrays = message
        op = header["op"]
        if op == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif op == "die_once" and not Path(header["mark"]).exists():
            Path(header["mark"]).touch()
            os._exit(3)
        elif op == "garbage":
            output.write(b"\xff" * 64)
            output.flush()
        elif op == "wait_for":
            # A named pipe: opening it waits until the test opens the other end.
            Path(header["pipe"]).read_bytes()
            write_message(output, {"ok": True, "value": header.get("value")})
        elif op == "refuse":
            write_message(output, {"ok": False, "error": "No, because."})
        else:
            write_message(output, {"ok": True, **header}, arrays)


if __name__ == "__main__":
    main()

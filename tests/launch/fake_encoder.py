"""A stand-in for `astromask serve`: the same frames, an encoder that takes means of bands.

Run as a module. It is told by operations of its own to die, to hang up or to talk nonsense.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np

from trainer.wire import read_message, write_message


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    model = None
    while (message := read_message(sys.stdin.buffer)) is not None:
        header, arrays = message
        op, answer, results = header["op"], {"id": header["id"], "ok": True}, {}
        if op == "load":
            if not Path(header["checkpoint"]).exists():
                answer |= {"ok": False, "error": f"No checkpoint at {header['checkpoint']}."}
            else:
                model = {"image": 8, "request": {k: v for k, v in header.items() if k != "op"}}
                answer["model"] = model
        elif op == "encode":
            if model is None:
                answer |= {"ok": False, "error": "Nothing is loaded."}
            else:
                answer["request"] = header
                print("a word on the standard output")
                # Two numbers a band: mean and spread, so that galaxies differ.
                images = arrays["images"]
                parts = [images.mean(axis=(2, 3)), images.std(axis=(2, 3))]
                results = {"embeddings": np.concatenate(parts, axis=1).astype(np.float32)}
        elif op == "pid":
            answer["pid"] = os.getpid()
        elif op == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif op == "exit":
            sys.exit(3)
        elif op == "nonsense":
            answers.write(b"\xff" * 64)
            answers.flush()
            continue
        elif op == "wrong id":
            answer["id"] = -1
        write_message(answers, answer, results)


if __name__ == "__main__":
    main()

"""A reader of a made-up survey of any size, which answers for thumbnails like the real one."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np

from trainer.wire import read_message, write_message

_DIFFERENT = 64


@cache
def _templates(size: int) -> np.ndarray:
    """(64, 3, size, size) float16: noise and a galaxy, no two alike."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    angle = random.uniform(0, np.pi, (_DIFFERENT, 1, 1))
    axes = random.uniform(0.3, 1, (_DIFFERENT, 1, 1))
    along = x * np.cos(angle) + y * np.sin(angle)
    across = (y * np.cos(angle) - x * np.sin(angle)) / axes
    light = 60 * np.exp(-np.hypot(along, across) / (0.1 * size))
    colour = random.uniform(0.4, 1, (_DIFFERENT, 3, 1, 1))
    noise = random.normal(size=(_DIFFERENT, 3, size, size))
    return (light[:, None] * colour + noise).astype(np.float16)


def main() -> None:
    """Answer until the requests end."""
    while (message := read_message(sys.stdin.buffer)) is not None:
        header, _ = message
        rows = np.asarray(header.get("rows", []), np.int64)
        pictures = _templates(int(header.get("size", 48)))[rows % _DIFFERENT]
        answer = {"id": header.get("id"), "ok": True, "rows": rows.tolist(), "failed": []}
        write_message(sys.stdout.buffer, answer, {"thumbnails": pictures})


if __name__ == "__main__":
    main()

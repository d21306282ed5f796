"""Text as files hold it → text as the program uses it."""

from __future__ import annotations

import numpy as np

LONGEST_FIXED_TEXT = 256
"""Beyond this a column keeps Python strings: one long value must not widen all others."""


def text_array(values: np.ndarray) -> np.ndarray:
    """Bytes or text of any kind as a text array; of Python strings where one is very long."""
    texts = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in np.asarray(values).ravel()
    ]
    if max(map(len, texts), default=0) > LONGEST_FIXED_TEXT:
        long = np.empty(len(texts), object)
        long[:] = texts
        return long
    return np.array(texts, dtype=np.str_)

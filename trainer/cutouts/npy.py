"""Headers of NumPy's files, and what damaged ones raise."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib
from typing import IO, Any

import numpy as np

NPY_DAMAGE = (
    OSError, ValueError, TypeError, EOFError, KeyError, RuntimeError, OverflowError, SyntaxError,
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError,
)  # fmt: skip
"""NumPy parses a header as Python's own literals, so that even its tokens may be damaged."""


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether in Fortran's order, and type of the `.npy` array that begins here.

    Raises one of `NPY_DAMAGE`.
    """
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)

"""Checks that every reader makes of its file and of the rows it is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.errors import FormatError, QueryError


def require_file(path: Path) -> None:
    """Raise `FormatError` where `path` is not a file with something in it."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise FormatError(f"There is no file {path}.") from error
    except OSError as error:
        raise FormatError(f"{path} can't be looked at: {error.strerror or error}.") from error
    if path.is_dir():
        raise FormatError(f"{path} is a folder; a file of cutouts was expected.")
    if size == 0:
        raise FormatError(f"{path} is empty (0 bytes); cutouts were expected.")


def first_bytes(path: Path, count: int = 24) -> str:
    """How a file starts, to be named in a sentence: its first line where that is text."""
    with path.open("rb") as file:
        start = file.read(count)
    line = start.split(b"\n")[0].strip()
    if line.isascii() and line.decode("ascii").isprintable() and line:
        return f"the text '{line.decode('ascii')}'"
    return f"the bytes {start[:8].hex(' ')}"


def check_rows(rows: np.ndarray, count: int, path: Path) -> np.ndarray:
    """`rows` as int64. Raises `QueryError` where one lies outside 0 … count − 1."""
    rows = np.atleast_1d(np.asarray(rows)).astype(np.int64)
    if rows.size and (rows.min() < 0 or rows.max() >= count):
        wrong = int(rows[(rows < 0) | (rows >= count)][0])
        raise QueryError(f"Row {wrong} of {path} was asked for; it has rows 0 to {count - 1}.")
    return rows

"""Messages between the window and its worker processes: a JSON header, then raw arrays.

A frame is the header's length (4 bytes, little-endian), the header as UTF-8 JSON, then
the bytes of each array the header lists under "arrays", in that order. Nothing is ever
unpickled. Every `trainer.serving.Server` speaks it on its standard input and output: the
model, the cutout reader and the search.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

MAXIMUM_HEADER = 16 * 2**20
MAXIMUM_ARRAY = 4 * 2**30
_ALLOWED_KINDS = "biuf"


class WireError(RuntimeError):
    """The other side sent what is not a frame, or stopped in the middle of one."""


def write_message(
    stream: BinaryIO, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None
) -> None:
    """Send one frame. `header` must be JSON-able and must not hold the key "arrays"."""
    blocks = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    described = [
        {"name": name, "dtype": block.dtype.str, "shape": block.shape}
        for name, block in blocks.items()
    ]
    text = json.dumps({**header, "arrays": described}).encode()
    stream.write(struct.pack("<I", len(text)))
    stream.write(text)
    for block in blocks.values():
        stream.write(block.data.cast("B") if block.size else b"")
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
    """Receive one frame; None when the other side has closed. Raises `WireError`."""
    prefix = stream.read(4)
    if not prefix:
        return None
    (length,) = struct.unpack("<I", _exactly(prefix, stream, 4))
    if length > MAXIMUM_HEADER:
        raise WireError(f"A message's header claims {length} bytes; at most {MAXIMUM_HEADER}.")
    try:
        header = json.loads(_exactly(b"", stream, length))
        arrays = {entry["name"]: _read_array(entry, stream) for entry in header.pop("arrays")}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError(f"A message can't be read: {error}") from error
    return header, arrays


def _read_array(entry: dict[str, Any], stream: BinaryIO) -> np.ndarray:
    dtype = np.dtype(entry["dtype"])
    if dtype.kind not in _ALLOWED_KINDS:
        raise WireError(f"A message holds an array of type {dtype}; numbers only.")
    shape = tuple(int(n) for n in entry["shape"])
    size = math.prod(shape) * dtype.itemsize
    if any(n < 0 for n in shape) or size > MAXIMUM_ARRAY:
        raise WireError(f"A message holds an array of shape {shape}; that can't be.")
    array = np.empty(shape, dtype)
    view = array.reshape(-1).view(np.uint8).data
    filled = 0
    while filled < size:
        count = stream.readinto(view[filled:])  # type: ignore[attr-defined]
        if not count:
            raise WireError("A message stopped in the middle of an array.")
        filled += count
    return array


def _exactly(start: bytes, stream: BinaryIO, length: int) -> bytes:
    data = start
    while len(data) < length:
        more = stream.read(length - len(data))
        if not more:
            raise WireError("A message stopped in the middle of its header.")
        data += more
    return data

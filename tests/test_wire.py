"""Frames between processes: what goes in comes out, and garbage is refused."""

from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trainer.wire import MAXIMUM_HEADER, WireError, read_message, write_message

ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    hnp.arrays(
        st.sampled_from([np.float32, np.float16, np.uint8, np.int64, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    ),
    max_size=3,
)


@given(ARRAYS, st.dictionaries(st.sampled_from("abc"), st.integers() | st.text()))
def test_a_message_survives_the_way(arrays: dict, header: dict) -> None:
    stream = io.BytesIO()
    write_message(stream, header, arrays)
    stream.seek(0)
    received = read_message(stream)
    assert received is not None
    assert received[0] == header
    assert received[1].keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(received[1][name], array)
        assert received[1][name].dtype == array.dtype
    assert read_message(stream) is None


def frame(header: object, body: bytes = b"") -> io.BytesIO:
    text = json.dumps(header).encode()
    return io.BytesIO(struct.pack("<I", len(text)) + text + body)


@pytest.mark.parametrize(
    "stream",
    [
        io.BytesIO(b"\x01"),
        io.BytesIO(struct.pack("<I", 5) + b"{"),
        io.BytesIO(struct.pack("<I", MAXIMUM_HEADER + 1)),
        frame([1, 2]),
        frame({"no": "arrays"}),
        frame({"arrays": [{"name": "x", "dtype": "O", "shape": [1]}]}, b"12345678"),
        frame({"arrays": [{"name": "x", "dtype": "<f4", "shape": [-1]}]}),
        frame({"arrays": [{"name": "x", "dtype": "<f4", "shape": [2**40]}]}),
        frame({"arrays": [{"name": "x", "dtype": "<f4", "shape": [4]}]}, b"1234"),
    ],
)
def test_what_is_no_frame_is_refused(stream: io.BytesIO) -> None:
    with pytest.raises(WireError):
        read_message(stream)

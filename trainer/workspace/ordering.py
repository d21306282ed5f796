"""The order of rows by a column: stable, and what is missing last in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

    from trainer.workspace.columns import ColumnStore

_LONGEST = 64
"""Bytes of a text, up to which texts are sorted digit by digit."""
_SAMPLE = 4096
_MOST_TIED = 4
"""Up to a share of 1 in so many, rows whose upper halves are equal are sorted by themselves."""


def column_order(store: ColumnStore, name: str, *, descending: bool = False) -> NDArray[np.uint32]:
    """(N,) rows in the order of a column, equal ones in that of the catalogue.

    Integers are compared exactly, categories by their place among the categories, text by
    its code points. Raises like `ColumnStore.values`.
    """
    import pyarrow as pa

    info = store.info(name)
    if info.kind == "text":
        return text_order(store.arrow(name), descending=descending)
    if info.kind == "number":
        column = store.arrow(name)
        # As float64, integers beyond 2^53 would be equal that are not.
        if pa.types.is_integer(column.type):
            missing = column.is_null().to_numpy()
            whole = column.fill_null(pa.scalar(0, column.type)).to_numpy()
            return value_order(whole, missing, descending=descending)
    values = store.values(name)
    return value_order(values, missing_in(values), descending=descending)


def missing_in(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """(N,) where values as `ColumnStore.values` gives them are missing."""
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values), bool)
    return np.asarray(values == "" if values.dtype == object else np.less(values, 0), bool)


def value_order(
    values: NDArray[np.generic], missing: NDArray[np.bool_], *, descending: bool = False
) -> NDArray[np.uint32]:
    """(N,) rows in the order of numbers or codes, those `missing` last."""
    present = np.flatnonzero(~missing) if missing.any() else None
    keys = _keys(values if present is None else values[present])
    order = _key_order(~keys if descending else keys)
    if present is not None:
        order = np.concatenate([present[order], np.flatnonzero(missing)])
    return order.astype(np.uint32)


def _keys(values: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """(N,) unsigned integers in the same order as numbers without NaN."""
    values = np.ascontiguousarray(values)
    bits = values.dtype.itemsize * 8
    kind, top = np.dtype(f"u{bits // 8}"), 1 << (bits - 1)
    if values.dtype.kind == "f":
        # Adding 0 makes of −0 a 0; the bits of negative numbers count downwards.
        plain = np.add(values, 0, dtype=values.dtype).view(kind)
        return np.asarray(np.where(plain & kind.type(top), ~plain, plain | kind.type(top)))
    return np.asarray(values.view(kind) ^ kind.type(top if values.dtype.kind == "i" else 0))


def _key_order(keys: NDArray[np.unsignedinteger]) -> NDArray[np.integer]:
    """(N,) rows in the order of unsigned integers: NumPy sorts 16 bits by counting, several
    times as fast as it compares."""
    if keys.dtype.itemsize <= 2:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    if keys.dtype.itemsize == 4:
        by_low = np.argsort(keys.astype(np.uint16), kind="stable")
        upper = (keys >> np.uint32(16)).astype(np.uint16)[by_low]
        return by_low[np.argsort(upper, kind="stable")]
    high = (keys >> np.uint64(32)).astype(np.uint32)
    order = _key_order(high)
    ordered = high[order]
    tied = np.zeros(len(keys), bool)
    tied[1:] = ordered[1:] == ordered[:-1]
    tied[:-1] |= tied[1:]
    places = np.flatnonzero(tied)
    if len(places) > len(keys) // _MOST_TIED:
        return np.argsort(keys, kind="stable")
    # Where the upper half does not decide, the rows stand together already.
    rows = order[places]
    order[places] = rows[np.argsort(keys[rows], kind="stable")]
    return order


def text_order(column: pa.ChunkedArray, *, descending: bool = False) -> NDArray[np.uint32]:
    """(N,) rows in the order of texts; empty and null ones are missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = column.cast(pa.large_string()).fill_null("").combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_string())
    missing = pc.equal(texts, "").to_numpy(zero_copy_only=False)
    sample = texts.slice(0, _SAMPLE)
    if 2 * pc.count_distinct(sample).as_py() <= len(sample):
        # Sorted are then the few different texts, and everywhere else their places.
        encoded = texts.dictionary_encode()
        places = _places(_distinct_order(encoded.dictionary))
        ranks = places[encoded.indices.to_numpy()]
        return value_order(ranks, missing, descending=descending)
    order = _digit_order(texts, descending=descending)
    if order is None:
        return value_order(_ranks(texts), missing, descending=descending)
    # The empty ones are last in one direction, and first in the other.
    return order if descending else np.roll(order, -int(missing.sum()))


def _distinct_order(texts: pa.LargeStringArray) -> NDArray[np.integer]:
    import pyarrow.compute as pc

    found = _digit_order(texts)
    return pc.sort_indices(texts).to_numpy() if found is None else found


def _places(order: NDArray[np.integer]) -> NDArray[np.int32]:
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _ranks(texts: pa.LargeStringArray) -> NDArray[np.int32]:
    """(N,) place of each text among the different ones."""
    import pyarrow.compute as pc

    order = pc.sort_indices(texts).to_numpy()
    ordered = texts.take(order)
    is_new = np.ones(len(order), bool)
    if len(order):
        is_new[1:] = pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.cumsum(is_new, dtype=np.int32)
    return ranks


def _digit_order(
    texts: pa.LargeStringArray, *, descending: bool = False
) -> NDArray[np.uint32] | None:
    """Rows in the order of texts, two bytes after two from the last to the first.

    UTF-8 sorts like its code points. None where texts are too long for this to be quick.
    """
    count = len(texts)
    _, offsets, data = texts.buffers()
    if not count or data is None:
        return np.arange(count, dtype=np.uint32)
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + count + 1]
    lengths = np.diff(bounds)
    longest = int(lengths.max())
    if longest > _LONGEST:
        return None
    letters = np.frombuffer(data, np.uint8)
    # Where one text ends and a longer one goes on with a zero byte, the length decides.
    flip = np.uint16(0xFFFF if descending else 0)
    order = np.argsort(lengths.astype(np.uint16) ^ flip, kind="stable").astype(np.uint32)
    for place in range((longest - 1) // 2 * 2, -1, -2):
        digits = _letter(letters, bounds, lengths, place) << 8
        digits |= _letter(letters, bounds, lengths, place + 1)
        if digits.min() < digits.max():
            order = order[np.argsort((digits ^ flip)[order], kind="stable")]
    return order


def _letter(
    letters: NDArray[np.uint8], bounds: NDArray[np.int64], lengths: NDArray[np.int64], place: int
) -> NDArray[np.uint16]:
    """(N,) the byte at a place of each text; 0 beyond its end."""
    found = letters[np.minimum(bounds[:-1] + place, len(letters) - 1)].astype(np.uint16)
    found[lengths <= place] = 0
    return found

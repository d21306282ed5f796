"""Which galaxies validate: by a hash of each, so that a grown survey keeps its split."""

from __future__ import annotations

import hashlib

import numpy as np


def validation_mask(object_ids_or_rows: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """(N,) bool, True for about `share` of the galaxies.

    Integers are hashed by value (splitmix64, Steele et al. 2014), text by BLAKE2b, both with
    the seed: a galaxy's answer depends on nothing but its identifier and the seed.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"The validation share must lie between 0 and 1, not {share}.")
    values = np.asarray(object_ids_or_rows)
    hashes = _integer_hash(values, seed) if values.dtype.kind in "iu" else _text_hash(values, seed)
    # The upper 53 bits are an exact float64 in [0, 1).
    return (hashes >> np.uint64(11)).astype(np.float64) * 2.0**-53 < share


def _integer_hash(values: np.ndarray, seed: int) -> np.ndarray:
    start = np.uint64((seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        x = _mix(values.astype(np.uint64) ^ _mix(np.array([start]))[0])
    return x


def _mix(x: np.ndarray) -> np.ndarray:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def _text_hash(values: np.ndarray, seed: int) -> np.ndarray:
    key = str(seed).encode()
    digests = b"".join(
        hashlib.blake2b(str(value).encode(), digest_size=8, key=key).digest() for value in values
    )
    return np.frombuffer(digests, "<u8")

"""In which order galaxies are seen: a function of seed and epoch, so that a resumed training
goes on exactly, and kind to files that are read by chunks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 128
"""Neighbouring rows that are read together."""


def epoch_order(rows: np.ndarray, seed: int, epoch: int, pool: int) -> np.ndarray:
    """`rows` in the order of one epoch.

    Blocks of neighbours are shuffled, then all rows inside each pool of `pool` rows: a
    perfect shuffle where everything fits into one pool, and otherwise one that reads
    every chunk of a file about once an epoch.
    """
    rng = np.random.default_rng((seed, epoch))
    blocks = np.array_split(rows, max(1, len(rows) // BLOCK)) if len(rows) else [rows]
    order = np.concatenate([blocks[i] for i in rng.permutation(len(blocks))])
    for part in pools(order, pool):
        rng.shuffle(part)
    return order


def pools(order: np.ndarray, pool: int) -> Iterator[np.ndarray]:
    """Views of `order`, `pool` rows each, the last perhaps shorter."""
    for start in range(0, len(order), pool):
        yield order[start : start + pool]


def steps_in_epoch(count: int, batch_size: int) -> int:
    """Whole batches in an epoch; one short batch where there is no whole one."""
    return max(1, count // batch_size) if count else 0

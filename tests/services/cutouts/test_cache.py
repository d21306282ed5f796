from __future__ import annotations

import numpy as np

from astromask_gui.services.cutouts.cache import PixelCache


def test_the_pixel_cache_keeps_within_its_bound() -> None:
    one = np.zeros((1, 8, 8), np.float32)
    cache = PixelCache(bound=3 * one.nbytes)
    for row in range(5):
        cache.put(row, one + row, np.zeros(1, bool))
        cache.get(0)
    assert [row for row in range(5) if row in cache] == [0, 3, 4]


def test_a_smaller_bound_lets_the_oldest_go() -> None:
    cache = PixelCache(10_000)
    for row in range(8):
        cache.put(row, np.zeros((1, 16, 16), np.float32), np.zeros(1, bool))
    cache.get(0)
    cache.set_bound(2 * 1024)
    assert [row for row in range(8) if row in cache] == [0, 7]
    assert cache.bytes == 2 * 1024


def test_a_cutout_read_by_itself_is_not_copied_and_one_of_a_batch_keeps_only_itself() -> None:
    cache = PixelCache(10_000)
    alone, batch = np.ones((1, 2, 4, 4), np.float32), np.ones((9, 2, 4, 4), np.float32)
    missing = np.zeros((9, 2), bool)
    cache.put(1, alone[0], missing[0])
    cache.put(2, batch[5], missing[5])
    kept = [found[0] for row in (1, 2) if (found := cache.get(row)) is not None]
    assert np.shares_memory(kept[0], alone)
    assert not np.shares_memory(kept[1], batch) and kept[1].base is None

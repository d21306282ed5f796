"""Datasets that stand beside the images of an HDF5 file: which are columns, and their units."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

import h5py
import numpy as np

from trainer.cutouts.hdf5_file import column_values, is_text
from trainer.cutouts.text import text_array

MOST_PARTS = 8
"""A (N, k) dataset becomes k columns up to this k."""
LONGEST_UNIT = 64
_UNIT_ATTRIBUTES = ("unit", "units", "tunit")


def column_names(group: h5py.Group, count: int, skip: Container[str]) -> list[str]:
    """Names of the datasets that have one value, or up to eight, for each of `count` cutouts."""
    return [
        name for name, item in _datasets(group, skip) if _why_no_column(name, item, count) is None
    ]


def left_out(group: h5py.Group, count: int, skip: Container[str]) -> list[str]:
    """A sentence on each dataset that is no column of `count` cutouts."""
    reasons = (_why_no_column(name, item, count) for name, item in _datasets(group, skip))
    return [reason for reason in reasons if reason is not None]


def read_columns(group: h5py.Group, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The datasets `names` as columns (N,): one of several values a cutout becomes several."""
    columns: dict[str, np.ndarray] = {}
    for name in names:
        dataset = group[name]
        if dataset.ndim == 1:
            columns[name] = column_values(dataset)
        else:
            parts = np.asarray(dataset[()]).T
            columns.update({f"{name}_{i}": part for i, part in enumerate(parts)})
    return columns


def read_units(group: h5py.Group, names: Iterable[str]) -> dict[str, str]:
    """Units of what `read_columns` makes of `names`, where the datasets have such an attribute."""
    units: dict[str, str] = {}
    for name in names:
        dataset = group[name]
        if (unit := unit_of(dataset)) is None:
            continue
        parts = [name] if dataset.ndim == 1 else [f"{name}_{i}" for i in range(dataset.shape[1])]
        units.update(dict.fromkeys(parts, unit))
    return units


def unit_of(dataset: h5py.Dataset) -> str | None:
    """The unit in the dataset's attribute `unit` or `units`; None where there is none."""
    for name, value in dataset.attrs.items():
        if name.lower() in _UNIT_ATTRIBUTES and (text := _one_text(value)):
            return text
    return None


def _one_text(value: Any) -> str | None:
    """The text of an attribute that holds one; None for numbers, lists and what is too long."""
    if np.size(value) != 1:
        return None
    single = np.ravel(np.array(value, object))[0]
    if not isinstance(single, (str, bytes)):
        return None
    text = str(text_array(np.array([single], object))[0]).strip()
    return text if len(text) <= LONGEST_UNIT else None


def _datasets(group: h5py.Group, skip: Container[str]) -> Iterator[tuple[str, h5py.Dataset]]:
    for name, item in group.items():
        if name not in skip and isinstance(item, h5py.Dataset) and item.ndim > 0:
            yield name, item


def _why_no_column(name: str, item: h5py.Dataset, count: int) -> str | None:
    """Why a dataset is no column; None where it is one."""
    if item.shape[0] != count:
        return f"`{name}` was left out: it has {item.shape[0]} entries for {count} cutouts."
    text = is_text(item)
    if item.dtype.kind not in "biuf" and not text:
        return (
            f"`{name}` was left out: its values are of the type {item.dtype}, no numbers or text."
        )
    if item.ndim > 2 or (item.ndim == 2 and (text or item.shape[1] > MOST_PARTS)):
        shape = " × ".join(map(str, item.shape[1:]))
        return f"`{name}` was left out: it has {shape} values a cutout and is no column."
    return None

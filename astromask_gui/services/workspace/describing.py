"""What a catalogue says of one galaxy, in words with units."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from trainer.workspace.catalogue import Catalogue

MOST_FACTS = 12
_NO_FACTS = {"object_id", "original_id", "ra", "dec"}


@dataclass(frozen=True)
class RowFacts:
    """One galaxy's place in the catalogue."""

    object_id: str
    ra: float | None = None
    dec: float | None = None
    """Degrees, ICRS."""
    facts: dict[str, str] = field(default_factory=dict)
    """Further columns as text with units."""


class Describer:
    """Looks rows up; the columns are read at the first look-up and kept as Arrow arrays."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._columns: dict[str, pa.ChunkedArray] | None = None
        self._lock = threading.Lock()

    def describe(self, row: int) -> RowFacts:
        """What is known of a row. Reads files the first time. Raises `QueryError`."""
        with self._lock:
            if self._columns is None:
                self._columns = self._read()
        values = {name: column[row].as_py() for name, column in self._columns.items()}
        position = [_finite(values.pop(name, None)) for name in ("ra", "dec")]
        units = {name: self._unit(name) for name in values}
        facts = {
            name: _in_words(value, units[name])
            for name, value in values.items()
            if value is not None
        }
        return RowFacts(self._catalogue.object_id(row), position[0], position[1], facts)

    def _read(self) -> dict[str, pa.ChunkedArray]:
        names = self._catalogue.column_names()
        chosen = [name for name in names if name not in _NO_FACTS]
        chosen = sorted(chosen, key=_importance)[:MOST_FACTS]
        position = [name for name in ("ra", "dec") if name in names]
        return {name: self._catalogue.column(name) for name in [*position, *chosen]}

    def _unit(self, name: str) -> str:
        metadata = self._catalogue.schema.field(name).metadata or {}
        return str(metadata.get(b"unit", b""), "utf-8")


def _importance(name: str) -> int:
    """What people look for first: the kind, the redshift, magnitudes, then the rest."""
    word = name.lower()
    first = (("type", "class"), ("z", "zspec", "redshift", "z_spec"), ("mag_r", "snr_r"))
    for place, words in enumerate(first):
        if word in words:
            return place
    return len(first) if word.startswith("mag") else len(first) + 1


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _in_words(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}".rstrip()

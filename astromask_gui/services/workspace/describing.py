"""What a catalogue says of one galaxy, in words with units."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from astromask_gui.parts.usual_columns import importance
from astromask_gui.parts.value_text import MISSING, number_text

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
        words = {name: _in_words(value, self._unit(name)) for name, value in values.items()}
        facts = {name: text for name, text in words.items() if text != MISSING}
        return RowFacts(self._catalogue.object_id(row), position[0], position[1], facts)

    def _read(self) -> dict[str, pa.ChunkedArray]:
        names = self._catalogue.column_names()
        chosen = [name for name in names if name not in _NO_FACTS]
        chosen = sorted(chosen, key=importance)[:MOST_FACTS]
        position = [name for name in ("ra", "dec") if name in names]
        return {name: self._catalogue.column(name) for name in [*position, *chosen]}

    def _unit(self, name: str) -> str:
        metadata = self._catalogue.schema.field(name).metadata or {}
        return str(metadata.get(b"unit", b""), "utf-8")


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _in_words(value: Any, unit: str) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = number_text(value) if isinstance(value, float) else str(value)
    return text if text == MISSING else f"{text} {unit}".rstrip()

"""What a filter asks for, apart from the rows that pass: this is kept, written down and redone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

_NAMED = 3
"""So many categories stand in a caption."""


@dataclass(frozen=True)
class Range:
    """Values of a column of numbers from `low` to `high`, both included; what is missing fails."""

    column: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Categories:
    """Rows of some categories of a column, or of all but some."""

    column: str
    names: tuple[str, ...]
    all_but: bool = False
    missing: bool = False
    """Whether rows without a value pass."""


@dataclass(frozen=True)
class Condition:
    """Rows for which a condition in SQL holds."""

    expression: str


@dataclass(frozen=True)
class SavedRows:
    """The galaxies of a saved selection, or all others."""

    name: str
    only: bool = True


Spec: TypeAlias = Range | Categories | Condition | SavedRows


def caption_of(spec: Spec, unit: str = "") -> str:
    """The words of a filter's chip."""
    if isinstance(spec, Condition):
        return " ".join(spec.expression.split())
    if isinstance(spec, SavedRows):
        return f"{'only' if spec.only else 'without'} {spec.name}"
    if isinstance(spec, Categories):
        return f"{spec.column}: {_categories_text(spec)}"
    if math.isinf(spec.low) and math.isinf(spec.high):
        return f"{spec.column} has a value"
    return f"{_range_text(spec)} {unit}".rstrip()


def column_of(spec: Spec | None) -> str | None:
    """Name of the column whose values decide; None where more than one may."""
    return spec.column if isinstance(spec, Range | Categories) else None


def number_text(value: float) -> str:
    """A bound as it was set, without the float's last digits."""
    return f"{value:.10g}".replace("-", "−")


def _range_text(spec: Range) -> str:
    low, high = number_text(spec.low), number_text(spec.high)
    if math.isinf(spec.low):
        return f"{spec.column} ≤ {high}"
    return f"{spec.column} ≥ {low}" if math.isinf(spec.high) else f"{spec.column} {low} – {high}"


def _categories_text(spec: Categories) -> str:
    names = list(spec.names)
    if spec.missing != spec.all_but:
        names.append("no value")
    words = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    if spec.all_but:
        return f"all but {words}" if words else "all"
    return words or "none"

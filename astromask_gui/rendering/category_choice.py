"""Which bars of a column of categories are kept, and the filter that says so."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from astromask_gui.state.filter_specs import Categories
from astromask_gui.state.histograms import Histogram

MISSING = -1
"""Stands for the bar of rows without a value."""


@dataclass(frozen=True)
class Choice:
    """The bars of a histogram by place, `MISSING` among them where rows lack a value."""

    column: str
    labels: tuple[str, ...]
    other: int | None
    has_missing: bool

    @classmethod
    def of(cls, histogram: Histogram) -> Choice:
        """The bars that a histogram has."""
        spec = histogram.spec
        return cls(spec.column, histogram.labels, histogram.other, histogram.missing > 0)

    def places(self) -> tuple[int, ...]:
        """All bars, from top to bottom."""
        return (*range(len(self.labels)), *([MISSING] if self.has_missing else []))

    def kept(self, spec: Categories | None) -> frozenset[int]:
        """Bars whose rows a filter leaves; all of them without one."""
        if spec is None:
            return frozenset(self.places())
        named = set(spec.names)
        found = {
            place
            for place, label in enumerate(self.labels)
            if (place != self.other and (label in named) != spec.all_but)
            or (place == self.other and spec.all_but)
        }
        return frozenset(found | ({MISSING} if self.has_missing and spec.missing else set()))

    def spec_of(self, kept: Set[int], by_name: bool = False) -> Categories | None:
        """The filter that keeps these bars; None where it is all of them. `by_name`, categories
        that come later do not pass, as when one is shown alone."""
        if kept >= set(self.places()):
            return None
        missing = MISSING in kept if self.has_missing else not by_name
        own = [place for place in range(len(self.labels)) if place != self.other]
        # What shares a bar can only be kept by naming what is not.
        if self.other in kept or (self.other is None and not by_name):
            names = tuple(self.labels[place] for place in own if place not in kept)
            return Categories(self.column, names, all_but=True, missing=missing)
        names = tuple(self.labels[place] for place in own if place in kept)
        return Categories(self.column, names, missing=missing)

    def toggled(self, spec: Categories | None, place: int) -> Categories | None:
        """The filter after a bar was clicked."""
        kept = self.kept(spec) ^ {place}
        return self.spec_of(kept, by_name=spec is not None and not spec.all_but)

    def alone(self, spec: Categories | None, place: int) -> Categories | None:
        """The filter after a bar was to be shown alone; all of them where it was alone."""
        if self.kept(spec) == {place}:
            return None
        return self.spec_of({place}, by_name=True)

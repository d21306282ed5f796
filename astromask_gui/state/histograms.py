"""Which columns are shown as histograms, and how many rows fall into each of their bins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

MOST = 24
"""Histograms that are shown at most."""
FILTER = "histogram "
"""Begins the name of a histogram's own filter; the column's name follows."""
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class HistogramSpec:
    """How one column is shown."""

    column: str
    logarithmic: bool = False
    """Whether its axis is."""
    log_counts: bool = False
    whole: bool = False
    """Whether the axis reaches to the outermost values, not only over the bulk of them."""
    undecided: bool = False
    """Whether the values are still to tell if a logarithmic axis suits them."""


@dataclass(frozen=True)
class Histogram:
    """The counts of one column; what passes all filters but the histogram's own `passes`."""

    spec: HistogramSpec
    edges: tuple[float, ...] = ()
    """n + 1 of them for numbers; on a logarithmic axis these are values all the same."""
    labels: tuple[str, ...] = ()
    """n of them for categories."""
    other: int | None = None
    """Place of the bar of all categories that have none of their own."""
    total: Counts | None = None
    """(n,) of all rows."""
    beyond: tuple[int, int] = (0, 0)
    """Rows below and above the axis."""
    missing: int = 0
    passing: Counts | None = None
    """(n,) of the rows that pass the other filters; None until they have been counted."""
    passing_missing: int = 0
    problem: str = ""
    """Why there is nothing to be shown, as a sentence."""


class Histograms(QObject):
    """The histograms in the order shown. A service bins and counts; widgets show."""

    shown_changed = pyqtSignal()
    """Others are shown, or one is shown otherwise."""
    counted = pyqtSignal()
    edited = pyqtSignal()
    """Chosen by the user, and to be kept."""
    focus_wanted = pyqtSignal(str)
    """Name of the column whose histogram should be brought into view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[HistogramSpec, ...] = ()
        self._histograms: dict[str, Histogram] = {}

    @property
    def shown(self) -> tuple[HistogramSpec, ...]:
        """What is shown, from top to bottom."""
        return self._shown

    def spec(self, column: str) -> HistogramSpec | None:
        """How a column is shown; None where it isn't."""
        return next((spec for spec in self._shown if spec.column == column), None)

    def histogram(self, column: str) -> Histogram | None:
        """A column's counts; None until they are known."""
        return self._histograms.get(column)

    def add(self, column: str) -> bool:
        """Show a column at the end; False where there are too many already."""
        if self.spec(column) is None:
            if len(self._shown) >= MOST:
                return False
            self._show((*self._shown, HistogramSpec(column, undecided=True)))
            self.edited.emit()
        self.focus_wanted.emit(column)
        return True

    def remove(self, column: str) -> None:
        """Show a column no more."""
        if self.spec(column) is not None:
            self._show(spec for spec in self._shown if spec.column != column)
            self.edited.emit()

    def change(self, spec: HistogramSpec) -> None:
        """Show a column that is shown otherwise, as the user chose."""
        if self._replace(replace(spec, undecided=False)):
            self.edited.emit()

    def decide(self, column: str, logarithmic: bool) -> None:
        """Show a column on the axis that suits its values, unless the user was quicker."""
        spec = self.spec(column)
        if spec is not None and spec.undecided:
            self._replace(replace(spec, logarithmic=logarithmic, undecided=False))

    def reset(self, shown: Iterable[HistogramSpec] = ()) -> None:
        """Show what a workspace has kept."""
        self._histograms.clear()
        self._show(shown)

    def set_counts(self, histograms: Mapping[str, Histogram]) -> None:
        """Take in counts, by column."""
        for column, histogram in histograms.items():
            if self.spec(column) is not None:
                self._histograms[column] = histogram
        self.counted.emit()

    def _replace(self, spec: HistogramSpec) -> bool:
        shown = tuple(spec if known.column == spec.column else known for known in self._shown)
        if shown == self._shown:
            return False
        self._show(shown)
        return True

    def _show(self, shown: Iterable[HistogramSpec]) -> None:
        self._shown = tuple(shown)
        names = {spec.column for spec in self._shown}
        self._histograms = {k: v for k, v in self._histograms.items() if k in names}
        self.shown_changed.emit()

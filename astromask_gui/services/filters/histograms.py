"""Bins the columns that are shown as histograms, and counts them as the filters change."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.raster.binning import ABOVE, BELOW, MISSING, Bins, bin_column, suits_logarithm
from astromask_gui.raster.crossfilter import CrossFilter
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.newest import Newest
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.histograms import FILTER, Histogram, HistogramSpec

Counts = NDArray[np.int64]


class HistogramService(QObject):
    """Keeps `state.histograms` counted."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._work = Newest(background, state.messages.error)
        self._crossfilter = CrossFilter()
        self._bins: dict[HistogramSpec, tuple[NDArray[np.generic], Bins]] = {}
        """With the values that they were made of."""
        state.histograms.shown_changed.connect(self._bin_all)
        state.columns.ready.connect(self._follow_column)
        state.columns.changed.connect(self._bin_all)
        state.filters.changed.connect(self._count)

    def _follow_column(self, name: str) -> None:
        spec = self._state.histograms.spec(name)
        if spec is not None:
            self._bin(spec)

    def _bin_all(self) -> None:
        shown = self._state.histograms.shown
        self._bins = {spec: known for spec, known in self._bins.items() if spec in shown}
        for spec in shown:
            self._bin(spec)
        self._count()

    def _bin(self, spec: HistogramSpec) -> None:
        columns = self._state.columns
        column = columns.column(spec.column)
        if column is None:
            # While a workspace is being filled there are none at all.
            if columns.names():
                sentence = f"There is no column {spec.column} any more."
                self._state.histograms.set_counts({spec.column: Histogram(spec, problem=sentence)})
            return
        values = columns.values(spec.column)
        known = self._bins.get(spec)
        if values is None or (known is not None and known[0] is values):
            return

        def take(found: tuple[bool, Bins]) -> None:
            if self._state.histograms.spec(spec.column) != spec:
                return
            logarithmic, bins = found
            decided = replace(spec, logarithmic=logarithmic, undecided=False)
            self._bins[decided] = (values, bins)
            if spec.undecided:
                self._state.histograms.decide(spec.column, logarithmic)
            else:
                self._count()

        work = partial(_bins_of, column, values, spec)
        self._work.ask(f"bins {spec}", work, take)

    def _count(self) -> None:
        filters, size = self._state.filters, self._state.filters.size
        shown = self._state.histograms.shown
        known = {spec: self._bins[spec][1] for spec in shown if spec in self._bins}
        bins = {s.column: b for s, b in known.items() if len(b.index) == size}
        if not bins:
            return
        masks = filters.effective()
        own = {name: masks.pop(FILTER + name) for name in bins if FILTER + name in masks}

        def take(counts: dict[str, Counts]) -> None:
            self._state.histograms.set_counts(
                {
                    spec.column: _histogram(spec, known[spec], counts[spec.column])
                    for spec in known
                    if spec.column in counts and self._state.histograms.spec(spec.column) == spec
                }
            )

        work = partial(self._crossfilter.count, bins, own, tuple(masks.values()))
        self._work.ask("count", work, take)


def _bins_of(column: Column, values: NDArray[np.generic], spec: HistogramSpec) -> tuple[bool, Bins]:
    """Whether the axis is logarithmic, and the bins."""
    logarithmic = spec.logarithmic
    if spec.undecided:
        logarithmic = column.kind == "number" and suits_logarithm(values)
    return logarithmic, bin_column(column, values, logarithmic, spec.whole)


def _histogram(spec: HistogramSpec, bins: Bins, counts: Counts) -> Histogram:
    count = bins.count
    return Histogram(
        spec,
        edges=bins.edges,
        labels=bins.labels,
        other=bins.other,
        total=bins.totals[:count],
        beyond=(int(bins.totals[BELOW]), int(bins.totals[ABOVE])),
        missing=int(bins.totals[MISSING]),
        passing=counts[:count],
        passing_missing=int(counts[MISSING]),
        problem=bins.problem,
    )

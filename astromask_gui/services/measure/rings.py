"""Keeps the Einstein radii that a grader measures: a journal on disk, and a column of all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column

NAME = "einstein_radius"
_DESCRIPTION = "Radius of the ring fitted by eye, the median of the graders'."


class RingService(QObject):
    """Answers `measure.keep_ring` in the order of asking; each is a step of undo."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._background = Background("rings", parent=self)
        self._loaded: Loaded | None = None
        state.measure.keep_requested.connect(self._keep)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one with something new."""
        self._loaded = loaded
        self._run(partial(_read, loaded), self._state.measure.set_kept)

    def forget(self) -> None:
        """No workspace is shown any more."""
        self._loaded = None
        self._state.measure.set_kept({})

    def close(self) -> None:
        """Finish what was asked for."""
        self._background.close(finish=True)

    def _keep(self, row: int, radius: float | None) -> None:
        if self._loaded is None:
            self._state.messages.warning("Open a workspace before you keep a measure.")
            return
        before = self._state.measure.kept(row)
        verb = "Keep" if radius is not None else "Take away"
        write, undo = partial(self._write, row, radius), partial(self._write, row, before)
        self._state.undo.push(f"{verb} an Einstein radius", undo, write)
        self._write(row, radius)

    def _write(self, row: int, radius: float | None) -> None:
        loaded = self._loaded
        if loaded is not None:
            unit = "arcsec" if self._state.display.survey.pixel_scale else "pixel"
            self._run(partial(_write, loaded, row, radius, unit), self._show)

    def _show(self, found: tuple[dict[int, float], Column]) -> None:
        kept, column = found
        self._state.measure.set_kept(kept)
        columns = self._state.columns
        if columns.column(column.name) is not None:
            columns.invalidate(column.name)
        else:
            columns.add(column)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        loaded = self._loaded

        def take(answer: object) -> None:
            if self._loaded is loaded:
                done(answer)

        self._background.run(work, take, self._state.messages.error)


def column_name(loaded: Loaded) -> str:
    """The column's name; a catalogue that has one of that name keeps it."""
    taken = NAME in loaded.workspace.catalogue.column_names()
    return f"{NAME}_measured" if taken else NAME


def _read(loaded: Loaded) -> dict[int, float]:
    from trainer.workspace.hand_measures import HandMeasures

    return HandMeasures(loaded.workspace.folder, loaded.workspace.catalogue).own(NAME)


def _write(
    loaded: Loaded, row: int, radius: float | None, unit: str
) -> tuple[dict[int, float], Column]:
    from trainer.workspace.hand_measures import HandMeasure, HandMeasures

    workspace, name = loaded.workspace, column_name(loaded)
    journal = HandMeasures(workspace.folder, workspace.catalogue)
    journal.put(HandMeasure(NAME, unit, _DESCRIPTION), row, radius)
    values = journal.combined(NAME)
    workspace.columns.add_measure(
        name,
        np.array(list(values), np.int64),
        np.array(list(values.values()), np.float64),
        unit,
        {"measured": "by hand"},
        _DESCRIPTION,
    )
    return journal.own(NAME), Column(name, "number", unit, "score", _DESCRIPTION)

"""Answers filters with the rows that pass, each in its own time and none on the window's thread."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.newest import Newest
from astromask_gui.services.filters.rows import fault_of, rows_passing
from astromask_gui.services.workspace.filling import CHANGING
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.filter_specs import (
    Categories,
    Condition,
    Range,
    SavedRows,
    Spec,
    caption_of,
    column_of,
)

Mask = NDArray[np.bool_]
_TYPED = "typed"
"""Lane of the condition in the text field."""


class FilterService(QObject):
    """Answers `filters.requested` and `conditions.requested`."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._rows = Newest(background, state.messages.error)
        # A condition may take half a minute, for which no brush shall wait.
        self._conditions = Background("conditions", parent=self)
        self._loaded: Loaded | None = None
        self._folder: Path | None = None
        self._asked: set[str] = set()
        """Names of the filters whose conditions have been asked for."""
        state.filters.requested.connect(self._answer)
        state.filters.listed.connect(self._drop_removed)
        state.conditions.requested.connect(self._take_condition)
        state.columns.ready.connect(self._follow_column)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same with something new."""
        is_same = self._folder == loaded.facts.folder
        self._loaded, self._folder = loaded, loaded.facts.folder
        if is_same:
            self._state.filters.ask_again()
        else:
            # Another survey may have as many rows, so that the answer would seem to fit.
            self._conditions.drop(_TYPED)

    def forget(self) -> None:
        """Nothing is open any more."""
        self._loaded = self._folder = None
        self._conditions.drop(_TYPED)

    def close(self) -> None:
        """Leave what has not been answered."""
        self._conditions.close()

    # -- filters of one column -----------------------------------------------------------

    def _answer(self, name: str, number: int, spec: Spec) -> None:
        if isinstance(spec, Range | Categories):
            self._find_rows(name, number, spec)
        elif isinstance(spec, Condition):
            take = partial(self._state.filters.answer, name, number)
            refuse = partial(self._state.filters.refuse, name, number)
            self._asked.add(name)
            self._evaluate(spec.expression, take, refuse, f"filter {name}")
        elif isinstance(spec, SavedRows):
            self._state.saved.filter(spec.name, only=spec.only)

    def _find_rows(self, name: str, number: int, spec: Range | Categories) -> None:
        columns, filters = self._state.columns, self._state.filters
        column = columns.column(spec.column)
        fault = fault_of(spec, column)
        if fault:
            filters.refuse(name, number, fault)
            return
        values = columns.values(spec.column)
        assert column is not None
        if values is None or len(values) != filters.size:
            return  # Once they have been loaded, the filter is asked for again.
        work = partial(rows_passing, spec, column, values)
        self._rows.ask(name, work, lambda mask: filters.answer(name, number, mask))

    def _follow_column(self, name: str) -> None:
        """Values have come, perhaps for the first time."""
        filters = self._state.filters
        column = self._state.columns.column(name)
        changing = column is not None and column.source in CHANGING
        filters.ask_again(
            key
            for key, item in filters.items().items()
            if column_of(item.spec) == name
            or (changing and isinstance(item.spec, Condition) and name in item.spec.expression)
        )

    # -- conditions ----------------------------------------------------------------------

    def _take_condition(self, number: int, expression: str, name: str) -> None:
        conditions, filters = self._state.conditions, self._state.filters

        def take(mask: Mask) -> None:
            if len(mask) != filters.size:
                return
            if name:
                spec = Condition(expression)
                conditions.remember(expression)
                filters.set(name, caption_of(spec), mask, spec, new_rows=False)
            conditions.answered.emit(number, int(np.count_nonzero(mask)))

        refuse = partial(conditions.refused.emit, number)
        self._evaluate(expression, take, refuse, _TYPED)

    def _evaluate(self, expression, take, refuse, lane: str) -> None:  # type: ignore[no-untyped-def]
        if self._loaded is None:
            refuse("Open a workspace before you filter its galaxies.")
            return
        given_up = threading.Event()
        work = partial(self._loaded.workspace.columns.where, expression, given_up)
        self._conditions.run(work, take, refuse, lane=lane, given_up=given_up)

    def _drop_removed(self) -> None:
        """Nobody waits for a condition whose filter has been taken away."""
        for name in self._asked - self._state.filters.items().keys():
            self._conditions.drop(f"filter {name}")
            self._asked.discard(name)

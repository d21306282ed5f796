"""Writes grades to the grader's journal on disk; what the window shows is what was written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.workspace.loading import Loaded, describe_columns
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.labels import Grade
from astromask_gui.state.undo import LIMIT

if TYPE_CHECKING:
    from trainer.workspace.labels import LabelJournal

T = TypeVar("T")
Codes = NDArray[np.int8]


class LabelService(QObject):
    """Answers `labels.grade` in the order of asking, one transaction each.

    Each grading is a step of `undo`; those of earlier sessions can be taken back too.
    """

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        # One thread: what is asked for first is written first.
        self._background = Background("labels", parent=self)
        self._desk: _Desk | None = None
        state.labels.grade_requested.connect(self._grade)
        state.labels.undo_requested.connect(self._undo)
        state.labels.redo_requested.connect(self._redo)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one with something new."""
        before = self._desk
        if before is not None and before.count == loaded.facts.count:
            return
        self.forget()
        self._desk = _Desk(loaded, self._state.labels.label_set)
        self._run(self._desk.open, self._take_earlier if before is None else self._take_grown)

    def forget(self) -> None:
        """Another workspace is about to be shown, or none; what was asked for is still written."""
        if self._desk is not None:
            self._run(self._desk.close, _nothing)
            self._desk = None

    def close(self) -> None:
        """Finish what was asked for; every grade that was given is on disk afterwards."""
        self._background.close(finish=True)
        if self._desk is not None:
            self._desk.close()

    def _take_earlier(self, found: tuple[Codes, int]) -> None:
        codes, actions = found
        self._state.labels.set_codes(codes)
        for _ in range(min(actions, LIMIT)):
            self._state.undo.push("Grade", self._undo, self._redo)

    def _take_grown(self, found: tuple[Codes, int]) -> None:
        self._state.labels.set_codes(found[0])

    def _grade(self, rows: NDArray[np.uint32], grade: Grade | None) -> None:
        if self._desk is None:
            self._state.messages.warning("Open a workspace before you grade galaxies.")
            return
        take = partial(self._take_grades, _caption(len(rows), grade))
        self._run(partial(self._desk.write, rows, grade), take)

    def _take_grades(self, caption: str, codes: Codes) -> None:
        self._state.undo.push(caption, self._undo, self._redo)
        self._show(codes)
        self._state.messages.info(f"{caption}.")

    def _undo(self) -> None:
        if self._desk is not None:
            self._run(self._desk.undo, self._show_flipped)

    def _redo(self) -> None:
        if self._desk is not None:
            self._run(self._desk.redo, self._show_flipped)

    def _show_flipped(self, codes: Codes | None) -> None:
        if codes is None:
            self._state.messages.info("There is nothing to take back or do again.")
        else:
            self._show(codes)

    def _show(self, codes: Codes) -> None:
        self._state.labels.set_codes(codes)
        if self._desk is not None:
            self._run(self._desk.columns, self._refresh_column)

    def _refresh_column(self, columns: tuple[Column, ...]) -> None:
        """The grades are a column too; the first grade makes it, others change its values."""
        name = f"grade_{self._state.labels.label_set}"
        if self._state.columns.column(name) is not None:
            self._state.columns.invalidate(name)
            return
        for column in columns:
            if column.name == name:
                self._state.columns.add(column)

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        desk = self._desk

        def take(answer: T) -> None:
            # Where another workspace has been opened meanwhile, it was written all the same.
            if desk is self._desk:
                done(answer)

        self._background.run(work, take, self._state.messages.error)


class _Desk:
    """One workspace's journal; everything but `count` is for the labels' thread."""

    def __init__(self, loaded: Loaded, label_set: str) -> None:
        self.count = loaded.facts.count
        self._workspace, self._label_set = loaded.workspace, label_set
        self._journal: LabelJournal | None = None

    def open(self) -> tuple[Codes, int]:
        """The grades, and how many gradings can be taken back."""
        done = {record.action for record in self._opened().history() if not record.undone}
        return self._opened().current(), len(done)

    def write(self, rows: NDArray[np.uint32], grade: Grade | None) -> Codes:
        self._opened().grade(rows, grade)
        return self._opened().current()

    def undo(self) -> Codes | None:
        return None if self._opened().undo() is None else self._opened().current()

    def redo(self) -> Codes | None:
        return None if self._opened().redo() is None else self._opened().current()

    def columns(self) -> tuple[Column, ...]:
        return describe_columns(self._workspace)

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()

    def _opened(self) -> LabelJournal:
        if self._journal is None:
            self._journal = self._workspace.journal(self._label_set)
        return self._journal


def _nothing(_: object) -> None:
    pass


def _caption(count: int, grade: Grade | None) -> str:
    galaxies = "1 galaxy" if count == 1 else f"{count:,} galaxies"
    return f"Grade taken from {galaxies}" if grade is None else f"Grade {grade} for {galaxies}"

"""Writes grades to the grader's journal on disk; what the window shows is what was written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.background import Background
from astromask_gui.services.loading import Loaded, describe_columns
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
        self._background = Background("labels", parent=self)
        self._loaded: Loaded | None = None
        self._journal: LabelJournal | None = None
        state.labels.grade_requested.connect(self._grade)
        state.labels.undo_requested.connect(self._undo)
        state.labels.redo_requested.connect(self._redo)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one grown."""
        before, self._loaded = self._loaded, loaded
        if before is None or before.workspace.folder != loaded.workspace.folder:
            self._journal = None
            self._run(partial(_open, loaded, self._state.labels.label_set), self._take_journal)
        elif before.facts.count != loaded.facts.count:
            self._run(partial(_open, loaded, self._state.labels.label_set), self._take_grown)

    def close(self) -> None:
        """Finish what was asked for; every grade that was given is on disk afterwards."""
        self._background.close(finish=True)
        if self._journal is not None:
            self._journal.close()

    def _take_journal(self, opened: tuple[LabelJournal, Codes, int]) -> None:
        self._take_grown(opened)
        _, _, done = opened
        for _ in range(min(done, LIMIT)):
            self._state.undo.push("Grade", self._undo, self._redo)

    def _take_grown(self, opened: tuple[LabelJournal, Codes, int]) -> None:
        self._journal, codes, _ = opened
        self._state.labels.set_codes(codes)

    def _grade(self, rows: NDArray[np.uint32], grade: Grade | None) -> None:
        if self._journal is None:
            self._state.messages.warning("Open a workspace before you grade galaxies.")
            return
        self._run(
            partial(_write, self._journal, rows, grade),
            partial(self._take_grades, _caption(len(rows), grade)),
        )

    def _take_grades(self, caption: str, codes: Codes) -> None:
        self._state.undo.push(caption, self._undo, self._redo)
        self._show(codes)
        self._state.messages.info(f"{caption}.")

    def _undo(self) -> None:
        if self._journal is not None:
            self._run(partial(_flip, self._journal, self._journal.undo), self._show_flipped)

    def _redo(self) -> None:
        if self._journal is not None:
            self._run(partial(_flip, self._journal, self._journal.redo), self._show_flipped)

    def _show_flipped(self, codes: Codes | None) -> None:
        if codes is None:
            self._state.messages.info("There is no grade to take back or give again.")
        else:
            self._show(codes)

    def _show(self, codes: Codes) -> None:
        self._state.labels.set_codes(codes)
        if self._loaded is not None:
            self._run(partial(describe_columns, self._loaded.workspace), self._refresh_column)

    def _refresh_column(self, columns: tuple[Column, ...]) -> None:
        """The grades are a column too; the first grade makes it, others change its values."""
        name = f"grade_{self._state.labels.label_set}"
        known = self._state.columns.column(name) is not None
        if not known and any(column.name == name for column in columns):
            self._state.columns.set_columns(columns)
        elif known:
            self._state.columns.invalidate(name)

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._background.run(work, done, self._state.messages.error)


def _open(loaded: Loaded, label_set: str) -> tuple[LabelJournal, Codes, int]:
    """The journal, its grades, and how many gradings can be taken back."""
    journal = loaded.workspace.journal(label_set)
    done = {record.action for record in journal.history() if not record.undone}
    return journal, journal.current(), len(done)


def _write(journal: LabelJournal, rows: NDArray[np.uint32], grade: Grade | None) -> Codes:
    journal.grade(rows, grade)
    return journal.current()


def _flip(journal: LabelJournal, step: Callable[[], NDArray[np.uint32] | None]) -> Codes | None:
    return None if step() is None else journal.current()


def _caption(count: int, grade: Grade | None) -> str:
    galaxies = "1 galaxy" if count == 1 else f"{count:,} galaxies"
    return f"Grade taken from {galaxies}" if grade is None else f"Grade {grade} for {galaxies}"

"""The grades given to galaxies: A (almost certain), B (probable), C (possible), X (not a lens)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Grade = Literal["A", "B", "C", "X"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "X")
"""A grade's code is its place here plus one; 0 is ungraded."""


class Labels(QObject):
    """The grades in force, by row. Changes are intents; they count once they are on disk."""

    grade_requested = pyqtSignal(object, object)
    """(n,) uint32 rows, and a Grade or None to take the grade away."""
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._codes: NDArray[np.int8] = np.zeros(0, np.int8)
        self.label_set = "lens"

    @property
    def codes(self) -> NDArray[np.int8]:
        """(N,) int8: 0 ungraded, 1 A, 2 B, 3 C, 4 X. Not to be written to."""
        return self._codes

    def grade_of(self, row: int) -> Grade | None:
        """The grade of a row; None where it has none."""
        code = int(self._codes[row]) if row < len(self._codes) else 0
        return GRADES[code - 1] if code else None

    def counts(self) -> dict[Grade, int]:
        """How many galaxies have each grade."""
        totals = np.bincount(self._codes, minlength=len(GRADES) + 1)
        return {grade: int(totals[i + 1]) for i, grade in enumerate(GRADES)}

    def grade(self, rows: NDArray[np.integer], grade: Grade | None) -> None:
        """Ask for rows to be graded."""
        if len(rows):
            self.grade_requested.emit(np.asarray(rows, np.uint32), grade)

    def set_codes(self, codes: NDArray[np.int8]) -> None:
        """Take in the grades that are on disk."""
        if not np.array_equal(codes, self._codes):
            self._codes = codes
            self.changed.emit()

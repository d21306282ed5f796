"""Grades: one button and key each, how many there are, and learning from them."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label, line
from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.labels import GRADES, Grade
from astromask_gui.state.neighbours import Query
from astromask_gui.state.view import Colouring

MEANINGS: dict[Grade, str] = {
    "A": "almost certain",
    "B": "probable",
    "C": "possible",
    "X": "not a lens",
}
ENOUGH = 10
"""Grades of each kind below which a score is hardly better than chance."""
_LEAST_BELOW = 60
"""Height of what is below the grades, screen pixels; the rest is scrolled to."""


class LabelPanel(QWidget):
    """Grades the active galaxy or the selection; asks for a score learned from the grades."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.buttons: dict[Grade, QPushButton] = {}
        for grade in GRADES:
            button = QPushButton()
            button.setCheckable(True)
            button.setToolTip(f"{grade}: {MEANINGS[grade]} (key {grade})")
            button.setAccessibleName(f"Grade {grade}, {MEANINGS[grade]}")
            self.buttons[grade] = button
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Take the grade away (Backspace)")
        self.active = QPushButton("Active galaxy")
        self.selected = QPushButton("Selection")
        self.active.setToolTip("Grade the galaxy in the viewer")
        self.selected.setToolTip("Grade every selected galaxy at once")
        self.sentence = label("", "muted", wrap=True)
        self.learn = QPushButton("Learn from grades")
        self.learn.setProperty("primary", True)
        self.learn.setToolTip(
            "Fit a linear probe on the embeddings and score every galaxy (Ctrl+Return)"
        )
        self.colour = QPushButton("Colour by grade")
        self.colour.setToolTip("Colour the map by grade (Ctrl+G)")
        self.candidates = QPushButton("Best candidates")
        self.candidates.setToolTip("List the galaxies with the highest score (Ctrl+2)")
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        target = QButtonGroup(self)
        for button in (self.active, self.selected):
            button.setCheckable(True)
            target.addButton(button)
        self.active.setChecked(True)
        targets = QHBoxLayout()
        targets.setSpacing(4)
        targets.addWidget(self.active)
        targets.addWidget(self.selected)
        targets.addStretch(1)
        targets.addWidget(self.clear)
        grades = QGridLayout()
        grades.setSpacing(6)
        for place, grade in enumerate(GRADES):
            grades.addWidget(self.buttons[grade], 0, place)
            meaning = label(MEANINGS[grade], "small")
            grades.addWidget(meaning, 1, place)
        learning = QGridLayout()
        learning.setSpacing(6)
        learning.addWidget(self.learn, 0, 0, 1, 2)
        learning.addWidget(self.candidates, 1, 0)
        learning.addWidget(self.colour, 1, 1)
        inside = QWidget()
        below = QVBoxLayout(inside)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self.sentence)
        below.addLayout(learning)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(targets)
        layout.addLayout(grades)
        layout.addWidget(line())
        layout.addWidget(_scrolled(inside), 1)

    def _connect_signals(self) -> None:
        state = self._state
        for grade, button in self.buttons.items():
            button.clicked.connect(lambda _checked, g=grade: self.grade(g))
        self.clear.clicked.connect(lambda: self.grade(None))
        self.learn.clicked.connect(state.jobs.learn)
        self.colour.clicked.connect(self.colour_by_grade)
        self.candidates.clicked.connect(self.show_candidates)
        state.labels.changed.connect(self._sync)
        state.selection.active_changed.connect(self._sync)
        state.selection.changed.connect(self._sync)
        state.columns.changed.connect(self._sync)
        state.jobs.changed.connect(self._sync)

    # -- from state ----------------------------------------------------------------------

    def _sync(self, *_: object) -> None:
        state = self._state
        counts = state.labels.counts()
        row = state.selection.active
        current = None if row is None else state.labels.grade_of(row)
        for grade, button in self.buttons.items():
            button.setText(f"{grade}   {counts[grade]}")
            button.setChecked(grade == current and self.active.isChecked())
            button.setStyleSheet(_grade_sheet(GRADE_COLOURS[grade]))
        some = state.selection.count > 0
        self.selected.setEnabled(some)
        self.selected.setText(f"Selection ({state.selection.count:,})" if some else "Selection")
        if not some:
            self.active.setChecked(True)
        self.sentence.setText(self._advice(counts))
        learning = any(j.active and j.kind in ("finetune", "score") for j in state.jobs.jobs)
        positives = counts["A"] + counts["B"] + counts["C"]
        self.learn.setEnabled(positives > 0 and not learning)
        self.learn.setText("Learning …" if learning else "Learn from grades")
        self.candidates.setEnabled(self._score_column() in state.columns.names())

    def _advice(self, counts: dict[Grade, int]) -> str:
        positives, negatives = counts["A"] + counts["B"] + counts["C"], counts["X"]
        if not positives and not negatives:
            return (
                "Grade some lenses (A, B, C) and some that are none (X): the rest is then ranked"
                " by likeness."
            )
        words = f"{positives} candidate{'s' if positives != 1 else ''}, {negatives} not."
        if min(positives, negatives) < ENOUGH:
            words += f" {ENOUGH} of each make a useful score; more make a better one."
        return words

    def _score_column(self) -> str:
        return f"score_{self._state.labels.label_set}"

    # -- intents -------------------------------------------------------------------------

    def grade(self, grade: Grade | None) -> None:
        """Give the active galaxy, or the selection where that is chosen, a grade."""
        selection, labels = self._state.selection, self._state.labels
        if self.selected.isChecked() and selection.count:
            labels.grade(selection.rows(), grade)
        elif selection.active is not None:
            labels.grade(np.array([selection.active]), grade)
        else:
            self._state.messages.info("Click a galaxy first, then grade it.")
        self._sync()

    def colour_by_grade(self) -> None:
        """Colour the map by grade."""
        self._state.maps.current.set_colouring(Colouring(f"grade_{self._state.labels.label_set}"))

    def show_candidates(self) -> None:
        """List the galaxies with the highest score."""
        name = self._score_column()
        if name in self._state.columns.names():
            query = Query("column", column=name, caption="Best candidates")
            self._state.neighbours.set_query(query)


def _scrolled(inside: QWidget) -> QScrollArea:
    """In little height, what is below the grades is scrolled rather than squeezed."""
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumHeight(_LEAST_BELOW)
    return area


def _grade_sheet(colour: str) -> str:
    text = "#101216" if QColor(colour).lightness() > 110 else "#ffffff"
    return (
        f"QPushButton {{ border-left: 4px solid {colour}; font-weight: 600; }}"
        f"QPushButton:checked {{ background: {colour}; color: {text}; border-color: {colour}; }}"
    )

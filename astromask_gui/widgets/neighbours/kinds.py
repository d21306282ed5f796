"""The switch of the strip: neighbours of a galaxy, or the first of a column."""

from __future__ import annotations

from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import SURPRISE
from astromask_gui.state.neighbours import Query
from astromask_gui.state.view import Colouring


class NeighbourKinds(QWidget):
    """Follows and changes what `state.neighbours` lists."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._neighbours = state, state.neighbours
        self.similar = QPushButton("Neighbours")
        self.similar.setToolTip("The galaxies most like the query, by cosine distance (Ctrl+1)")
        self.best = QPushButton("Best candidates")
        self.best.setToolTip("The galaxies with the highest score learned from grades (Ctrl+2)")
        self.strangest = QPushButton("Strangest")
        self.strangest.setToolTip(
            "The galaxies whose hidden parts surprise the model most (Ctrl+3).\n"
            "Jobs → Surprise of every galaxy measures it."
        )
        kinds = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.similar, self.best, self.strangest):
            button.setCheckable(True)
            kinds.addButton(button)
            row.addWidget(button)
        self._connect_signals()
        self._sync()

    def _connect_signals(self) -> None:
        self._neighbours.changed.connect(self._sync)
        self._state.columns.changed.connect(self._sync)
        self.similar.clicked.connect(self.seek_active)
        self.best.clicked.connect(self.seek_candidates)
        self.strangest.clicked.connect(self.seek_strangest)

    def _sync(self) -> None:
        query, names = self._neighbours.query, self._state.columns.names()
        ranked = query.column if query is not None and query.kind == "column" else None
        self.best.setEnabled(self._score_column() in names)
        self.strangest.setEnabled(SURPRISE in names)
        shown = {None: self.similar, SURPRISE: self.strangest}.get(ranked, self.best)
        shown.setChecked(True)

    def _score_column(self) -> str:
        return f"score_{self._state.labels.label_set}"

    def seek_active(self) -> None:
        """Find the neighbours of the galaxy in the viewer."""
        row = self._state.selection.active
        if row is None:
            self._state.messages.info("Click a galaxy on the map first.")
            self._sync()
        else:
            self._neighbours.set_query(Query("row", row=row))

    def seek_candidates(self) -> None:
        """List the galaxies with the highest score."""
        query = Query("column", column=self._score_column(), caption="Best candidates")
        self._neighbours.set_query(query)

    def seek_strangest(self) -> None:
        """List the galaxies that surprise the model most, and colour the map by it."""
        if SURPRISE not in self._state.columns.names():
            self._state.messages.info(
                "No galaxy has been measured yet: start Jobs → Surprise of every galaxy first."
            )
            return
        self._state.view.set_colouring(Colouring(SURPRISE))
        query = Query("column", column=SURPRISE, caption="Strangest galaxies")
        self._neighbours.set_query(query)

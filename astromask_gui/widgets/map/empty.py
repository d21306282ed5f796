"""What stands in the map's place while there is none: a sentence, and the buttons that help."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from astromask_gui.parts.small import BusyBar, label
from astromask_gui.state.columns import Columns
from astromask_gui.state.plane import ColumnsLayout, SkyLayout
from astromask_gui.state.session import Session
from astromask_gui.state.view import MapView
from astromask_gui.theme import SPACE
from astromask_gui.widgets.map.columns import first_pair, numeric
from astromask_gui.widgets.map.layouts import has_sky

_WIDEST = 420
"""Of the text, so that its lines stay short."""


class EmptyMap(QWidget):
    """Follows the session: nothing open, opening, no embeddings yet, no projection yet. What needs
    neither, the sky and plots of columns, is offered and asked for at once."""

    demo_wanted = pyqtSignal()
    open_wanted = pyqtSignal()
    embed_wanted = pyqtSignal()
    pretrain_wanted = pyqtSignal()
    project_wanted = pyqtSignal()

    def __init__(self, session: Session, view: MapView, columns: Columns) -> None:
        super().__init__()
        self._session = session
        self._view = view
        self._columns = columns
        self._title = label("", "title")
        self._text = label("", "muted", wrap=True)
        self._text.setMaximumWidth(_WIDEST)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._busy = BusyBar()
        self._busy.setFixedWidth(220)
        self._buttons = {
            "demo": _button("Open the demo", self.demo_wanted.emit),
            "open": _button("Open cutouts or a workspace …", self.open_wanted.emit),
            "embed": _button("Embed this survey …", self.embed_wanted.emit),
            "pretrain": _button("Pretrain …", self.pretrain_wanted.emit),
            "project": _button("Make a map …", self.project_wanted.emit),
            "sky": _button("Show on the sky", self._show_sky),
            "columns": _button("Plot two columns", self._show_columns),
        }
        self._build()
        for signal in (
            session.changed,
            session.opening_changed,
            view.projections_changed,
            columns.changed,
        ):
            signal.connect(self.update_text)
        self.update_text()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE[1])
        for button in self._buttons.values():
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE[2])
        column.addStretch(1)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        # Between stretches, not aligned: so it takes its full width where there is room.
        text = QHBoxLayout()
        text.addStretch(1)
        text.addWidget(self._text, 1000)
        text.addStretch(1)
        column.addLayout(text)
        column.addWidget(self._busy, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.setAlignment(buttons, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def update_text(self) -> None:
        """Say what would fill the map."""
        session = self._session
        workspace = session.workspace
        if session.opening is not None:
            self._say("Opening", session.opening, busy=True)
        elif workspace is None:
            text = session.error or (
                "Open a survey's cutouts to see its galaxies arranged by what they look like, "
                "or begin with the demo of simulated galaxies."
            )
            self._say("No survey is open", text, "demo", "open")
        elif workspace.store is None:
            self._say(
                "No embeddings yet",
                "The map needs an embedding of every galaxy, by the checkpoint of a masked "
                "autoencoder. Where you have none, pretrain one on these cutouts. Both run in the "
                "background.",
                "embed",
                "pretrain",
                *self._without_embeddings(),
            )
        elif not self._view.projections:
            self._say(
                "No map yet",
                "The embeddings are there. A projection such as UMAP turns them into a map; "
                "it takes about a minute for fifty thousand galaxies.",
                "project",
                *self._without_embeddings(),
            )
        else:
            self._say("Loading the map", "", busy=True)

    def _without_embeddings(self) -> tuple[str, ...]:
        """What can be shown of the catalogue alone."""
        columns = ("columns",) if numeric(self._columns) else ()
        return ("sky", *columns) if has_sky(self._columns) else columns

    def _show_sky(self) -> None:
        self._view.request_layout(SkyLayout())

    def _show_columns(self) -> None:
        self._view.request_layout(ColumnsLayout(*first_pair(self._columns)))

    def _say(self, title: str, text: str, *offered: str, busy: bool = False) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._busy.setVisible(busy)
        self._busy.set_busy(busy)
        for name, button in self._buttons.items():
            button.setVisible(name in offered)


def _button(text: str, run: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(lambda: run())
    return button

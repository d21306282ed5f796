"""The gallery: pictures of the selection, of what is visible, of a saved set or the neighbours."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import ID_CAPTION, LARGEST_SIDE, SMALLEST_SIDE, Source
from astromask_gui.widgets.gallery.hand import HINT, GalleryHand
from astromask_gui.widgets.gallery.view import GalleryView

_SOURCES: tuple[tuple[str, Source], ...] = (
    ("Automatic", Source("automatic")),
    ("Selection", Source("selection")),
    ("Visible", Source("visible")),
    ("Neighbours", Source("neighbours")),
)
_WIDE = 640
"""Screen pixels from which on there is room for words beside the choices."""
_EMPTY = {
    "selection": "No galaxy is selected. Select some on the map by a box or a lasso, or by"
    " the legend.",
    "visible": "The filters leave no galaxy visible. Take some of them away.",
    "neighbours": "Nothing has been sought yet. Double-click a galaxy, or press Ctrl+1 to find the"
    " neighbours of the one in the viewer.",
    "saved": "No galaxy is in this saved selection.",
}
_NO_SURVEY = "Open a workspace to see its galaxies here."


class GalleryPanel(QWidget):
    """Chooses what a `GalleryView` shows, in which order, how large and with which caption."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._gallery = state, state.gallery
        self.view = GalleryView(state)
        self.hand = GalleryHand(self.view, state)
        self.source = _box(
            "Which galaxies are shown; automatic: the selection if there is one, else the visible"
        )
        self.count = label("", "small")
        self.sorting = _box("The column to sort by")
        self.direction = QToolButton()
        self.words = (label("sort", "small"), label("caption", "small"))
        self.caption = _box("What is said below the pictures")
        self.side = QSlider(Qt.Orientation.Horizontal)
        self.hint = QToolButton()
        self.busy = BusyBar()
        self.empty = EmptyState(_NO_SURVEY)
        self._build()
        self._connect_signals()
        self._fill_sources()
        self._fill_columns()
        self._sync()

    def _build(self) -> None:
        # Wide enough for the longest of the usual lists.
        self.source.setMinimumWidth(124)
        self.side.setRange(SMALLEST_SIDE, LARGEST_SIDE)
        self.side.setFixedWidth(72)
        self.side.setToolTip("Size of the pictures; turning the wheel with Ctrl changes it too")
        self.side.setAccessibleName("Size of the pictures")
        self.direction.setAccessibleName("Direction of sorting")
        self.hint.setText("?")
        self.hint.setToolTip(HINT)
        self.hint.setAccessibleName("What mouse and keys do")
        self.hint.setProperty("flat", True)
        tools = QHBoxLayout()
        tools.setSpacing(6)
        tools.addWidget(self.source)
        tools.addWidget(self.count, 1)
        tools.addWidget(self.words[0])
        tools.addWidget(self.sorting)
        tools.addWidget(self.direction)
        tools.addWidget(self.words[1])
        tools.addWidget(self.caption)
        tools.addWidget(self.side)
        tools.addWidget(self.hint)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(tools)
        layout.addWidget(self.busy)
        layout.addWidget(body, 1)

    def _connect_signals(self) -> None:
        state, gallery = self._state, self._gallery
        gallery.changed.connect(self._sync)
        gallery.requested.connect(self._sync)
        gallery.look_changed.connect(self._sync)
        state.session.changed.connect(self._sync)
        state.preferences.changed.connect(self._sync)
        state.saved.changed.connect(self._fill_sources)
        state.columns.changed.connect(self._fill_columns)
        self.source.activated.connect(self._choose_source)
        self.sorting.activated.connect(self._choose_sorting)
        self.direction.clicked.connect(self._turn)
        self.caption.activated.connect(self._choose_caption)
        self.side.valueChanged.connect(gallery.set_side)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """In a narrow panel the choices speak for themselves."""
        for word in self.words:
            word.setVisible(self.width() >= _WIDE)
        super().resizeEvent(event)

    # -- from state ----------------------------------------------------------------------

    def _fill_sources(self) -> None:
        with QSignalBlocker(self.source):
            self.source.clear()
            for text, source in _SOURCES:
                self.source.addItem(text, source)
            for item in self._state.saved.items:
                self.source.addItem(item.name, Source("saved", item.name))
        self._sync_choices()

    def _fill_columns(self) -> None:
        for box, first in ((self.sorting, [("as listed", None)]),
                           (self.caption, [("none", ""), ("identifier", ID_CAPTION)])):  # fmt: skip
            with QSignalBlocker(box):
                box.clear()
                for text, value in first:
                    box.addItem(text, value)
                for name in self._state.columns.names():
                    if name != ID_CAPTION:
                        box.addItem(name, name)
        self._sync_choices()

    def _sync(self) -> None:
        gallery = self._gallery
        count = len(gallery.rows)
        self.busy.set_busy(gallery.busy)
        self.count.setText(f"{count:,} {'galaxy' if count == 1 else 'galaxies'}" if count else "")
        self._stack.setCurrentIndex(0 if count else 1)
        if self._state.session.workspace is None:
            self.empty.sentence.setText(_NO_SURVEY)
        elif not count:
            self.empty.sentence.setText(gallery.error or _EMPTY[gallery.listing.kind])
        down = gallery.sorting.descending
        self.direction.setIcon(icon("sort-descending" if down else "sort-ascending"))
        self.direction.setToolTip("Largest first" if down else "Smallest first")
        with QSignalBlocker(self.side):
            self.side.setValue(gallery.side)
        self._sync_choices()

    def _sync_choices(self) -> None:
        gallery = self._gallery
        _show(self.source, gallery.source)
        _show(self.sorting, gallery.sorting.column)
        _show(self.caption, gallery.caption)

    # -- intents -------------------------------------------------------------------------

    def _choose_source(self) -> None:
        self._gallery.set_source(self.source.currentData())

    def _choose_sorting(self) -> None:
        column = self.sorting.currentData()
        self._gallery.set_sorting(replace(self._gallery.sorting, column=column))

    def _turn(self) -> None:
        sorting = self._gallery.sorting
        self._gallery.set_sorting(replace(sorting, descending=not sorting.descending))

    def _choose_caption(self) -> None:
        self._gallery.set_caption(self.caption.currentData())


def _box(tip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    # A long name must not make the window wider.
    box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    box.setMinimumContentsLength(8)
    box.setMinimumWidth(96)
    box.setMaximumWidth(150)
    return box


def _show(box: QComboBox, value: object) -> None:
    """Show the item of a value; none where it is not offered."""
    place = next((at for at in range(box.count()) if box.itemData(at) == value), -1)
    with QSignalBlocker(box):
        box.setCurrentIndex(place)

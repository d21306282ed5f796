"""The strip of neighbours: the query, what is most like it, and the place to drop a cutout."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QEvent, QModelIndex, QObject, Qt
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PyQt6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QSpinBox,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.named_pictures import named_pictures
from astromask_gui.parts.picture_view import PictureView
from astromask_gui.parts.row_files import mime_of_rows
from astromask_gui.parts.rows_drag import file_of, rows_of
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.parts.tile_strip import SMALLEST, TileStrip
from astromask_gui.parts.tiles import ROW_ROLE, TileDelegate, TileModel
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.neighbours import Query
from astromask_gui.widgets.neighbours.kinds import NeighbourKinds

_PATTERNS = "Cutouts (*.fits *.fit *.fz *.h5 *.hdf5 *.npy *.npz *.png *.jpg *.jpeg);;All files (*)"
_HINT = (
    "Click a galaxy to find what looks like it, or drop a cutout here: FITS, HDF5, NumPy or PNG."
)
_NEAR = 0.05


class NeighboursPanel(QWidget):
    """Shows `state.neighbours`; takes files and galaxies that are dropped or pasted as queries."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._neighbours = state, state.neighbours
        self.caption = ElidedLabel("strong")
        self.busy = BusyBar()
        self.kinds = NeighbourKinds(state)
        self.count = QSpinBox()
        self.count.setRange(1, 1000)
        self.count.setValue(self._neighbours.count)
        self.count.setToolTip("How many to find")
        self.count.setAccessibleName("How many to find")
        self.open = QToolButton()
        self.open.setText("Search with a file …")
        self.open.setToolTip("Find what looks like a cutout in a file (Ctrl+Shift+O)")
        self.select = QToolButton()
        self.select.setText("Select these")
        self.select.setToolTip("Select the galaxies listed, on the map (Ctrl+Shift+S)")
        self.query_view = PictureView(smallest=SMALLEST)
        self.query_name = label("query", "small")
        self.model = TileModel(partial(mime_of_rows, state))
        self.strip = TileStrip(self.model, TileDelegate(state, SMALLEST))
        self.empty = EmptyState(_HINT, "Search with a file …")
        self.error = EmptyState("")
        self.setAcceptDrops(True)
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(6)
        tools.addWidget(self.kinds)
        tools.addWidget(self.caption, 1)
        tools.addWidget(self.select)
        tools.addWidget(self.open)
        tools.addWidget(self.count)
        self._follow_size(self.strip.side)
        query = QVBoxLayout()
        query.setSpacing(1)
        query.setContentsMargins(0, 3, 4, 0)
        query.addWidget(self.query_view)
        query.addWidget(self.query_name, 0, Qt.AlignmentFlag.AlignHCenter)
        query.addStretch(1)
        found = QWidget()
        row = QHBoxLayout(found)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(query)
        row.addWidget(self.strip, 1)
        body = QWidget()
        self._stack = QStackedLayout(body)
        for page in (self.empty, found, self.error):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(4)
        layout.addLayout(tools)
        layout.addWidget(self.busy)
        layout.addWidget(body, 1)

    def _connect_signals(self) -> None:
        state = self._state
        self._neighbours.changed.connect(self._sync)
        state.thumbnails.ready.connect(self._thumbnails_arrived)
        state.display.changed.connect(self._redraw)
        state.labels.changed.connect(self._redraw)
        state.selection.active_changed.connect(self._redraw)
        self.strip.side_changed.connect(self._follow_size)
        self.strip.clicked.connect(self._activate)
        self.strip.doubleClicked.connect(self._seek_row)
        self.strip.installEventFilter(self)
        self.count.valueChanged.connect(self._neighbours.set_count)
        self.open.clicked.connect(self.choose_file)
        self.empty.button.clicked.connect(self.choose_file)
        self.select.clicked.connect(self.select_found)

    # -- from state ----------------------------------------------------------------------

    def _sync(self) -> None:
        results, error = self._neighbours.results, self._neighbours.error
        self.busy.set_busy(self._neighbours.busy)
        self.open.setIcon(icon("file-search-outline"))
        if error:
            self.error.sentence.setText(error)
            self._stack.setCurrentIndex(2)
        elif results is None:
            self._stack.setCurrentIndex(0)
        else:
            self._stack.setCurrentIndex(1)
        query = self._neighbours.query
        is_ranking = query is not None and query.kind == "column"
        self._sync_caption()
        self.select.setEnabled(results is not None and len(results.rows) > 0)
        self.query_view.setVisible(not is_ranking)
        self.query_name.setVisible(not is_ranking)
        if results is not None:
            self.query_name.setText("file" if results.query.kind == "file" else "query")
            captions = [_value_text(value) for value in results.values]
            self.model.set_tiles(results.rows, captions)
        self._draw_query()

    def _sync_caption(self) -> None:
        query = self._neighbours.query
        # What is ranked by a column, the switch tells.
        named = query is not None and query.kind != "column"
        self.caption.setText(query.caption if query is not None and named else "")

    def _draw_query(self) -> None:
        results = self._neighbours.results
        picture = None
        if results is not None:
            picture = results.query_picture
            if picture is None and results.query.row is not None:
                picture = self._state.thumbnails.get(results.query.row)
        display = self._state.display
        self.query_view.set_picture(
            None
            if picture is None
            else named_pictures(picture[None], display.settings, display.survey)[0]
        )

    def _follow_size(self, side: int) -> None:
        self.query_view.setFixedSize(side, side)

    def _thumbnails_arrived(self, rows: list[int]) -> None:
        results = self._neighbours.results
        if results is not None and results.query.row in rows:
            self._draw_query()

    def _redraw(self, *_: object) -> None:
        self._draw_query()
        viewport = self.strip.viewport()
        if viewport is not None:
            viewport.update()

    # -- intents -------------------------------------------------------------------------

    def _activate(self, index: QModelIndex) -> None:
        # From now on "next" is meant among the neighbours.
        if self._state.cutout.order is not None:
            self._state.cutout.set_order(None)
        with self._neighbours.held():
            self._state.selection.set_active(index.data(ROW_ROLE))

    def _seek_row(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        self._neighbours.set_query(Query("row", row=row))

    def seek_file(self, path: Path) -> None:
        """Find what looks like the cutout in a file."""
        self._neighbours.set_query(Query("file", path=path, caption=path.name))

    def choose_file(self) -> None:
        """Let the user point at a file."""
        dialog = QFileDialog(self, "Search with a cutout", "", _PATTERNS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.seek_file(Path(name)))
        dialog.open()

    def select_found(self) -> None:
        """Select the galaxies listed."""
        if self._neighbours.results is not None:
            self._state.selection.select_rows(self._neighbours.results.rows)

    def paste(self) -> bool:
        """Search with the file or galaxy on the clipboard; False where there is none."""
        clipboard = QApplication.clipboard()
        data = clipboard.mimeData() if clipboard is not None else None
        path = file_of(data)
        if path is not None:
            self.seek_file(path)
        return path is not None

    # -- Qt ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.KeyPress:
            if event.matches(QKeySequence.StandardKey.Paste):  # type: ignore[attr-defined]
                return self.paste()
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                self._step(1 if key == Qt.Key.Key_Right else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.kinds.seek_active()
                return True
        return super().eventFilter(watched, event)

    def _step(self, offset: int) -> None:
        count = self.model.rowCount()
        if count:
            place = min(max(self.strip.currentIndex().row() + offset, 0), count - 1)
            index = self.model.index(place)
            self.strip.setCurrentIndex(index)
            self._activate(index)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        if event is not None and (
            file_of(event.mimeData()) is not None or rows_of(event.mimeData())
        ):
            event.acceptProposedAction()
            self.caption.setText("Drop to find what looks like it")

    def dragLeaveEvent(self, event: object) -> None:
        self._sync_caption()

    def dropEvent(self, event: QDropEvent | None) -> None:
        self._sync_caption()
        if event is None:
            return
        path, rows = file_of(event.mimeData()), rows_of(event.mimeData())
        if rows and rows[0] < self._state.selection.size:
            self._neighbours.set_query(Query("row", row=rows[0]))
            event.acceptProposedAction()
        elif path is not None:
            self.seek_file(path)
            event.acceptProposedAction()


def _value_text(value: float) -> str:
    """Three decimals, and four where near neighbours would all look alike."""
    return f"{value:.3f}" if abs(value) >= _NEAR else f"{value:.4f}"

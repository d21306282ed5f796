"""A row below the map's buttons that names the columns of its axes."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.columns import Column, Columns
from astromask_gui.state.plane import ColumnsLayout
from astromask_gui.theme import SPACE

_REDSHIFTS = ("redshift", "z", "zspec", "z_spec", "z_phot", "zphot", "photo_z")
_NO_MEASURES = ("ra", "dec", "object_id", "original_id", "row")


class ColumnsRow(QWidget):
    """Two columns, whether each is logarithmic or, a magnitude, flipped; and a button that swaps
    them."""

    chosen = pyqtSignal(object)
    """`ColumnsLayout` the user wants."""

    def __init__(self) -> None:
        super().__init__()
        self.x_box, self.y_box = _box("Column along the map's lower edge"), _box("Column upwards")
        self.log_x, self.log_y = _log("x"), _log("y")
        self.flip_x, self.flip_y = _flip("↔", "to the right"), _flip("↕", "upwards")
        self.swap = QToolButton()
        self.swap.setText("⇄")
        self.swap.setToolTip("Swap x and y")
        self._layout: ColumnsLayout | None = None
        self._names: tuple[str, ...] = ()
        self._magnitudes: frozenset[str] = frozenset()
        self._flipped: set[str] = set()
        """Columns that the user has flipped: they are so whenever they are chosen again."""
        self._build()
        self.x_box.activated.connect(self._choose)
        self.y_box.activated.connect(self._choose)
        self.log_x.clicked.connect(self._choose)
        self.log_y.clicked.connect(self._choose)
        self.flip_x.clicked.connect(partial(self._flip, self.x_box))
        self.flip_y.clicked.connect(partial(self._flip, self.y_box))
        self.swap.clicked.connect(self._swap)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE[1], 0, SPACE[1], SPACE[0])
        row.setSpacing(SPACE[0])
        for name, box, log, flip in (
            ("x", self.x_box, self.log_x, self.flip_x),
            ("y", self.y_box, self.log_y, self.flip_y),
        ):
            row.addWidget(label(name, "muted"))
            row.addWidget(box)
            row.addWidget(log)
            row.addWidget(flip)
            row.addSpacing(SPACE[0])
        row.addWidget(self.swap)
        row.addStretch(1)

    @property
    def layout_chosen(self) -> ColumnsLayout | None:
        """The columns shown last that are still there."""
        known = self._layout
        return known if known is not None and {known.x, known.y} <= set(self._names) else None

    def offer(self, columns: tuple[Column, ...]) -> None:
        """Offer these columns."""
        names = tuple(column.name for column in columns)
        if names == self._names:
            return
        self._names = names
        self._magnitudes = frozenset(c.name for c in columns if _is_magnitude(c))
        for box in (self.x_box, self.y_box):
            with QSignalBlocker(box):
                box.clear()
                for column in columns:
                    unit = f" ({column.unit})" if column.unit else ""
                    box.addItem(f"{column.name}{unit}", column.name)
                    tip = column.description or column.source
                    box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def set_layout(self, layout: ColumnsLayout) -> None:
        """Show what the map shows."""
        self._layout = layout
        for box, name in ((self.x_box, layout.x), (self.y_box, layout.y)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(name))
        self.log_x.setChecked(layout.log_x)
        self.log_y.setChecked(layout.log_y)
        for button, name, flipped in (
            (self.flip_x, layout.x, layout.flip_x),
            (self.flip_y, layout.y, layout.flip_y),
        ):
            button.setChecked(flipped)
            button.setVisible(flipped or name in self._magnitudes)
            (self._flipped.add if flipped else self._flipped.discard)(name)

    def _choose(self) -> None:
        x, y = self.x_box.currentData(), self.y_box.currentData()
        if x is not None and y is not None:
            log = (self.log_x.isChecked(), self.log_y.isChecked())
            self.chosen.emit(ColumnsLayout(x, y, *log, x in self._flipped, y in self._flipped))

    def _flip(self, box: QComboBox, flipped: bool) -> None:
        (self._flipped.add if flipped else self._flipped.discard)(box.currentData())
        self._choose()

    def _swap(self) -> None:
        shown = self._layout
        if shown is not None:
            log, flip = (shown.log_y, shown.log_x), (shown.flip_y, shown.flip_x)
            self.chosen.emit(ColumnsLayout(shown.y, shown.x, *log, *flip))


def numeric(columns: Columns) -> tuple[Column, ...]:
    """The columns that can be an axis."""
    found = (columns.column(name) for name in columns.names())
    return tuple(column for column in found if column is not None and column.kind == "number")


def _is_magnitude(column: Column) -> bool:
    """By its unit, or by its name, for many catalogues tell no units."""
    name = column.name.lower()
    return "mag" in column.unit.lower() or name.startswith("mag") or name.endswith("mag")


def first_pair(columns: Columns) -> tuple[str, str]:
    """What a plot shows before the user chooses: a redshift and a magnitude where they are known,
    else the first two measures. There has to be a column of numbers."""
    names = [column.name for column in numeric(columns)]
    measures = [name for name in names if name.lower() not in _NO_MEASURES] or names
    redshifts = [name for name in measures if name.lower() in _REDSHIFTS]
    magnitudes = [name for name in measures if name.lower().startswith("mag")]
    first = [*redshifts[:1], *sorted(magnitudes, key=lambda name: name.lower() != "mag_r")[:1]]
    pair = list(dict.fromkeys([*first, *measures, *names]))[:2]
    return pair[0], pair[-1]


def _box(tip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    # Of two maps side by side none is as wide as the longest name.
    box.setMinimumContentsLength(6)
    box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(60)
    return box


def _log(axis: str) -> QToolButton:
    button = QToolButton()
    button.setText("log")
    button.setCheckable(True)
    button.setToolTip(f"A logarithmic {axis} axis; values that are not positive have no place")
    return button


def _flip(sign: str, towards: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setCheckable(True)
    button.setToolTip(f"Brighter {towards}: magnitudes fall {towards}")
    return button

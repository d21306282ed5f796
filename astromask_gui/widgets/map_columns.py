"""A row below the map's buttons that names the columns of its axes."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.columns import Column, Columns
from astromask_gui.state.plane import ColumnsLayout
from astromask_gui.theme import SPACE

_REDSHIFTS = ("redshift", "z", "zspec", "z_spec", "z_phot", "zphot", "photo_z")
_NO_MEASURES = ("ra", "dec", "object_id", "original_id", "row")


class ColumnsRow(QWidget):
    """Two columns, whether each is shown logarithmically, and a button that swaps them."""

    chosen = pyqtSignal(object)
    """`ColumnsLayout` the user wants."""

    def __init__(self) -> None:
        super().__init__()
        self.x_box, self.y_box = _box("Column along the map's lower edge"), _box("Column upwards")
        self.log_x, self.log_y = _log("x"), _log("y")
        self.swap = QToolButton()
        self.swap.setText("⇄")
        self.swap.setToolTip("Swap x and y")
        self._layout: ColumnsLayout | None = None
        self._names: tuple[str, ...] = ()
        self._build()
        self.x_box.activated.connect(self._choose)
        self.y_box.activated.connect(self._choose)
        self.log_x.clicked.connect(self._choose)
        self.log_y.clicked.connect(self._choose)
        self.swap.clicked.connect(self._swap)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE[1], 0, SPACE[1], SPACE[0])
        row.setSpacing(SPACE[0])
        for name, box, log in (("x", self.x_box, self.log_x), ("y", self.y_box, self.log_y)):
            row.addWidget(label(name, "muted"))
            row.addWidget(box)
            row.addWidget(log)
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

    def _choose(self) -> None:
        x, y = self.x_box.currentData(), self.y_box.currentData()
        if x is not None and y is not None:
            chosen = ColumnsLayout(x, y, self.log_x.isChecked(), self.log_y.isChecked())
            self.chosen.emit(chosen)

    def _swap(self) -> None:
        shown = self._layout
        if shown is not None:
            self.chosen.emit(ColumnsLayout(shown.y, shown.x, shown.log_y, shown.log_x))


def numeric(columns: Columns) -> tuple[Column, ...]:
    """The columns that can be an axis."""
    found = (columns.column(name) for name in columns.names())
    return tuple(column for column in found if column is not None and column.kind == "number")


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

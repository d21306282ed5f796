"""Asks how another catalogue is to be joined, and shows what matches before anything changes."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label, line
from astromask_gui.state.joins import JoinChoice, JoinCounts, JoinOffer, Joins, OfferedColumn

_WAIT_MS = 150
"""Matches are counted when nothing has been changed for so long."""
_NAME = Qt.ItemDataRole.UserRole
_WIDEST_RADIUS = 3600.0


class JoinDialog(QDialog):
    """About one file, as it was when the dialog opened."""

    def __init__(self, joins: Joins, offer: JoinOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._joins, self._offer = joins, offer
        self._number = 0
        self._matched = 0
        self.setWindowTitle("Join a catalogue")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.by_id = QRadioButton("By identifier")
        self.by_sky = QRadioButton("By position on the sky")
        self.own, self.other = QComboBox(), QComboBox()
        self.ra, self.dec = QComboBox(), QComboBox()
        self.radius = QDoubleSpinBox()
        self.counts = label("", "strong", wrap=True)
        self.details = label("", "muted", wrap=True)
        self.list = QListWidget()
        self.error = label("", "error", wrap=True)
        self.join_button = QPushButton("Join")
        self._later = QTimer(self)
        self.error.hide()
        self._fill()
        self._build()
        self._connect_signals()
        self._sync()
        self._ask()

    def _fill(self) -> None:
        choice, offer = self._offer.choice, self._offer
        names = [column.name for column in offer.columns]
        self.own.addItems(offer.own_ids)
        self.other.addItems(offer.other_ids)
        numbers = [column.name for column in offer.columns if column.kind == "number"]
        for box, wanted, usual in ((self.ra, choice.ra, "ra"), (self.dec, choice.dec, "dec")):
            box.addItems(numbers or names)
            likely = [name for name in numbers if name.lower().startswith(usual)]
            box.setCurrentText(wanted or next(iter(likely), ""))
        if choice.own:
            self.own.setCurrentText(choice.own)
        if choice.other:
            self.other.setCurrentText(choice.other)
        (self.by_id if choice.by == "id" else self.by_sky).setChecked(True)
        self.radius.setRange(0.01, _WIDEST_RADIUS)
        self.radius.setDecimals(2)
        self.radius.setSuffix(" ″")
        self.radius.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.radius.setValue(choice.radius)
        for column in offer.columns:
            self.list.addItem(_item(column))

    def _build(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(_WAIT_MS)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.by_id, 0, 0)
        self._add_fields(grid, 0, ((self.own, "of the workspace"), (self.other, "of the file")))
        grid.addWidget(self.by_sky, 1, 0)
        sky = ((self.ra, "right ascension"), (self.dec, "declination"), (self.radius, "within"))
        self._add_fields(grid, 1, sky)
        grid.setColumnStretch(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.join_button.setProperty("primary", True)
        self.join_button.setDefault(True)
        buttons.addButton(self.join_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.list.setAccessibleName("Columns to take")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        words = f"{self._offer.choice.path.name} · {self._offer.entries:,} entries"
        layout.addWidget(label(words, "title"))
        layout.addLayout(grid)
        layout.addWidget(line())
        for widget in (self.counts, self.details, self.error):
            layout.addWidget(widget)
        layout.addWidget(label("Columns to take", "muted"))
        layout.addWidget(_framed(self.list), 1)
        layout.addWidget(buttons)
        self.resize(560, 560)

    def _add_fields(
        self, grid: QGridLayout, row: int, fields: tuple[tuple[QWidget, str], ...]
    ) -> None:
        across = QHBoxLayout()
        across.setSpacing(8)
        for widget, caption in fields:
            column = QVBoxLayout()
            column.setSpacing(2)
            words: QLabel = label(caption, "small")
            words.setBuddy(widget)
            widget.setAccessibleName(caption)
            column.addWidget(words)
            column.addWidget(widget)
            across.addLayout(column, 1)
        grid.addLayout(across, row, 1)

    def _connect_signals(self) -> None:
        for box in (self.own, self.other, self.ra, self.dec):
            box.activated.connect(self._changed)
        self.by_id.toggled.connect(self._changed)
        self.radius.valueChanged.connect(self._changed)
        self.list.itemChanged.connect(self._sync)
        self._later.timeout.connect(self._ask)
        self._joins.previewed.connect(self._show)
        self._joins.preview_failed.connect(self._fail)
        self.join_button.clicked.connect(self._join)

    def choice(self) -> JoinChoice:
        """What the fields say."""
        items = [self.list.item(place) for place in range(self.list.count())]
        columns = tuple(
            str(item.data(_NAME))
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        )
        return JoinChoice(
            self._offer.choice.path,
            "id" if self.by_id.isChecked() else "sky",
            self.own.currentText(),
            self.other.currentText(),
            self.ra.currentText(),
            self.dec.currentText(),
            self.radius.value(),
            columns,
        )

    def _changed(self) -> None:
        self._matched = 0
        self._sync()
        self._later.start()

    def _ask(self) -> None:
        self._number = self._joins.preview(self.choice())

    def _show(self, number: int, counts: JoinCounts) -> None:
        if number != self._number or number != self._joins.newest_preview:
            return
        self._matched = counts.matched
        self.error.hide()
        several = f" · {counts.ambiguous:,} ambiguous" if counts.ambiguous else ""
        self.counts.setText(
            f"{counts.matched:,} galaxies matched · {counts.unmatched:,} unmatched{several}"
        )
        self.details.setText(self._words(counts))
        self._sync()

    def _words(self, counts: JoinCounts) -> str:
        taken = "the first" if self.by_id.isChecked() else "the nearest"
        parts = [f"{counts.unused:,} entries of the file belong to no galaxy."]
        if counts.ambiguous:
            parts.append(f"Ambiguous: several entries fit a galaxy, and {taken} is taken.")
        if counts.shared:
            parts.append(f"{counts.shared:,} galaxies have an entry that another has too.")
        return " ".join(parts)

    def _fail(self, number: int, sentence: str) -> None:
        if number == self._number and number == self._joins.newest_preview:
            self.counts.clear()
            self.details.clear()
            self.error.setText(sentence)
            self.error.show()

    def _sync(self) -> None:
        is_id = self.by_id.isChecked()
        for box in (self.own, self.other):
            box.setEnabled(is_id)
        for field in (self.ra, self.dec, self.radius):
            field.setEnabled(not is_id)
        self.join_button.setEnabled(self._matched > 0 and bool(self.choice().columns))

    def _join(self) -> None:
        self._joins.join(self.choice())
        self.accept()


def _framed(columns: QListWidget) -> QFrame:
    """The list as other choosers of columns look."""
    frame = QFrame()
    frame.setObjectName("columnChooser")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(4, 4, 4, 4)
    inside.addWidget(columns)
    return frame


def _item(column: OfferedColumn) -> QListWidgetItem:
    unit = f" [{column.unit}]" if column.unit else ""
    renamed = f"   will be called {column.new_name}: the name is taken" if column.new_name else ""
    item = QListWidgetItem(f"{column.name}{unit}   {column.kind}{renamed}")
    item.setData(_NAME, column.name)
    wanted = Qt.CheckState.Checked if column.proposed else Qt.CheckState.Unchecked
    item.setCheckState(wanted)
    return item

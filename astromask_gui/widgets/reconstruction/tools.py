"""The controls of the reconstruction: what is shown, what lies over it, and the mask."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.patch_maps import ALL_LAYERS, LAST_LAYER
from astromask_gui.style import tabular
from astromask_gui.widgets.reconstruction.grid import AS_SHOWN

BRUSHES = (1, 2, 3, 4)
"""Widths of the brush, patches."""
_ALL_BANDS = -2


class ViewTools(QWidget):
    """Which views are shown, and what lies over the input."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display, self._maps = state.display, state.patch_maps
        self._depth = 0
        self.shown = QComboBox()
        self.shown.setToolTip("What is shown: as the cutout is, one band, or all bands below it")
        self.shown.setAccessibleName("Bands shown")
        self.surprise = _toggle("Surprise", "Errors by patch, averaged over many masks: what the"
                                " model does not expect (Shift+U)")  # fmt: skip
        self.attention = _toggle("Attention", "Where the encoder looks from a patch: click one of"
                                 " the input, or right-click any (Shift+T)")  # fmt: skip
        self.layer = QComboBox()
        self.layer.setToolTip("Layer of the encoder; all layers: attention rollout")
        self.layer.setAccessibleName("Layer")
        # It stands beside the colour bar: here it would widen the panel.
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.shown)
        layout.addStretch(1)
        layout.addWidget(self.surprise)
        layout.addWidget(self.attention)
        self.surprise.clicked.connect(partial(self._maps.toggle, "surprise"))
        self.attention.clicked.connect(partial(self._maps.toggle, "attention"))
        self.layer.activated.connect(self._choose_layer)
        self._fill_bands()
        self.sync()

    def bands(self) -> tuple[int, ...]:
        """The rows to show: AS_SHOWN, or indices of the survey's bands."""
        chosen = self.shown.currentData()
        if chosen == _ALL_BANDS:
            return (AS_SHOWN, *range(len(self._display.survey.bands)))
        return (AS_SHOWN if chosen is None else chosen,)

    def sync(self) -> None:
        """Follow the state."""
        if self.shown.count() != len(self._display.survey.bands) + 2:
            self._fill_bands()
        overlay = self._maps.overlay
        self.surprise.setChecked(overlay == "surprise")
        self.attention.setChecked(overlay == "attention")
        self.layer.setVisible(overlay == "attention")
        depth = 0 if self._maps.input is None else self._maps.input.depth
        if depth != self._depth:
            self._depth = depth
            self._fill_layers()

    def _fill_bands(self) -> None:
        with QSignalBlocker(self.shown):
            self.shown.clear()
            self.shown.addItem("As cutout", AS_SHOWN)
            for band, name in enumerate(self._display.survey.bands):
                self.shown.addItem(name, band)
            self.shown.addItem("All bands", _ALL_BANDS)

    def _fill_layers(self) -> None:
        self.layer.clear()
        self.layer.addItem("last layer", LAST_LAYER)
        self.layer.addItem("all layers", ALL_LAYERS)
        for number in range(self._depth):
            self.layer.addItem(f"layer {number + 1}", number)

    def _choose_layer(self) -> None:
        self._maps.set_layer(int(self.layer.currentData()))


class MaskTools(QWidget):
    """The mask: its share by slider, another by a button, and what a menu does to it."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush = BRUSHES[0]
        self.ratio = QSlider(Qt.Orientation.Horizontal)
        self.ratio.setRange(5, 95)
        self.ratio.setMinimumWidth(60)
        self.ratio.setAccessibleName("Mask ratio")
        self.ratio.setToolTip("Share of the patches that is hidden (arrow keys: one percent)")
        self.percent = label("75 %")
        self.percent.setFont(tabular(self.percent.font()))
        self.percent.setFixedWidth(36)
        self.again = QToolButton()
        self.again.setText("New mask")
        self.again.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.again.setToolTip("Hide other patches at the same ratio (N)")
        self.more = QToolButton()
        self.more.setText("Paint")
        self.more.setToolTip("Width of the brush, and masks by region")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.more.setMenu(self.menu)
        self._brushes = QActionGroup(self)
        self._fill_menu(state)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label("Mask", "muted"))
        layout.addWidget(self.ratio, 1)
        layout.addWidget(self.percent)
        layout.addWidget(self.again)
        layout.addWidget(self.more)
        self.restyle()

    def restyle(self) -> None:
        """Icons in the style's colour."""
        self.again.setIcon(icon("refresh"))
        self.more.setIcon(icon("brush"))

    def set_brush(self, width: int) -> None:
        """Paint with another brush; the widths are those of BRUSHES."""
        self.brush = min(max(width, BRUSHES[0]), BRUSHES[-1])
        self._brushes.actions()[BRUSHES.index(self.brush)].setChecked(True)

    def show_ratio(self, ratio: float, painted: bool) -> None:
        """Follow the state, and tell nobody."""
        self.percent.setText(f"{100 * ratio:.0f} %")
        with QSignalBlocker(self.ratio):
            self.ratio.setValue(round(100 * ratio))
        self._random.setEnabled(painted)

    def _fill_menu(self, state: ApplicationState) -> None:
        for width in BRUSHES:
            text = "Brush of one patch" if width == 1 else f"Brush of {width} × {width} patches"
            action = QAction(text, self.menu)
            action.setCheckable(True)
            action.setChecked(width == self.brush)
            action.triggered.connect(partial(self.set_brush, width))
            self._brushes.addAction(action)
            self.menu.addAction(action)
        self.menu.addSeparator()
        masks = state.reconstruction
        for text, run in (
            ("Hide only the centre", masks.hide_centre),
            ("Hide only the outskirts", partial(masks.hide_centre, True)),
            ("Invert", masks.invert_mask),
        ):
            action = QAction(text, self.menu)
            action.triggered.connect(lambda _checked=False, do=run: do())
            self.menu.addAction(action)
        self._random = QAction("Clear: back to a random mask", self.menu)
        self._random.triggered.connect(masks.unpaint)
        self.menu.addAction(self._random)


def _toggle(text: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setCheckable(True)
    made.setToolTip(tip)
    return made

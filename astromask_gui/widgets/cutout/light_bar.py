"""One row of the viewer: which way the galaxy's light is taken away, and how."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.log_slider import LogSlider
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.light import MODES, LightSettings, Mode

_NAMES: dict[Mode, str] = {
    "off": "None",
    "difference": "Difference",
    "unsharp": "Unsharp mask",
    "rotation": "180° rotation",
    "isophotes": "Isophotes",
}
_TIPS: dict[Mode, str] = {
    "off": "The galaxy as it is",
    "difference": "One band less another, scaled so that the galaxy's middle goes: what has"
    " another colour stays.\nNothing is done about the seeing: where the bands' differs, rings"
    " stay that are not on the sky.",
    "unsharp": "The picture less itself smoothed: what is narrower than the radius stays",
    "rotation": "The picture less itself turned about the galaxy's centre: what is not symmetric"
    " stays",
    "isophotes": "The picture less a smooth model of ellipses: arcs and neighbours stay.\nA"
    " closed ring, or one closer than the seeing, loses a part of its light to the model.",
}
_RATIO = 0.5
"""Middle of the ratio's slider."""


class LightBar(QWidget):
    """Follows and changes `state.light` alone."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._light = state, state.light
        self.mode = QComboBox()
        self.mode.setAccessibleName("Residual shown")
        # Rather than that the panel has to grow, its words are cut.
        self.mode.setMinimumWidth(88)
        for index, mode in enumerate(MODES):
            self.mode.addItem(_NAMES[mode], mode)
            self.mode.setItemData(index, _TIPS[mode], Qt.ItemDataRole.ToolTipRole)
        self.first, self.second = QComboBox(), QComboBox()
        self._caption, self._minus = label("Residual", "muted"), label("−", "muted")
        for box in (self.first, self.second):
            box.setMinimumContentsLength(1)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumWidth(38)
        self.first.setAccessibleName("Band that is kept")
        self.second.setAccessibleName("Band that is taken away")
        self.ratio = LogSlider(_RATIO)
        self.ratio.setAccessibleName("How much of the second band is taken away")
        self.fit = QToolButton()
        self.fit.setToolTip("Fit how much is taken away to the galaxy's middle again")
        self.fit.setAccessibleName("Fit the ratio")
        self.radius = LogSlider(LightSettings.radius)
        self.radius.setAccessibleName("Radius of the smoothing")
        self.shows_model = QToolButton()
        self.shows_model.setText("Model")
        self.shows_model.setCheckable(True)
        self.shows_model.setToolTip("Show the smooth model itself, or what it leaves (Shift+I)")
        self.sentence = label("", "warn", wrap=True)
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._caption)
        row.addWidget(self.mode)
        for widget in (self.first, self._minus, self.second, self.fit):
            row.addWidget(widget)
        row.addWidget(self.ratio, 1)
        row.addWidget(self.radius, 1)
        row.addWidget(self.shows_model)
        row.addStretch(0)
        # The picture below keeps its place whichever widgets are shown.
        row.addStrut(self.fit.sizeHint().height())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.sentence)
        # A row that has no room is pressed together; the panel does not grow with the choice.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _connect_signals(self) -> None:
        self._light.settings_changed.connect(self._sync)
        self._light.changed.connect(self._sync)
        self._state.display.changed.connect(self._sync)
        self._state.preferences.changed.connect(self._sync)
        self.mode.activated.connect(lambda index: self.choose_mode(MODES[index]))
        self.first.activated.connect(lambda band: self._put(first=band, ratio=None))
        self.second.activated.connect(lambda band: self._put(second=band, ratio=None))
        self.ratio.chosen.connect(lambda ratio: self._put(ratio=ratio))
        self.fit.clicked.connect(lambda: self._put(ratio=None))
        self.radius.chosen.connect(lambda radius: self._put(radius=radius))
        self.shows_model.clicked.connect(lambda on: self._put(shows_model=on))

    # -- from state ----------------------------------------------------------------------

    def _sync(self) -> None:
        settings, survey = self._light.settings, self._state.display.survey
        mode = settings.mode
        self.mode.setCurrentIndex(MODES.index(mode))
        self.mode.setToolTip(f"{_TIPS[mode]}.\nKeys: I takes the light away or gives it back")
        for box, band in ((self.first, settings.first), (self.second, settings.second)):
            if [box.itemText(i) for i in range(box.count())] != list(survey.bands):
                box.clear()
                box.addItems(survey.bands)
            box.setCurrentIndex(band)
        for widget in (self.first, self._minus, self.second, self.fit, self.ratio):
            widget.setVisible(mode == "difference")
        self._caption.setVisible(mode != "difference")
        self.radius.setVisible(mode == "unsharp")
        self.shows_model.setVisible(mode == "isophotes")
        with QSignalBlocker(self.shows_model):
            self.shows_model.setChecked(settings.shows_model)
        self.fit.setIcon(icon("auto-fix"))
        self._sync_sliders()
        answer = self._light.answer
        self.sentence.setText(self._light.error or (answer.sentence if answer else ""))
        self.sentence.setVisible(bool(self.sentence.text()))

    def _sync_sliders(self) -> None:
        settings, answer = self._light.settings, self._light.answer
        ratio = settings.ratio if settings.ratio is not None else answer.ratio if answer else None
        if ratio is not None and ratio > 0:
            self.ratio.set_factor(ratio)
            self.ratio.setToolTip(f"Taken away: {ratio:.3g} times the second band's flux")
        scale = self._state.display.survey.pixel_scale
        arcsec = f" = {settings.radius * scale:.2f}″" if scale else ""
        self.radius.set_factor(settings.radius)
        self.radius.setToolTip(f"σ of the smoothing: {settings.radius:.1f} px{arcsec}")

    # -- intents -------------------------------------------------------------------------

    def choose_mode(self, mode: Mode) -> None:
        """Take the light away in this way."""
        settings = self._light.settings
        untouched = LightSettings(settings.mode, radius=settings.radius)
        if mode == "difference" and replace(settings, shows_model=False) == untouched:
            first, second = blue_and_red(self._state.display.survey.bands)
            settings = replace(settings, first=first, second=second)
        self._light.set_settings(replace(settings, mode=mode))

    def toggle(self) -> None:
        """Take the light away as was done last, or give it back."""
        is_off = self._light.settings.mode == "off"
        self.choose_mode(self._light.last_mode if is_off else "off")

    def toggle_model(self) -> None:
        """Show the smooth model, or what it leaves."""
        settings = self._light.settings
        shows = settings.mode == "isophotes" and not settings.shows_model
        self._light.set_settings(replace(settings, mode="isophotes", shows_model=shows))

    def _put(self, **changed: object) -> None:
        self._light.set_settings(replace(self._light.settings, **changed))  # type: ignore[arg-type]


def blue_and_red(bands: tuple[str, ...]) -> tuple[int, int]:
    """The bands whose difference shows blue arcs on red galaxies best: g − i where present."""
    letters = [band.rsplit("-", 1)[-1].rsplit("_", 1)[-1].lower()[:1] for band in bands]
    last = max(len(bands) - 1, 0)
    first = letters.index("g") if "g" in letters else 0
    red = next((letters.index(letter) for letter in "irz" if letter in letters), last)
    return first, red if red != first else last

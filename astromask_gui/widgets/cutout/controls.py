"""The viewer's first row: bands, stretch, lock, and the way to everything else."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.log_slider import LogSlider
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.display import DisplaySettings, SurveyPixels
from astromask_gui.widgets.cutout.more import CutoutMore

_WIDEST = 130
"""Of the bands' names, which may be long, screen pixels."""

_LONGEST = 10
"""Letters of bands that fit into the choice of a narrow panel."""


class CutoutControls(QWidget):
    """One row that fits a narrow panel; the rest is in a small window of its own."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = state.display
        self.mode = QComboBox()
        self.mode.setToolTip("What is shown: three bands in colour, or one band (Ctrl+B: next)")
        self.mode.setAccessibleName("Bands shown")
        self.mode.setMaximumWidth(_WIDEST)
        self.stretch = LogSlider(DisplaySettings.stretch, falls=True)
        self.stretch.setToolTip("Stretch: to the right faint parts show, to the left bright ones")
        self.stretch.setAccessibleName("Stretch")
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAccessibleName("Lock the stretch")
        self.lock.setToolTip(
            "Locked: the same stretch for every cutout on screen, so that brightness can be"
            " compared.\nUnlocked: each cutout by itself (Ctrl+L)"
        )
        self.more_button = QToolButton()
        self.more_button.setAccessibleName("More of the picture")
        self.more_button.setToolTip(
            "Styles, bands of the colours, black point, limits, colour maps, blinking (Ctrl+Alt+D)"
        )
        self.more = CutoutMore(state, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.mode)
        row.addWidget(label("Stretch", "muted"))
        row.addWidget(self.stretch, 1)
        row.addWidget(self.lock)
        row.addWidget(self.more_button)
        self._connect_signals()
        self._sync()

    def _connect_signals(self) -> None:
        self._display.changed.connect(self._sync)
        self.mode.activated.connect(self.choose_mode)
        self.lock.toggled.connect(self.more.choose_lock)
        self.stretch.chosen.connect(
            lambda factor: self._display.set_settings(
                replace(self._display.settings, stretch=factor)
            )
        )
        self.more_button.clicked.connect(self.show_more)

    def show_more(self) -> None:
        """Open the small window below its button."""
        self.more.show_below(self.more_button)

    def _sync(self) -> None:
        settings, survey = self._display.settings, self._display.survey
        entries = [rgb_name(settings, survey), *survey.bands]
        if [self.mode.itemText(i) for i in range(self.mode.count())] != entries:
            self.mode.clear()
            self.mode.addItems(entries)
        self.mode.setCurrentIndex(0 if settings.mode == "rgb" else settings.band + 1)
        with QSignalBlocker(self.lock):
            self.lock.setChecked(settings.locked)
        self.lock.setIcon(icon("lock-outline" if settings.locked else "lock-open-variant-outline"))
        self.more_button.setIcon(icon("dots-horizontal"))
        self.stretch.set_factor(settings.stretch)
        # Between limits there is no stretch to move.
        self.stretch.setEnabled(settings.mode == "rgb" or settings.limits == "noise")

    def choose_mode(self, index: int) -> None:
        """Colour (0), or a band by itself (its index + 1)."""
        settings = self._display.settings
        if index == 0:
            self._display.set_settings(replace(settings, mode="rgb"))
        else:
            self._display.set_settings(replace(settings, mode="band", band=index - 1))

    def toggle_band(self, index: int) -> None:
        """Show a band by itself, or colour again where it is shown already."""
        settings = self._display.settings
        shown = settings.mode == "band" and settings.band == index
        self.choose_mode(0 if shown else index + 1)


def rgb_name(settings: DisplaySettings, survey: SurveyPixels) -> str:
    """The bands shown as red, green and blue, where their names are short enough for the button; a
    survey of one band has no colour."""
    if len(survey.bands) == 1:
        return "Grey"
    names = [survey.bands[i] for i in settings.rgb if i < len(survey.bands)]
    if len(set(names)) < 2 or names == ["red", "green", "blue"]:
        return "RGB"
    separator = "" if all(len(name) == 1 for name in names) else " "
    words = separator.join(names)
    return f"RGB {words}" if len(words) <= _LONGEST else "RGB"

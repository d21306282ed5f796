"""The viewer's controls: what is shown, how it is stretched, and what the mouse does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.log_slider import LogSlider
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow, Tool
from astromask_gui.state.display import DisplaySettings, SurveyPixels


class CutoutControls(QWidget):
    """Two rows: bands and stretch; the part shown, the marks and the tools."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display, self._view = state.display, state.cutout_view
        self.mode = QComboBox()
        self.mode.setToolTip("What is shown: three bands in colour, or one band (Ctrl+B: next)")
        self.mode.setAccessibleName("Bands shown")
        self.lock = _toggle(
            "Lock the stretch",
            "Locked: the same stretch for every cutout on screen, so that brightness can be"
            " compared.\nUnlocked: each cutout by itself (Ctrl+L)",
        )
        self.stretch = LogSlider(DisplaySettings.stretch, falls=True)
        self.stretch.setToolTip("Stretch: to the right faint parts show, to the left bright ones")
        self.stretch.setAccessibleName("Stretch")
        self.softening = LogSlider(DisplaySettings.softening)
        self.softening.setToolTip(
            "Q of Lupton et al. 2004: to the right bright parts are pressed together, so that"
            " their shape shows"
        )
        self.softening.setAccessibleName("Softening Q")
        self.crop = _toggle(
            "The model's crop",
            "Only what the model sees, or all of the cutout (Ctrl+Alt+B).\n"
            "The wheel zooms about the mouse, a drag pans, a double click shows all.",
        )
        self.crosshair = _toggle("Crosshair", "A crosshair at the mouse, in every picture (+)")
        self._tools: dict[Tool, QToolButton] = {}
        self._icons: list[tuple[QToolButton, str]] = [
            (self.crop, "crop"),
            (self.crosshair, "crosshairs"),
        ]
        self._tool_row = QHBoxLayout()
        self._build()
        self._connect_signals()
        self._sync_display()
        self._sync_view()

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.mode)
        first.addWidget(label("Stretch", "muted"))
        first.addWidget(self.stretch, 3)
        first.addWidget(label("Q", "muted"))
        first.addWidget(self.softening, 2)
        first.addWidget(self.lock)
        second = self._tool_row
        second.setSpacing(4)
        second.addWidget(self.crop)
        second.addWidget(self.crosshair)
        second.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addLayout(second)

    def _connect_signals(self) -> None:
        self._display.changed.connect(self._sync_display)
        self._view.changed.connect(self._sync_view)
        self._view.marks_changed.connect(self._sync_view)
        self._view.tool_changed.connect(self._sync_view)
        self.mode.activated.connect(self.choose_mode)
        self.lock.toggled.connect(self._set("locked"))
        self.stretch.chosen.connect(self._set("stretch"))
        self.softening.chosen.connect(self._set("softening"))
        self.crop.clicked.connect(self._choose_crop)
        self.crosshair.toggled.connect(self._view.set_crosshair)

    def add_tool(self, tool: Tool, icon_name: str, name: str, tip: str) -> QToolButton:
        """A button at the right end that takes a tool, and puts it back when pressed again."""
        button = _toggle(name, tip)
        button.clicked.connect(lambda taken: self._view.set_tool(tool if taken else "pan"))
        self._tools[tool] = button
        self._icons.append((button, icon_name))
        self._tool_row.addWidget(button)
        self._sync_view()
        return button

    # -- from state ----------------------------------------------------------------------

    def _sync_display(self) -> None:
        settings, survey = self._display.settings, self._display.survey
        entries = [rgb_name(settings, survey), *survey.bands]
        if [self.mode.itemText(i) for i in range(self.mode.count())] != entries:
            self.mode.clear()
            self.mode.addItems(entries)
        self.mode.setCurrentIndex(0 if settings.mode == "rgb" else settings.band + 1)
        with QSignalBlocker(self.lock):
            self.lock.setChecked(settings.locked)
        self.lock.setIcon(icon("lock-outline" if settings.locked else "lock-open-variant-outline"))
        self.stretch.set_factor(settings.stretch)
        self.softening.set_factor(settings.softening)
        self.crop.setEnabled(survey.crop is not None)
        self._sync_view()

    def _sync_view(self) -> None:
        crop = self._display.survey.crop
        shows_crop = crop is not None and self._view.window == CutoutWindow(span=float(crop))
        checks = [(self.crop, shows_crop), (self.crosshair, self._view.crosshair)]
        checks += [(button, self._view.tool == tool) for tool, button in self._tools.items()]
        for button, checked in checks:
            with QSignalBlocker(button):
                button.setChecked(checked)
        for button, name in self._icons:
            button.setIcon(icon(name))

    # -- intents -------------------------------------------------------------------------

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

    def _choose_crop(self) -> None:
        crop = self._display.survey.crop
        if crop is not None:
            self._view.show_crop(crop)

    def _set(self, name: str) -> Callable[[object], None]:
        """A slot that puts one setting of the display in force."""
        return partial(self._put, name)

    def _put(self, name: str, value: object) -> None:
        changed: dict[str, object] = {name: value}
        self._display.set_settings(replace(self._display.settings, **changed))  # type: ignore[arg-type]


def rgb_name(settings: DisplaySettings, survey: SurveyPixels) -> str:
    """The bands shown as red, green and blue, in words."""
    names = [survey.bands[i] for i in settings.rgb if i < len(survey.bands)]
    if len(set(names)) < 2:
        return "RGB"
    separator = "" if all(len(name) == 1 for name in names) else " "
    return f"RGB {separator.join(names)}"


def _toggle(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button

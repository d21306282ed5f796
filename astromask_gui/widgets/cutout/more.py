"""Everything about the picture that is not needed all the time, in a small window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QPoint, QSignalBlocker, Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QWidget,
)

from astromask_gui.parts.log_slider import LogSlider
from astromask_gui.parts.small import kept_on_screen, label, line
from astromask_gui.rendering.picture import limits_by_band
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.display import DisplaySettings, Style, with_style
from astromask_gui.style import tabular
from astromask_gui.widgets.cutout.more_limits import LimitsRows

_STYLES: dict[Style, str] = {"survey": "Survey", "unions": "UNIONS", "legacy": "Legacy viewer"}
_PICTURE_STYLES: dict[Style, str] = {"plain": "As it is", **_STYLES}
"""Of surveys whose cutouts are pictures that were stretched before."""
_CHANNELS = ("Red", "Green", "Blue")
_BLACK_STEPS = 10
"""Steps of the black point's slider for each unit of the sky noise."""
_WIDTH = 350


class CutoutMore(QFrame):
    """Follows the display's settings and changes them at once; goes when one clicks beside it."""

    def __init__(self, state: ApplicationState, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("cutoutMore")
        self._state, self._display = state, state.display
        self.style_box = QComboBox()
        self.style_box.setAccessibleName("Style of the colours")
        self.style_box.setToolTip(
            "Survey: asinh by the sky noise, colours balanced.\nUNIONS: asinh of fluxes at"
            " zero-point 30, stretch 125, Q 7, gamma 0.25.\nLegacy viewer: scales g 6.0, r 3.4,"
            " z 2.2, m 0.03, Q 20.\nAs it is: for pictures, from black to white on a line."
        )
        self.channels = [QComboBox() for _ in _CHANNELS]
        self.switches = [QCheckBox() for _ in _CHANNELS]
        self.softening = LogSlider(DisplaySettings.softening)
        self.softening.setAccessibleName("Softening Q")
        self.softening.setToolTip(
            "Q of Lupton et al. 2004: to the right bright parts are pressed together, so that"
            " their shape shows"
        )
        self.black = QSlider(Qt.Orientation.Horizontal)
        self.black.setRange(-5 * _BLACK_STEPS, 5 * _BLACK_STEPS)
        self.black.setAccessibleName("Black point")
        self.black.setToolTip("What is black, from −5 to 5 times the sky noise")
        self.softening_value, self.black_value = _value(), _value()
        self.inverted = QCheckBox("Inverted")
        self.inverted.setToolTip("Dark galaxies on a bright sky, as on a plate (Ctrl+Alt+V)")
        self.limits = LimitsRows(self._put, self.choose_limits)
        self.blink_with = QComboBox()
        self.blink_with.setAccessibleName("Blink with")
        self.rate = QDoubleSpinBox()
        self.rate.setRange(0.2, 10)
        self.rate.setSingleStep(0.5)
        self.rate.setSuffix(" Hz")
        self.rate.setDecimals(1)
        self.rate.setAccessibleName("Changes a second")
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        self.setFixedWidth(_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, QWidget]] = [("Style", self.style_box)]
        for name, box, switch in zip(_CHANNELS, self.channels, self.switches, strict=True):
            box.setAccessibleName(f"Band shown as {name.lower()}")
            switch.setAccessibleName(f"{name} on")
            switch.setToolTip("Whether the band gives light to the picture")
            rows.append((name, _beside(box, switch)))
        rows += [
            ("Q", _beside(self.softening, self.softening_value)),
            ("Black", _beside(self.black, self.black_value)),
            ("", self.inverted),
        ]
        for name, widget in rows:
            _add_row(grid, name, widget)
        grid.addWidget(line(), grid.rowCount(), 0, 1, 2)
        grid.addWidget(label("One band", "strong"), grid.rowCount(), 0, 1, 2)
        for name, widget in self.limits.rows():
            _add_row(grid, name, widget)
        grid.addWidget(line(), grid.rowCount(), 0, 1, 2)
        _add_row(grid, "Blink with", _beside(self.blink_with, self.rate))

    def _connect_signals(self) -> None:
        self._display.changed.connect(self._sync)
        self._state.cutout_view.blink_changed.connect(self._sync_blink)
        self.style_box.activated.connect(self._choose_style)
        for channel, (box, switch) in enumerate(zip(self.channels, self.switches, strict=True)):
            box.activated.connect(lambda band, c=channel: self._choose_channel(c, band))
            switch.toggled.connect(lambda on, c=channel: self._switch(c, on))
        self.softening.chosen.connect(lambda q: self._put(softening=q))
        self.black.valueChanged.connect(lambda step: self._put(black=step / _BLACK_STEPS))
        self.inverted.toggled.connect(lambda on: self._put(inverted=on))
        self.blink_with.activated.connect(self._choose_blink)
        self.rate.valueChanged.connect(self._choose_rate)

    def show_below(self, widget: QWidget) -> None:
        """Open below a widget, within the screen."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), widget.height() + 2))
        self.move(kept_on_screen(corner, self, widget))
        self.show()

    # -- from state ----------------------------------------------------------------------

    def _sync(self) -> None:
        settings, survey = self._display.settings, self._display.survey
        self._list_styles(_STYLES if survey.white is None else _PICTURE_STYLES)
        self.style_box.setCurrentIndex(self.style_box.findData(settings.style))
        self.softening.setEnabled(settings.style != "plain")
        for channel, (box, switch) in enumerate(zip(self.channels, self.switches, strict=True)):
            band = settings.rgb[channel]
            _fill(box, survey.bands)
            box.setCurrentIndex(band)
            with QSignalBlocker(switch):
                switch.setChecked(band not in settings.hidden)
        self.softening.set_factor(settings.softening)
        with QSignalBlocker(self.black), QSignalBlocker(self.inverted):
            self.black.setValue(round(settings.black * _BLACK_STEPS))
            self.inverted.setChecked(settings.inverted)
        self.softening_value.setText(f"{settings.softening:.3g}")
        self.black_value.setText(f"{settings.black:.1f} σ".replace("-", "−"))
        self.limits.show(settings, survey)
        self._sync_blink()

    def _list_styles(self, styles: dict[Style, str]) -> None:
        if self.style_box.count() != len(styles):
            self.style_box.clear()
            for style, name in styles.items():
                self.style_box.addItem(name, style)

    def _sync_blink(self) -> None:
        blink = self._state.cutout_view.blink
        _fill(self.blink_with, ("galaxy before", *self._display.survey.bands))
        self.blink_with.setCurrentIndex(0 if blink.band is None else blink.band + 1)
        with QSignalBlocker(self.rate):
            self.rate.setValue(blink.rate)

    # -- intents -------------------------------------------------------------------------

    def choose_lock(self, locked: bool) -> None:
        """Lock the stretch, or free it; limits that were measured are held as they are."""
        self._hold(replace(self._display.settings, locked=locked))

    def choose_limits(self, **changes: Any) -> None:
        """Show a band between other limits, measured on the galaxy in the viewer."""
        self._hold(replace(self._display.settings, mode="band", **changes))

    def _hold(self, settings: DisplaySettings) -> None:
        cutout = self._state.cutout.cutout
        if settings.limits in ("percentile", "zscale") and cutout is not None:
            held = limits_by_band(cutout.pixels, settings, self._display.survey)
            settings = replace(settings, held=held)
        elif settings.limits == "manual" and not settings.held and cutout is not None:
            measured = replace(settings, limits="percentile")
            held = limits_by_band(cutout.pixels, measured, self._display.survey)
            settings = replace(settings, held=held)
        self._display.set_settings(settings)

    def _put(self, **changes: Any) -> None:
        self._display.set_settings(replace(self._display.settings, **changes))

    def _choose_style(self, index: int) -> None:
        self._display.set_settings(
            with_style(self._display.settings, self.style_box.itemData(index))
        )

    def _choose_channel(self, channel: int, band: int) -> None:
        rgb = list(self._display.settings.rgb)
        rgb[channel] = band
        self._put(rgb=tuple(rgb), mode="rgb")

    def _switch(self, channel: int, on: bool) -> None:
        settings = self._display.settings
        band = settings.rgb[channel]
        others = tuple(one for one in settings.hidden if one != band)
        self._put(hidden=others if on else (*others, band))

    def _choose_blink(self, index: int) -> None:
        view = self._state.cutout_view
        view.set_blink(replace(view.blink, band=index - 1 if index else None))

    def _choose_rate(self, rate: float) -> None:
        view = self._state.cutout_view
        view.set_blink(replace(view.blink, rate=rate))


def _fill(box: QComboBox, entries: tuple[str, ...]) -> None:
    if tuple(box.itemText(i) for i in range(box.count())) != entries:
        with QSignalBlocker(box):
            box.clear()
            box.addItems(entries)


def _beside(first: QWidget, second: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, 1)
    row.addWidget(second)
    return both


def _value() -> QLabel:
    """The number where a slider stands, in a width that does not change with it."""
    made = label("", "muted")
    made.setFont(tabular(made.font()))
    made.setFixedWidth(made.fontMetrics().horizontalAdvance("−0.0 σ") + 2)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _add_row(grid: QGridLayout, name: str, widget: QWidget) -> None:
    row = grid.rowCount()
    grid.addWidget(label(name, "muted"), row, 0)
    grid.addWidget(widget, row, 1)

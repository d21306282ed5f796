"""What is known of the galaxy in the viewer, and of the pixel under the mouse."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from astromask_gui.parts.small import label
from astromask_gui.parts.value_text import figures
from astromask_gui.rendering.flux import nanomaggies_per_count, surface_brightness
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.sky_grid import SkyGrid, assumed_grid
from astromask_gui.style import tabular

_FACTS_SHOWN = 6
_POSITION_TIP = (
    "RA and Dec of the galaxy; with the mouse over a picture: column and row of the pixel, its"
    " RA and Dec.\nWCS: by the file's own. No WCS: the file has none; the galaxy is taken to"
    " be in the middle, north up and east to the left."
)


def position_text(ra: float | None, dec: float | None) -> str:
    """RA and Dec in degrees, or words where the survey has none."""
    if ra is None or dec is None:
        return "no coordinates"
    text = f"RA {ra:.5f}°  Dec {dec:+.5f}°"
    is_on_sky = abs(dec) <= 90 and abs(ra) <= 360
    return text if is_on_sky else f"{text}: not on the sky"


def pixel_text(
    cutout: Cutout, x: float, y: float, grid: SkyGrid | None, pixel_scale: float | None
) -> str:
    """A pixel's column and row from 0, its place on the sky, and by what that is known."""
    rows, columns = cutout.pixels.shape[1:]
    text = f"{int(x)}, {int(y)}"
    known = grid or assumed_grid(cutout.ra, cutout.dec, pixel_scale, columns, rows)
    if known is None:
        return f"{text}   no coordinates"
    # The centre of the first pixel is 0 of the grid.
    where = position_text(*known.to_sky(x - 0.5, y - 0.5))
    return f"{text}  {where}  {'WCS' if known.stated else 'no WCS'}"


def flux_text(cutout: Cutout, x: float, y: float, survey: SurveyPixels) -> str:
    """Flux in a pixel by band, and mag/arcsec² where pixel scale and zero-points are known."""
    parts = []
    for band, name in enumerate(survey.bands[: len(cutout.pixels)]):
        if cutout.missing[band]:
            parts.append(f"{name}\u00a0missing")
            continue
        flux = float(cutout.pixels[band, int(y), int(x)]) * nanomaggies_per_count(band, survey)
        if math.isnan(flux):
            parts.append(f"{name}\u00a0no\u00a0data")
            continue
        text = f"{name}\u00a0{figures(flux, 3)}"
        if survey.zero_points and survey.pixel_scale:
            brightness = surface_brightness(flux, survey.pixel_scale)
            text += f"\u00a0({brightness:.1f})" if brightness is not None else "\u00a0(–)"
        parts.append(text)
    unit = "nMgy (mag/″²)" if survey.zero_points else "counts"
    return "  ".join([*parts, unit.replace(" ", "\u00a0")])


class CutoutFacts(QWidget):
    """Four lines of text that keep their height; while the mouse is over a picture the lower
    ones tell of the pixel under it."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.name = label("", "strong", selectable=True)
        self.position = label("", "muted", selectable=True)
        self.columns = label("", "muted", wrap=True, selectable=True)
        for text in (self.name, self.position, self.columns):
            text.setFont(tabular(text.font()))
        # Always two lines: the picture keeps its size from one galaxy to the next.
        self.columns.setFixedHeight(2 * self.columns.fontMetrics().lineSpacing())
        self.columns.setAlignment(Qt.AlignmentFlag.AlignTop)
        # What the mouse is over shall never widen the panel.
        self.position.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.position.setToolTip(_POSITION_TIP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for text in (self.name, self.position, self.columns):
            layout.addWidget(text)
        state.cutout_view.mouse_changed.connect(self._sync)

    def show_cutout(self, cutout: Cutout) -> None:
        """Tell of another galaxy."""
        self.name.setText(cutout.object_id)
        self._sync()

    def _sync(self) -> None:
        cutout, mouse = self._state.cutout.cutout, self._state.cutout_view.mouse
        if cutout is None:
            return
        if mouse is not None:
            rows, columns = cutout.pixels.shape[1:]
            x, y = mouse[0] + columns / 2, mouse[1] + rows / 2
            if 0 <= x < columns and 0 <= y < rows:
                survey = self._state.display.survey
                grid = self._state.cutout.grid
                self.position.setText(pixel_text(cutout, x, y, grid, survey.pixel_scale))
                self.columns.setText(flux_text(cutout, x, y, survey))
                return
        self.position.setText(position_text(cutout.ra, cutout.dec))
        facts = list(cutout.facts.items())[:_FACTS_SHOWN]
        self.columns.setText("   ".join(f"{key}\u00a0{value}" for key, value in facts))

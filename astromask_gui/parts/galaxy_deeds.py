"""What can be done with galaxies wherever they are shown: copy, save, look up elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QApplication, QFileDialog, QWidget

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_files import file_name
from astromask_gui.state.sky_places import SkyPlace

Rows = Sequence[int] | NDArray[np.integer]
"""Galaxies; of millions that are selected an array, for as a list they take gigabytes."""

_LEGACY = "https://www.legacysurvey.org/viewer?ra={ra:.6f}&dec={dec:.6f}&layer={layer}&zoom=16"
_ALADIN = "https://aladin.cds.unistra.fr/AladinLite/?target={target}&fov={fov:.4f}"
_SIMBAD = "https://simbad.cds.unistra.fr/simbad/sim-coo?Coord={target}&Radius=10&Radius.unit=arcsec"
SKY_LAYERS = {
    "ls-dr10": "Legacy Surveys DR10",
    "ls-dr10-model": "Legacy Surveys DR10, models",
    "ls-dr10-resid": "Legacy Surveys DR10, residuals",
    "ls-dr9": "Legacy Surveys DR9",
    "hsc-dr3": "HSC DR3",
    "des-dr1": "DES DR1",
    "ps1": "Pan-STARRS",
    "sdss": "SDSS",
    "unwise-neo7": "unWISE",
    "galex": "GALEX",
    "vlass1.2": "VLASS",
}
"""Layers of the Legacy Survey's sky viewer: their names there and in words."""
_SMALLEST_VIEW = 1 / 60
"""Degrees that Aladin shows at least, for a cutout alone has no surroundings."""
_NO_PLACE = "The galaxy has no coordinates."


def sexagesimal(ra: float, dec: float) -> str:
    """RA in hours and Dec in degrees, as "10:00:28.800 +02:12:21.00"."""
    # Rounded as a whole, so that no 60 appears.
    milliseconds = round((ra % 360) / 15 * 3_600_000) % 86_400_000
    hundredths = round(abs(dec) * 360_000)
    minutes, rest = divmod(milliseconds, 60_000)
    arcminutes, arcrest = divmod(hundredths, 6_000)
    sign = "-" if math.copysign(1, dec) < 0 and hundredths else "+"
    return (
        f"{minutes // 60:02d}:{minutes % 60:02d}:{rest / 1000:06.3f}"
        f" {sign}{arcminutes // 60:02d}:{arcminutes % 60:02d}:{arcrest / 100:05.2f}"
    )


def degrees(ra: float, dec: float) -> str:
    """RA and Dec in degrees, as "150.120000 +2.205833"."""
    return f"{ra:.6f} {dec:+.6f}"


# -- to the clipboard -----------------------------------------------------------------------


def copy_positions(
    state: ApplicationState, rows: Rows, form: Callable[[float, float], str]
) -> None:
    """Put RA and Dec on the clipboard, a galaxy a line."""

    def take(places: list[SkyPlace]) -> None:
        lines = [form(*place.position) for place in places if place.position is not None]
        if not lines:
            state.messages.info(_NO_PLACE)
        else:
            _copy("\n".join(lines))
            count = f" of {len(lines):,} galaxies" if len(lines) > 1 else ""
            state.messages.info(f"RA and Dec{count} are on the clipboard.")

    state.sky_places.ask(rows, take)


def copy_ids(state: ApplicationState, rows: Rows) -> None:
    """Put identifiers on the clipboard, a galaxy a line."""

    def take(places: list[SkyPlace]) -> None:
        _copy("\n".join(place.object_id for place in places))
        one = f"The identifier {places[0].object_id} is on the clipboard."
        state.messages.info(
            one if len(places) == 1 else f"{len(places):,} identifiers are on the clipboard."
        )

    state.sky_places.ask(rows, take)


def _copy(text: str) -> None:
    clipboard = QApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)


# -- on the sky, in the browser -------------------------------------------------------------


def open_legacy(state: ApplicationState, row: int) -> None:
    """Open the Legacy Survey's sky viewer there, with the layer that the user prefers."""
    _open(state, row, partial(_LEGACY.format, layer=quote(state.preferences.sky_layer)))


def open_aladin(state: ApplicationState, row: int) -> None:
    """Open Aladin Lite there, with twice the cutout in view."""
    scale, cutout = state.display.survey.pixel_scale, state.cutout.cutout
    side = 0 if cutout is None else max(cutout.pixels.shape[1:])
    fov = max(2 * side * (scale or 0.0) / 3600, _SMALLEST_VIEW)
    _open(state, row, partial(_ALADIN.format, fov=fov))


def open_simbad(state: ApplicationState, row: int) -> None:
    """List what SIMBAD knows within ten arcsec."""
    _open(state, row, _SIMBAD.format)


def _open(state: ApplicationState, row: int, address: Callable[..., str]) -> None:
    def take(places: list[SkyPlace]) -> None:
        place = places[0].position
        if place is None:
            state.messages.info(_NO_PLACE)
        else:
            page = address(ra=place[0], dec=place[1], target=quote(degrees(*place)))
            # Python's own `webbrowser` waits for one that runs in the terminal, as w3m does.
            if not QDesktopServices.openUrl(QUrl(page)):
                _copy(page)
                state.messages.warning(
                    "No browser could be started here. The page's address is on the clipboard."
                )

    state.sky_places.ask([row], take)


# -- to files -------------------------------------------------------------------------------


def save_fits(state: ApplicationState, rows: Rows, parent: QWidget) -> None:
    """Ask where the cutouts are to be saved, and have them written there."""
    if not len(rows):
        state.messages.info("Select some galaxies before you save their cutouts.")
    elif len(rows) == 1:
        state.sky_places.ask(rows, lambda places: _choose_file(state, places[0], parent))
    else:
        _choose_folder(state, rows, parent)


def _choose_file(state: ApplicationState, place: SkyPlace, parent: QWidget) -> None:
    dialog = save_dialog(parent, "Save the cutout", "FITS (*.fits)", "fits", place.object_id)
    dialog.fileSelected.connect(lambda path: state.cutout_files.save(place.row, Path(path)))
    dialog.open()


def _choose_folder(state: ApplicationState, rows: Rows, parent: QWidget) -> None:
    title = f"Save {len(rows):,} cutouts in a new folder in …"
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(
        lambda path: state.cutout_files.save_all([int(row) for row in rows], Path(path))
    )
    dialog.open()


def save_dialog(parent: QWidget, title: str, kind: str, suffix: str, name: str) -> QFileDialog:
    """A dialog that asks for one file to write; it deletes itself."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kind)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(f"{file_name(name)}.{suffix}")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog

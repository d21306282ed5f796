"""The actions that take the active galaxy out of the window: copy, save, look up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QApplication, QMenu

from astromask_gui.parts import galaxy_deeds as deeds
from astromask_gui.state.application import ApplicationState
from astromask_gui.windows.actions import ActionSpec

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow


def exchange_specs(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    """What can be done with the galaxy in the viewer, by keys."""
    make = partial(ActionSpec, "Ga&laxy")

    def with_active(deed: Callable[[int], object]) -> Callable[[], None]:
        return partial(state.with_active, deed)

    def copy(form: Callable[[float, float], str], row: int) -> None:
        deeds.copy_positions(state, [row], form)

    def copy_picture() -> None:
        image, clipboard = window.cutout.picture.image, QApplication.clipboard()
        if image is not None and clipboard is not None:
            clipboard.setImage(image)
            state.messages.info("The picture is on the clipboard.")

    return [
        make("&Copy position", "RA and Dec in degrees",
             with_active(partial(copy, deeds.degrees)), "Ctrl+Shift+C", True),
        make("Copy position in &hours", "RA and Dec as hours, minutes and seconds",
             with_active(partial(copy, deeds.sexagesimal)), "Ctrl+Shift+X"),
        make("Copy i&dentifier", "What the galaxy is called in the survey",
             with_active(lambda row: deeds.copy_ids(state, [row])), "Ctrl+Shift+I"),
        make("Copy p&icture", "The cutout as shown", copy_picture, "Ctrl+Alt+C"),
        make("Save the &picture …", "The cutout as shown, enlarged, as a PNG",
             lambda: window.exchange.save_picture(), "Ctrl+Alt+Shift+P", True),
        make("Save the cut&out …", "All bands and what is known of them, as FITS",
             with_active(lambda row: deeds.save_fits(state, [row], window)), "Ctrl+S"),
        make("Save the selected cutou&ts …", "A FITS file of each, in a folder",
             lambda: window.exchange.save_selected(), "Ctrl+Alt+Shift+S"),
        make("Open at the &Legacy viewer", "The sky around it, in the browser",
             with_active(partial(deeds.open_legacy, state)), "Ctrl+E", True),
        make("Open in &Aladin Lite", "Any survey's sky around it, in the browser",
             with_active(partial(deeds.open_aladin, state)), "Ctrl+Alt+E"),
        make("Look up in SIM&BAD", "What is known within ten arcsec, in the browser",
             with_active(partial(deeds.open_simbad, state)), "Ctrl+Alt+Shift+E"),
    ]  # fmt: skip


def layer_menu(state: ApplicationState, parent: MainWindow) -> QMenu:
    """The choice of the layer that the Legacy viewer opens with."""
    menu = QMenu("La&yer of the Legacy viewer", parent)
    group = QActionGroup(menu)
    for layer, words in deeds.SKY_LAYERS.items():
        action = menu.addAction(words)
        assert action is not None
        action.setCheckable(True)
        action.setData(layer)
        action.triggered.connect(lambda _checked, name=layer: state.preferences.set_sky_layer(name))
        group.addAction(action)

    def show_current() -> None:
        for action in group.actions():
            action.setChecked(action.data() == state.preferences.sky_layer)

    menu.aboutToShow.connect(show_current)
    return menu

"""The actions of the cutout viewer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QInputDialog

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import Tool
from astromask_gui.state.light import Mode
from astromask_gui.windows.actions import ActionSpec

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow


_LIGHT: tuple[tuple[Mode, str, str], ...] = (
    ("isophotes", "Isophot&e residual", "What a smooth model of ellipses leaves"),
    ("rotation", "&180° residual", "What is not symmetric about the galaxy's centre"),
    ("difference", "Band di&fference", "What has another colour than the galaxy"),
    ("unsharp", "Unsharp mas&k", "What is narrow"),
)


def cutout_specs(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    """What the viewer shows and how, by keys."""
    make = partial(ActionSpec, "C&utout")
    panel, view, display = window.cutout, state.cutout_view, state.display
    light, tools = state.light, panel.tools

    def step(by: int) -> None:
        if not state.step(by):
            state.messages.info("There is no list to go through; find neighbours first.")

    def invert() -> None:
        display.set_settings(replace(display.settings, inverted=not display.settings.inverted))

    def choose_memory() -> None:
        dialog = QInputDialog(window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Memory for pictures")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(64, 65536)
        dialog.setIntStep(64)
        dialog.setIntValue(state.preferences.cache_megabytes)
        dialog.setLabelText("Cutouts and thumbnails kept in memory, MB at most:")
        dialog.intValueSelected.connect(state.preferences.set_cache_megabytes)
        dialog.open()

    def measure(tool: Tool) -> None:
        window.show_panel("measure")
        window.measure.take(tool)

    def fit() -> None:
        window.show_panel("measure")
        window.measure.fit_aperture()

    def profile() -> None:
        window.show_panel("measure")
        window.measure.toggle_profile()

    return [
        make("&Next in the list", "The next galaxy of the list in use", partial(step, 1), "J"),
        make("&Previous in the list", "The galaxy before it", partial(step, -1), "K"),
        make("Take the &light away", "As was done last, or give it back", panel.light.toggle, "I",
             True, is_on=lambda: light.settings.mode != "off"),
        *[
            make(text, tip, partial(panel.light.choose_mode, mode), f"Alt+{key}",
                 is_on=partial(lambda mode: light.settings.mode == mode, mode))
            for key, (mode, text, tip) in enumerate(_LIGHT, start=1)
        ],
        make("Smooth &model", "The model of the isophotes, or what it leaves",
             panel.light.toggle_model, "Shift+I", is_on=lambda: light.settings.shows_model),
        make("Aper&ture", "Sum the light within a circle or ellipse",
             partial(measure, "aperture"), "Alt+A", True, is_on=lambda: view.tool == "aperture"),
        make("Fi&t the aperture", "An ellipse that holds nearly all of the galaxy's light", fit,
             "Alt+T"),
        make("&Einstein ring", "Fit a ring to the arcs", partial(measure, "ring"), "Alt+E",
             is_on=lambda: view.tool == "ring"),
        make("Keep the &ring", "The ring's radius, as a measure of this galaxy",
             window.measure.keep_ring, "Alt+K"),
        make("Radial pro&file", "Brightness over the radius, or the table", profile, "Alt+P",
             is_on=window.measure.profile.isChecked),
        make("Copy the &photometry", "The table of the aperture, to the clipboard",
             window.measure.copy_table, "Alt+C"),
        make("Make the shape r&ound", "A circle of the same area",
             window.measure.make_round, "Alt+R"),
        make("Clear the shapes", "Take aperture and ring off the picture",
             window.measure.clear, "Alt+X"),
        make("The model's &crop", "Only what the model sees, or all of the cutout",
             tools.toggle_crop, "Ctrl+Alt+B", True, is_on=tools.crop.isChecked),
        make("&All bands", "Colour and every band beside each other",
             partial(tools.toggle_layout, "bands"), "Ctrl+Alt+A",
             is_on=lambda: view.layout == "bands"),
        make("Cross&hair", "A crosshair at the mouse, in every picture",
             lambda: view.set_crosshair(not view.crosshair), "Ctrl+Alt+X",
             is_on=lambda: view.crosshair),
        make("&Invert", "Dark galaxies on a bright sky", invert, "Ctrl+Alt+V",
             is_on=lambda: display.settings.inverted),
        make("&Display …", "Styles, limits, colour maps, blinking",
             panel.controls.show_more, "Ctrl+Alt+D"),
        make("Blin&k", "With the galaxy shown before, or with a band",
             tools.toggle_blink, "Ctrl+Alt+J", True, is_on=lambda: view.blink.on),
        make("&Pin", "Keep this galaxy to compare it with others",
             tools.toggle_pin, "Ctrl+P", is_on=tools.pin.isChecked),
        make("Pinned &galaxies", "The pinned galaxies beside each other",
             partial(tools.toggle_layout, "pinned"), "Ctrl+Alt+P",
             is_on=lambda: view.layout == "pinned"),
        make("&Unpin all", "Let all pinned galaxies go", state.pins.clear, "Ctrl+Alt+U"),
        make("&Memory for pictures …", "What cutouts and thumbnails that are kept may take",
             choose_memory, "Ctrl+Alt+Y", True, needs_survey=False),
    ]  # fmt: skip

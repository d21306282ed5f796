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

    def step(by: int) -> None:
        row = state.next_row(by)
        if row is None:
            state.messages.info("There is no list to go through; find neighbours first.")
        else:
            state.selection.set_active(row)

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
             True),
        *[
            make(text, tip, partial(panel.light.choose_mode, mode), f"Alt+{key}")
            for key, (mode, text, tip) in enumerate(_LIGHT, start=1)
        ],
        make("Smooth &model", "The model of the isophotes, or what it leaves",
             panel.light.toggle_model, "Shift+I"),
        make("Aper&ture", "Sum the light within a circle or ellipse",
             partial(measure, "aperture"), "Alt+A", True),
        make("Fi&t the aperture", "An ellipse that holds nearly all of the galaxy's light", fit,
             "Alt+T"),
        make("&Einstein ring", "Fit a ring to the arcs", partial(measure, "ring"), "Alt+E"),
        make("Keep the &ring", "The ring's radius, as a measure of this galaxy",
             window.measure.keep_ring, "Alt+K"),
        make("Radial pro&file", "Brightness over the radius, or the table", profile, "Alt+P"),
        make("Copy the &photometry", "The table of the aperture, to the clipboard",
             window.measure.copy_table, "Alt+C"),
        make("Make the shape r&ound", "A circle of the same area",
             window.measure.make_round, "Alt+R"),
        make("Clear the shapes", "Take aperture and ring off the picture",
             window.measure.clear, "Alt+X"),
        make("The model's &crop", "Only what the model sees, or all of the cutout",
             panel.tools.toggle_crop, "Ctrl+Alt+B", True),
        make("&All bands", "Colour and every band beside each other",
             partial(panel.tools.toggle_layout, "bands"), "Ctrl+Alt+A"),
        make("Cross&hair", "A crosshair at the mouse, in every picture",
             lambda: view.set_crosshair(not view.crosshair), "Ctrl+Alt+X"),
        make("&Invert", "Dark galaxies on a bright sky", invert, "Ctrl+Alt+V"),
        make("&Display …", "Styles, limits, colour maps, blinking",
             panel.controls.show_more, "Ctrl+Alt+D"),
        make("Blin&k", "With the galaxy shown before, or with a band",
             panel.tools.toggle_blink, "Ctrl+Alt+J", True),
        make("&Pin", "Keep this galaxy to compare it with others",
             panel.tools.toggle_pin, "Ctrl+P"),
        make("Pinned &galaxies", "The pinned galaxies beside each other",
             partial(panel.tools.toggle_layout, "pinned"), "Ctrl+Alt+P"),
        make("&Unpin all", "Let all pinned galaxies go", state.pins.clear, "Ctrl+Alt+U"),
        make("&Memory for pictures …", "What cutouts and thumbnails that are kept may take",
             choose_memory, "Ctrl+Alt+Y", True),
    ]  # fmt: skip

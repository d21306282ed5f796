"""The window's actions in the order of its menus."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QApplication

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.labels import GRADES
from astromask_gui.state.plane import SkyLayout
from astromask_gui.widgets.label_panel import MEANINGS
from astromask_gui.windows.actions import ActionSpec
from astromask_gui.windows.cutout_commands import cutout_specs
from astromask_gui.windows.exchange_commands import exchange_specs
from astromask_gui.windows.interop_commands import interop_specs

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow


def command_specs(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    """All actions. Several keys are single letters: a text field that has the focus keeps them."""
    return [
        *_file(window, state),
        *_edit(window, state),
        *_view(window, state),
        *_galaxy(window, state),
        *cutout_specs(window, state),
        *interop_specs(window, state),
        *_grade(window),
        *_job(window, state),
    ]


def _file(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    make = partial(ActionSpec, "&File")
    session = state.session

    def copy_map() -> None:
        clipboard = QApplication.clipboard()
        if window.maps.current.scene() is not None and clipboard is not None:
            clipboard.setPixmap(window.maps.current.canvas.grab())
            state.messages.info("The map is on the clipboard.")

    return [
        make("&Open a workspace …", "A workspace, or a folder of cutouts",
             window.choose_workspace, "Ctrl+O", needs_survey=False),
        make("&New from cutouts …", "Make a workspace from a file of cutouts",
             window.choose_cutouts, "Ctrl+N", needs_survey=False),
        make("Open the &demo", "Simulated galaxies with lenses among them",
             session.request_demo, "Ctrl+D", needs_survey=False),
        make("&Join a catalogue …", "Columns of another table, by id or on the sky",
             window.catalogues.choose_catalogue, "Ctrl+Shift+J", True),
        make("Export the &table …", "Rows and columns as CSV, ECSV, FITS, VOTable or Parquet",
             window.catalogues.export_table, "Ctrl+Alt+T"),
        make("E&xport the map …", "A figure for a paper: PDF, SVG or PNG",
             window.export_map, "Ctrl+Shift+M"),
        make("Con&tact sheet …", "Pages of pictures with identifiers and grades, as PDF",
             window.export_sheet, "Ctrl+Alt+Shift+T"),
        make("Cop&y the map", "The picture on the screen, to the clipboard", copy_map,
             "Ctrl+Alt+Shift+C"),
        make("&Close the workspace", "Back to the start page",
             lambda: session.set_workspace(None), "Ctrl+W", True),
        make("&Quit", "Jobs go on and are found again", window.close, "Ctrl+Q", True,
             needs_survey=False),
    ]  # fmt: skip


def _edit(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    make = partial(ActionSpec, "E&dit")

    def undo() -> None:
        # Grades of an earlier start are in the journal, not on the stack.
        if not state.undo.undo():
            state.labels.undo_requested.emit()

    def redo() -> None:
        if not state.undo.redo():
            state.labels.redo_requested.emit()

    return [
        make("&Undo", "Take back the latest selection or grade", undo, "Ctrl+Z"),
        make("&Redo", "Do again what was taken back", redo, "Ctrl+Shift+Z"),
        make("&Select all visible", "Select every galaxy that no filter hides",
             lambda: state.selection.select_all(state.filters.visible), "Ctrl+A", True),
        make("&Invert the selection", "Select what is not selected, among the visible",
             lambda: state.selection.invert(state.filters.visible), "Ctrl+I"),
        make("&Clear the selection", "Select nothing", state.selection.clear, "Esc"),
        make("Sa&ve the selection", "Keep the selected galaxies under a name",
             window.save_selection, "Ctrl+Shift+K"),
        make("Show &only selected", "Hide everything that is not selected",
             window.filters.show_only_selected, "Ctrl+H", True),
        make("&Hide selected", "Hide what is selected",
             window.filters.hide_what_is_selected, "Ctrl+Shift+H"),
        make("Show &all", "Take all filters away", state.filters.clear, "Ctrl+Shift+F"),
        make("&Find …", "An id, a position or a command", window.focus_search, "Ctrl+K", True),
    ]  # fmt: skip


def _view(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    make = partial(ActionSpec, "&View")
    preferences, display = state.preferences, state.display

    def other_style() -> None:
        preferences.set_style("light" if preferences.style == "dark" else "dark")

    def toggle_lock() -> None:
        display.set_settings(replace(display.settings, locked=not display.settings.locked))

    def next_band() -> None:
        settings, count = display.settings, len(display.survey.bands)
        shown = -1 if settings.mode == "rgb" else settings.band
        if shown + 1 < count:
            display.set_settings(replace(settings, mode="band", band=shown + 1))
        else:
            display.set_settings(replace(settings, mode="rgb"))

    def toggle_second_map() -> None:
        state.maps.show_second(not state.maps.has_second)

    return [
        make("&Two maps side by side", "A second map of the same galaxies, or one map again",
             toggle_second_map, "Ctrl+M", is_on=lambda: state.maps.has_second),
        make("On the s&ky", "Place the galaxies by their RA and Dec",
             lambda: state.maps.current.request_layout(SkyLayout()), "Ctrl+Alt+S",
             is_on=lambda: isinstance(state.maps.current.layout, SkyLayout)),
        make("RA in &hours", "Maps of the sky tell positions in hours, else in degrees",
             lambda: preferences.set_sexagesimal(not preferences.sexagesimal), "Ctrl+Alt+H",
             is_on=lambda: preferences.sexagesimal, needs_survey=False),
        make("M&ini-map", "A small map of the whole, when the view is deep in",
             lambda: preferences.set_mini_map(not preferences.mini_map), "Shift+M",
             is_on=lambda: preferences.mini_map, needs_survey=False),
        make("&Columns on the cards …", "What the card of a galaxy under the mouse says",
             lambda: window.maps.current.hover.choose_columns(), "Ctrl+Alt+K"),
        make("Take the &kept cards away", "All cards that were kept on the map",
             lambda: window.maps.current.hover.pins.clear(), "Shift+P"),
        make("&Light style", "A light window, else a dark one", other_style, "Ctrl+Shift+L",
             is_on=lambda: preferences.style == "light", needs_survey=False),
        make("&Motion", "Changes of view are animated",
             lambda: preferences.set_motion(not preferences.motion), "Ctrl+Alt+M",
             is_on=lambda: preferences.motion, needs_survey=False),
        make("Lock the &stretch", "The same stretch for every cutout, or each by itself",
             toggle_lock, "Ctrl+L", True, is_on=lambda: display.settings.locked),
        make("Next &band", "Colour, then each band by itself", next_band, "Ctrl+B"),
        make("&Gallery", "Pictures of the selection, of what is visible or of the neighbours",
             partial(window.show_panel, "gallery"), "Ctrl+Alt+G"),
        make("&Explore", "Panels for looking around",
             partial(window.apply_preset, "Explore"), "Ctrl+Alt+1", True),
        make("&Search", "Panels for finding what looks alike",
             partial(window.apply_preset, "Search"), "Ctrl+Alt+2"),
        make("&Label", "Panels for grading",
             partial(window.apply_preset, "Label"), "Ctrl+Alt+3"),
        make("&Reset layout", "Put every panel back in its place",
             partial(window.apply_preset, "Explore"), "Ctrl+Alt+0"),
    ]  # fmt: skip


def _galaxy(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    make = partial(ActionSpec, "Ga&laxy")

    return [
        make("Find &neighbours", "The galaxies most like the one in the viewer",
             window.neighbours.kinds.seek_active, "Ctrl+1"),
        make("&Best candidates", "The galaxies with the highest score",
             window.labels.show_candidates, "Ctrl+2"),
        make("Stran&gest galaxies", "What surprises the model most, once a job has measured it",
             window.neighbours.kinds.seek_strangest, "Ctrl+3"),
        make("Search with a &file …", "Find what looks like a cutout in a file",
             window.neighbours.choose_file, "Ctrl+Shift+O"),
        make("&Paste a file to search with", "A file or its path on the clipboard",
             window.neighbours.paste, "Ctrl+V"),
        make("&Select the neighbours", "Select the galaxies listed, on the map",
             window.neighbours.select_found, "Ctrl+Shift+S"),
        make("New &mask", "Hide other patches at the same ratio",
             state.reconstruction.new_mask, "N", True),
        make("In&vert the mask", "Show what is hidden, and hide what is shown",
             state.reconstruction.invert_mask, "Shift+N"),
        make("Hide only the ce&ntre", "The model guesses the middle from what surrounds it",
             state.reconstruction.hide_centre, "Shift+H"),
        make("Hide only the &outskirts", "The model guesses the surroundings from the middle",
             partial(state.reconstruction.hide_centre, True), "Ctrl+Alt+Shift+H"),
        make("Back to a &random mask", "Clear what was painted",
             state.reconstruction.unpaint, "Ctrl+Alt+R"),
        make("S&urprise by patch", "Lay the errors, averaged over many masks, over the input",
             partial(state.patch_maps.toggle, "surprise"), "Shift+U",
             is_on=lambda: state.patch_maps.overlay == "surprise"),
        make("A&ttention of a patch", "Lay over the input where the encoder looks",
             partial(state.patch_maps.toggle, "attention"), "Shift+T",
             is_on=lambda: state.patch_maps.overlay == "attention"),
        *exchange_specs(window, state),
    ]  # fmt: skip


def _grade(window: MainWindow) -> list[ActionSpec]:
    make = partial(ActionSpec, "&Grade")
    grades = [
        make(f"Grade {grade}: {MEANINGS[grade]}", f"Grade {grade}",
             partial(window.labels.grade, grade), grade)
        for grade in GRADES
    ]  # fmt: skip
    return [
        *grades,
        make("&Clear the grade", "Take the grade away",
             partial(window.labels.grade, None), "Backspace"),
        make("Colour by &grade", "Colour the map by grade",
             window.labels.colour_by_grade, "Ctrl+G", True),
        make("&Learn from grades", "Score every galaxy by a linear probe",
             window.labels.learn.click, "Ctrl+Return"),
    ]  # fmt: skip


def _job(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    make = partial(ActionSpec, "&Jobs")
    return [
        make("&Embed …", "Encode the galaxies with a checkpoint",
             partial(window.show_job_form, "embed"), "Ctrl+Shift+E"),
        make("&Project …", "Lay the galaxies out on the map",
             partial(window.show_job_form, "project"), "Ctrl+Shift+P"),
        make("P&lace …", "Put galaxies that came later on the map",
             partial(window.show_job_form, "place"), "Ctrl+Shift+N"),
        make("Find missing &bands", "Read every cutout once, to colour by the bands that it lacks",
             lambda: state.jobs.start({"kind": "measure"}), "Ctrl+Shift+B"),
        make("&Surprise of every galaxy …", "How wrong the model is about what is hidden from it",
             partial(window.show_job_form, "reconstruct"), "Ctrl+Shift+R"),
        make("Pre&train …", "Make a checkpoint from your own cutouts",
             partial(window.show_job_form, "pretrain"), "Ctrl+Shift+T"),
        make("Show the &jobs", "What runs and what ran",
             partial(window.show_panel, "jobs"), "Ctrl+J", True),
    ]  # fmt: skip

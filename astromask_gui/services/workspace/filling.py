"""What a workspace that was read from disk means for the window's state."""

from __future__ import annotations

import numpy as np

from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.view import Colouring

_KINDS_OF_GALAXY = ("type", "class", "class_label", "morphology", "label", "source_type")
CHANGING = ("score", "labels")
"""Sources of columns whose values another run or grade replaces."""


def fill_state(
    state: ApplicationState, loaded: Loaded, noise: tuple[float, ...], white: float | None
) -> None:
    """Show another workspace: nothing of the one before is left."""
    # In this order no view ever sees points of one catalogue and a selection of another.
    state.maps.show_second(False)
    state.view.set_coordinates(None, None)
    state.own_colours.reset(loaded.own_colours)
    state.view.set_colouring(first_colouring(loaded.columns))
    state.neighbours.clear()
    state.selection.reset(loaded.facts.count)
    state.filters.reset(loaded.facts.count)
    state.reconstruction.clear()
    state.patch_maps.clear()
    state.cutout_view.show_whole()
    state.undo.clear()
    state.labels.set_codes(np.zeros(loaded.facts.count, np.int8))
    # Columns of the same name hold other values here.
    state.columns.set_columns(())
    state.columns.set_columns(loaded.columns)
    state.display.set_survey(survey_pixels(loaded, noise, white))
    state.session.set_workspace(loaded.facts)
    state.view.set_projections(loaded.projections)
    state.view.set_coordinates(loaded.projection, loaded.coordinates, loaded.placed)
    if not loaded.facts.is_demo:
        state.preferences.remember(str(loaded.facts.folder))


def empty_state(state: ApplicationState) -> None:
    """Show nothing, as before anything was open."""
    state.maps.show_second(False)
    state.view.set_projections(())
    state.view.set_coordinates(None, None)
    state.neighbours.clear()
    state.selection.reset(0)
    state.filters.reset(0)
    state.reconstruction.clear()
    state.patch_maps.clear()
    state.undo.clear()
    state.labels.set_codes(np.zeros(0, np.int8))
    state.columns.set_columns(())
    state.own_colours.reset({})
    state.thumbnails.clear()


def first_colouring(columns: tuple[Column, ...]) -> Colouring:
    """What a map shows before the user chooses: kinds of galaxy where they are known."""
    names = {column.name.lower(): column.name for column in columns if column.kind == "category"}
    found = next((names[name] for name in _KINDS_OF_GALAXY if name in names), None)
    return Colouring(found)


def update_state(state: ApplicationState, before: Loaded, loaded: Loaded) -> None:
    """Take in what is new in the open workspace: rows, columns, a store, projections."""
    if loaded.facts.count != before.facts.count:
        _grow(state, before.facts.count, loaded.facts.count)
    state.columns.set_columns(loaded.columns)
    for column in loaded.columns:
        # Others' values never change unless the catalogue grows.
        changing = column.source in CHANGING or column.name in loaded.placed_on
        if changing or loaded.facts.count != before.facts.count:
            state.columns.invalidate(column.name)
    state.session.set_workspace(loaded.facts)
    state.view.set_projections(loaded.projections)
    _update_first(state, loaded)
    if state.maps.has_second:
        state.maps.second.reload()


def _update_first(state: ApplicationState, loaded: Loaded) -> None:
    """Show the projection that was read along, unless the user looks at something else."""
    view = state.view
    if view.layout is not None and view.projection is None:
        view.reload()
        return
    same = (
        loaded.projection == view.projection
        and view.coordinates is not None
        and loaded.coordinates is not None
        and np.array_equal(view.coordinates, loaded.coordinates, equal_nan=True)
    )
    if not same:
        view.set_coordinates(loaded.projection, loaded.coordinates, loaded.placed)


def survey_pixels(loaded: Loaded, noise: tuple[float, ...], white: float | None) -> SurveyPixels:
    """The survey's constants that pictures need."""
    settings = loaded.workspace.settings
    return SurveyPixels(
        bands=settings.bands,
        zero_points=settings.zero_points or (),
        noise=noise,
        pixel_scale=settings.pixel_scale,
        crop=settings.crop,
        white=white,
    )


def _grow(state: ApplicationState, before: int, count: int) -> None:
    for view in state.maps.shown:
        view.set_layout(view.layout, None, view.axes)
    state.selection.grow(count)
    if state.filters.items():
        state.messages.info(
            f"The catalogue has grown from {before:,} to {count:,} galaxies; the filters hold for"
            " the new ones too."
        )
    state.filters.grow(count)

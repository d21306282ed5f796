"""Where every galaxy lies on a map: by a projection, by two columns, or by the sky."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from astromask_gui.rendering.scales import fit_scale, places_on
from astromask_gui.rendering.sky import choose_axes, is_on_sky, places_on_sky
from astromask_gui.services.workspace.loading import Loaded, load_points
from astromask_gui.state.plane import Axes, ColumnAxes, ColumnsLayout, Layout, Scale, StoredLayout
from trainer.errors import QueryError

_WIDTH, _HEIGHT = 1.5, 1.0
"""Map units that the bulk of two columns takes: about the shape of a window."""


@dataclass(frozen=True)
class Places:
    """Points of a map and what its plane means."""

    coordinates: NDArray[np.float32]
    """(N, 2) in row order, NaN where a row has no place."""
    axes: Axes | None = None
    placed: NDArray[np.bool_] | None = None
    """(N,): rows that were placed on a projection later; None where none were."""


def place_galaxies(loaded: Loaded, layout: Layout) -> Places:
    """Place every row of the open workspace. Reads files; raises `AstroMaskError` where there is
    nothing to place."""
    if isinstance(layout, StoredLayout):
        coordinates, placed = load_points(loaded, layout.name)
        return Places(coordinates, placed=placed)
    if isinstance(layout, ColumnsLayout):
        return _place_by_columns(loaded, layout)
    return _place_on_sky(loaded)


def _place_on_sky(loaded: Loaded) -> Places:
    ra, dec = loaded.workspace.catalogue.coordinates()
    if not is_on_sky(ra, dec).any():
        raise QueryError(
            "No galaxy of this survey has coordinates, so there is no map of the sky; expected"
            " columns ra and dec in degrees in the cutouts' files or a catalogue."
        )
    axes = choose_axes(ra, dec)
    return Places(places_on_sky(axes, ra, dec), axes)


def _place_by_columns(loaded: Loaded, layout: ColumnsLayout) -> Places:
    x, x_values = _column(loaded, layout.x, layout.log_x, _WIDTH, layout.flip_x)
    y, y_values = _column(loaded, layout.y, layout.log_y, _HEIGHT, layout.flip_y)
    coordinates = np.empty((loaded.facts.count, 2), np.float32)
    coordinates[:, 0], coordinates[:, 1] = places_on(x, x_values), places_on(y, y_values)
    # A row without one of the values has no place, and must not have half of one.
    coordinates[np.isnan(coordinates).any(axis=1)] = np.nan
    if np.isnan(coordinates[:, 0]).all():
        logarithmic = layout.log_x or layout.log_y
        positive = " (a logarithmic axis shows positive ones)" if logarithmic else ""
        raise QueryError(
            f"No galaxy has a value of both {layout.x} and {layout.y}{positive}, so there is no"
            " map of them."
        )
    return Places(coordinates, ColumnAxes(x, y))


def _column(
    loaded: Loaded, name: str, logarithmic: bool, length: float, flipped: bool
) -> tuple[Scale, NDArray[np.floating]]:
    columns = loaded.workspace.columns
    info = columns.info(name)
    if info.kind != "number":
        raise QueryError(f'"{name}" holds no numbers, so it can\'t be an axis of a map.')
    values = columns.values(name)
    scale = fit_scale(name, values, info.unit or "", logarithmic, length)
    return replace(scale, extent=-scale.extent) if flipped else scale, values

"""What places the galaxies on a map's plane, and how its coordinates translate to values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class StoredLayout:
    """A projection of the store, by its name."""

    name: str


@dataclass(frozen=True)
class ColumnsLayout:
    """One column against another."""

    x: str
    y: str
    log_x: bool = False
    log_y: bool = False
    flip_x: bool = False
    """Values fall to the right, as magnitudes do towards what is bright."""
    flip_y: bool = False
    """Values fall upwards."""


@dataclass(frozen=True)
class SkyLayout:
    """Right ascension and declination."""


Layout: TypeAlias = StoredLayout | ColumnsLayout | SkyLayout
"""What a map can be asked to show."""


@dataclass(frozen=True)
class Scale:
    """How a column's values lie along one side of the plane.

    A value's place is (value − `origin`) / `extent`; on a logarithmic scale its log10 stands
    for the value. `extent` is negative where values fall to the right or upwards.
    """

    name: str
    unit: str = ""
    logarithmic: bool = False
    origin: float = 0.0
    extent: float = 1.0


@dataclass(frozen=True)
class ColumnAxes:
    """The plane of two columns."""

    x: Scale
    y: Scale


@dataclass(frozen=True)
class SkyAxes:
    """A plane of the sky, by its three-letter code (Calabretta & Greisen 2002); one map unit is
    a degree about the centre, north is up, and right ascension increases to the left."""

    projection: Literal["MOL", "ZEA"]
    """Mollweide's for the whole sky, the zenithal equal-area one for a part of it."""
    ra: float
    dec: float
    """Degrees of the centre; Mollweide's lies on the equator."""


Axes: TypeAlias = ColumnAxes | SkyAxes
"""What the plane's coordinates mean; those of a stored projection mean nothing by themselves."""

"""Where the pixels of a cutout lie on the sky: a tangential projection about one point.

After Calabretta & Greisen 2002 (A&A 395, 1077), TAN. Within a cutout every survey's projection
is one, to far below a pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SkyGrid:
    """Pixel (x, y), counted from 0 at the centre of the first, to RA and Dec in degrees."""

    x: float
    y: float
    """The pixel of the reference position."""
    ra: float
    dec: float
    matrix: tuple[float, float, float, float]
    """Degrees to the east by x and y, then to the north by x and y, a pixel each."""
    stated: bool = True
    """Whether the file says so; False where north is only taken to be up."""

    def to_sky(self, x: float, y: float) -> tuple[float, float]:
        """RA in [0, 360) and Dec of a pixel, degrees."""
        dx, dy = x - self.x, y - self.y
        east = math.radians(self.matrix[0] * dx + self.matrix[1] * dy)
        north = math.radians(self.matrix[2] * dx + self.matrix[3] * dy)
        dec0 = math.radians(self.dec)
        across = math.cos(dec0) - north * math.sin(dec0)
        ra = self.ra + math.degrees(math.atan2(east, across))
        dec = math.atan2(math.sin(dec0) + north * math.cos(dec0), math.hypot(east, across))
        return ra % 360.0, math.degrees(dec)

    def to_pixel(self, ra: float, dec: float) -> tuple[float, float] | None:
        """The pixel of a position; None on the other half of the sky."""
        d_ra, dec1, dec0 = (math.radians(v) for v in (ra - self.ra, dec, self.dec))
        towards = math.sin(dec1) * math.sin(dec0) + math.cos(dec1) * math.cos(dec0) * math.cos(d_ra)
        if towards <= 0:
            return None
        east = math.degrees(math.cos(dec1) * math.sin(d_ra) / towards)
        across = math.sin(dec1) * math.cos(dec0) - math.cos(dec1) * math.sin(dec0) * math.cos(d_ra)
        north = math.degrees(across / towards)
        a, b, c, d = self.matrix
        size = a * d - b * c
        return self.x + (d * east - b * north) / size, self.y + (a * north - c * east) / size

    def directions(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Unit vectors in pixels, right and up, towards north and towards east."""
        a, b, c, d = self.matrix
        sign = 1.0 if a * d - b * c > 0 else -1.0
        # The columns of the inverse matrix, without its size.
        return _unit(-b * sign, a * sign), _unit(d * sign, -c * sign)


def assumed_grid(
    ra: float | None, dec: float | None, pixel_scale: float | None, columns: int, rows: int
) -> SkyGrid | None:
    """The galaxy in the middle, north up and east to the left, as FITS images of
    surveys have it; None where position or scale is unknown or not on the sky."""
    if ra is None or dec is None or not pixel_scale:
        return None
    if not (abs(dec) <= 90 and abs(ra) <= 360):
        return None
    step = pixel_scale / 3600
    return SkyGrid((columns - 1) / 2, (rows - 1) / 2, ra, dec, (-step, 0.0, 0.0, step), False)


def _unit(x: float, y: float) -> tuple[float, float]:
    length = math.hypot(x, y)
    return x / length, y / length

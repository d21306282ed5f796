"""What a user may say about cutting."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.cutting.naming import BandGlob
from trainer.errors import QueryError

ROWS_A_FILE = 10_000
MOST_PIXELS = 4096


@dataclass(frozen=True)
class CutOptions:
    """How cutouts are to be made; None leaves it to the headers."""

    size: int = 200
    """Side of a cutout, pixels."""
    bands: tuple[str, ...] | None = None
    """Bands and their order; from blue to red where left out."""
    band_globs: tuple[BandGlob, ...] = ()
    reference: str | None = None
    """Band whose pixel grid the others are brought onto."""
    pixel_scale: float | None = None
    """Arcsec per pixel of the cutouts; the reference band's own where left out."""
    zero_points: tuple[float, ...] | None = None
    """AB magnitude of one count: one, or one a band."""
    least_cover: float = 0.5
    """Share of a cutout that a band must cover not to count as missing."""
    all_tiles: bool = False
    """One cutout for every tile that shows an object, not one for every object."""
    overwrite: bool = False
    rows_a_file: int = ROWS_A_FILE

    def __post_init__(self) -> None:
        """Raises `QueryError` for what can't be."""
        if not 1 <= self.size <= MOST_PIXELS:
            raise QueryError(
                f"--size {self.size} does not fit: expected 1 to {MOST_PIXELS} pixels."
            )
        if self.pixel_scale is not None and not 0 < self.pixel_scale < 3600:
            raise QueryError(
                f"--pixel-scale {self.pixel_scale:g} does not fit: expected arcsec above 0."
            )
        if not 0 < self.least_cover <= 1:
            raise QueryError(
                f"--least-cover {self.least_cover:g} does not fit: expected a share above 0 and"
                " at most 1."
            )

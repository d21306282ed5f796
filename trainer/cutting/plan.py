"""What will be cut, settled before any pixel is read: bands, grid, counts, and which image."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from trainer.cutouts.folders import wavelength_order
from trainer.cutting.images import Images, SkyImage
from trainer.cutting.naming import is_unions
from trainer.cutting.objects import Objects
from trainer.cutting.options import CutOptions
from trainer.cutting.output import Facts
from trainer.cutting.placing import Placing
from trainer.cutting.stamps import StampShape, count_factors
from trainer.errors import BandError, QueryError

_FORMAT = 1
"""Raised when the same input would give other cutouts."""
_PREFERRED = ("r", "i", "VIS", "g", "z")
"""Bands whose grid the others are brought onto, where the user doesn't say."""


class Plan:
    """Objects, images and options put together."""

    def __init__(self, objects: Objects, images: Images, options: CutOptions) -> None:
        """Raises `BandError` or `QueryError` where the options don't fit what was found."""
        self.notes = [*objects.notes, *images.notes]
        self.bands = _bands(images.good, options.bands)
        used = tuple(image for image in images.good if image.band in self.bands)
        if not used:
            raise BandError(
                f"No image is of the bands {', '.join(self.bands)}; there are"
                f" {', '.join(sorted({image.band for image in images.good}))}."
            )
        self.images, self.objects, self.options = used, objects, options
        self.preference = _preference(self.bands, used, options.reference)
        scale = options.pixel_scale or _first_of(used, self.preference[0]).pixel_scale
        self.grid = StampShape(options.size, scale, options.least_cover)
        zero_points = self._zero_points()
        known = tuple(zero for zero in zero_points if zero is not None)
        unions = all(is_unions(image.path) for image in used)
        self.facts = Facts(
            bands=self.bands,
            size=options.size,
            pixel_scale=scale,
            zero_points=known if len(known) == len(self.bands) else None,
            # By `cfis_id` a reader would take another survey's counts for those of UNIONS.
            id_name="cfis_id" if unions else "object_id",
        )
        wanted = [zero_points[self.bands.index(image.band)] for image in used]
        own = [None if options.zero_points else image.zero_point for image in used]
        self.factors = count_factors(own, wanted)
        self.placing = Placing(
            objects, used, self.bands, self.preference, options.size, options.all_tiles
        )
        self._tell_bands()

    @property
    def count(self) -> int:
        """Cutouts to be made, but for those where the images are blank."""
        return self.placing.count

    def digest(self) -> str:
        """Hash of everything that decides what is cut."""
        o = self.options
        files = [(str(i.path), i.band, i.hdu, *_stamp_of(i.path)) for i in self.images]
        facts = [
            _FORMAT, o.size, self.bands, self.preference, self.facts.pixel_scale, o.zero_points,
            o.least_cover, o.all_tiles, o.rows_a_file, files, sorted(self.objects.columns),
            _stamp_of(self.objects.source),
        ]  # fmt: skip
        digest = hashlib.sha256(json.dumps(facts).encode())
        for values in (self.objects.ra, self.objects.dec, self.objects.ids.astype(str)):
            digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()

    def _zero_points(self) -> list[float | None]:
        """AB magnitude of one count of each band in the output."""
        given = self.options.zero_points
        if given is not None:
            if len(given) not in (1, len(self.bands)):
                raise QueryError(
                    f"{len(given)} zero-points were given for {len(self.bands)} bands"
                    f" ({', '.join(self.bands)}); give one, or one a band."
                )
            return list(given if len(given) == len(self.bands) else given * len(self.bands))
        found: list[float | None] = []
        for band in self.bands:
            own = [image.zero_point for image in self.images if image.band == band]
            known = {zero for zero in own if zero is not None}
            found.append(next((zero for zero in own if zero is not None), None))
            if len(known) > 1:
                self.notes.append(
                    f"The images in {band} have zero-points from {min(known):g} to"
                    f" {max(known):g}; all are brought to {found[-1]:g}."
                )
            if known and None in own:
                self.notes.append(
                    f"Some images in {band} have no zero-point; {found[-1]:g} is taken for them."
                )
        if None in found:
            self.notes.append(
                "The zero-points are not known in every band, so that none are written;"
                " --zero-points gives them."
            )
        return found

    def _tell_bands(self) -> None:
        for band in self.bands:
            own = [image for image in self.images if image.band == band]
            if not own:
                self.notes.append(f"No image is of the band {band}: it is missing everywhere.")
                continue
            how = ", ".join(sorted({image.known_by for image in own}))
            self.notes.append(
                f"Band {band}: {len(own):,} image{'s' if len(own) > 1 else ''}, known by {how};"
                f' {own[0].pixel_scale:.4g}" a pixel.'
            )


def _bands(images: Sequence[SkyImage], given: Sequence[str] | None) -> tuple[str, ...]:
    found = {image.band for image in images}
    if given is None:
        return tuple(sorted(found, key=wavelength_order))
    if len(set(given)) < len(given):
        raise QueryError(f"--bands {','.join(given)} names a band twice.")
    return tuple(given)


def _preference(
    bands: Sequence[str], images: Sequence[SkyImage], given: str | None
) -> tuple[str, ...]:
    """The bands that have images, that of the reference grid first."""
    found = {image.band for image in images}
    if given is not None and given not in found:
        raise BandError(
            f"--reference {given} is no band of the images; there are {', '.join(sorted(found))}."
        )
    order = [*([given] if given else ()), *_PREFERRED, *bands]
    return tuple(dict.fromkeys(band for band in order if band in found))


def _first_of(images: Sequence[SkyImage], band: str) -> SkyImage:
    return next(image for image in images if image.band == band)


def _stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of a file: a changed one has others."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns

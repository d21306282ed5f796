"""Survey images as cutting knows them: where they lie, in which band, and in which counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from trainer.cutouts import fits_file
from trainer.cutouts.coordinates import sky_directions
from trainer.cutouts.folders import FITS_ENDINGS, files_in, natural_key
from trainer.cutting.naming import BandGlob, is_beside, name_band, tile_name, usual_zero_point
from trainer.cutting.sphere import separation
from trainer.errors import AstroMaskError, BandError, FormatError

_SAME_FIELD = 0.1
"""Images whose centres are closer than this share of their radius show the same field."""
_MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class SkyImage:
    """One two-dimensional image with a celestial WCS; no pixels are held."""

    path: Path
    hdu: int
    shape: tuple[int, int]
    """(H, W), pixels."""
    wcs: Any
    pixel_scale: float
    """Arcsec."""
    band: str
    known_by: str
    """What told the band."""
    tile: str
    zero_point: float | None
    """AB magnitude of one count."""

    @cached_property
    def centre(self) -> np.ndarray:
        """(3,) unit vector to the middle."""
        height, width = self.shape
        middle: np.ndarray = self._directions(np.array([[(width - 1) / 2, (height - 1) / 2]]))[0]
        return middle

    @cached_property
    def radius(self) -> float:
        """Degrees from the middle to the farthest point of the border."""
        height, width = self.shape
        x, y = np.linspace(-0.5, width - 0.5, 9), np.linspace(-0.5, height - 0.5, 9)
        sides = [np.stack([x, np.full(9, end)], 1) for end in (-0.5, height - 0.5)]
        sides += [np.stack([np.full(9, end), y], 1) for end in (-0.5, width - 0.5)]
        return float(np.nanmax(separation(self.centre, self._directions(np.concatenate(sides)))))

    def _directions(self, pixels: np.ndarray) -> np.ndarray:
        return sky_directions(*self.wcs.all_pix2world(pixels, 0).T)

    def locate(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """(n, 2) x and y in pixels from zero of positions in degrees; NaN where there are none."""
        return sky_to_pixel(self.wcs, np.stack([ra, dec], axis=1))

    def margin(self, pixels: np.ndarray) -> np.ndarray:
        """(n,) pixels to the nearest edge of positions (n, 2); negative or NaN outside."""
        height, width = self.shape
        x, y = pixels[:, 0] + 0.5, pixels[:, 1] + 0.5
        return np.asarray(np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)))


@dataclass(frozen=True)
class Images:
    """What `find_images` found."""

    good: tuple[SkyImage, ...]
    bad: tuple[str, ...]
    """A sentence for each file that can't be used."""
    notes: tuple[str, ...]


def find_images(
    paths: Iterable[Path],
    given: Sequence[BandGlob] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Images:
    """Every image in files and folders; what can't be read is told, the others go on.

    Raises `BandError` where the band of an image is unclear or two images of a field share
    one, `FormatError` where there is no image at all.
    """
    files, beside, bad = _files(paths, given)
    good: list[SkyImage] = []
    notes = [_beside_note(beside)] if beside else []
    unclear: list[str] = []
    for number, path in enumerate(files):
        try:
            image, said = _describe(path, given)
            good.append(image)
            notes += said
        except BandError as error:
            unclear.append(str(error))
        except AstroMaskError as error:
            bad.append(str(error))
        if progress is not None:
            progress(number + 1, len(files))
    if unclear:
        more = f" The same goes for {len(unclear) - 1} other files." if len(unclear) > 1 else ""
        raise BandError(unclear[0] + more)
    if not good:
        raise FormatError(bad[0] if bad else "There is no FITS image in what --tiles names.")
    return Images(tuple(_with_own_tiles(good)), tuple(bad), tuple(notes))


def sky_to_pixel(wcs: Any, sky: np.ndarray) -> np.ndarray:
    """(n, 2) pixels from zero of RA and Dec (n, 2) in degrees; NaN where there is no answer."""
    from astropy.wcs import NoConvergence, WcsError

    if not len(sky):
        return np.empty((0, 2))
    try:
        return np.asarray(wcs.all_world2pix(sky, 0))
    except NoConvergence as error:
        # Far outside an image its distortion can't be inverted; nothing is cut there.
        pixels = np.array(error.best_solution)
        for wrong in (error.divergent, error.slow_conv):
            if wrong is not None:
                pixels[wrong] = np.nan
        return pixels
    except (WcsError, ValueError):
        return np.full(sky.shape, np.nan)


def _files(
    paths: Iterable[Path], given: Sequence[BandGlob]
) -> tuple[list[Path], list[Path], list[str]]:
    """Images to look at, files that lie beside such, and sentences on what is not there."""
    found: dict[Path, None] = {}
    bad: list[str] = []
    for path in map(Path, paths):
        if path.is_dir():
            found.update(dict.fromkeys(_in_folder(path, set())))
        elif path.exists():
            found[path] = None
        else:
            bad.append(f"There is no file or folder {path}.")
    beside = [p for p in found if is_beside(p) and not any(glob.fits(p) for glob in given)]
    left_out = set(beside)
    return [path for path in found if path not in left_out], beside, bad


def _in_folder(folder: Path, seen: set[Path]) -> list[Path]:
    """FITS files of a folder and those below; a folder once, for a link may lead back up."""
    real = folder.resolve()
    if real in seen:
        return []
    seen.add(real)
    found = files_in(folder, FITS_ENDINGS)
    inner = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return found + [p for one in sorted(inner, key=natural_key) for p in _in_folder(one, seen)]


def _beside_note(beside: Sequence[Path]) -> str:
    named = ", ".join(path.name for path in beside[:_MOST_NAMED])
    more = " …" if len(beside) > _MOST_NAMED else ""
    return f"{len(beside)} files are taken for weights or masks, by their names: {named}{more}."


def _describe(path: Path, given: Sequence[BandGlob]) -> tuple[SkyImage, list[str]]:
    with fits_file.open_fits(path) as hdus, fits_file.reading_fits(path):
        hdu = fits_file.find_images(hdus, path)
        header = hdu.header
        sides = tuple(side for side in hdu.shape if side > 1)
        if len(sides) != 2:
            raise FormatError(
                f"{path} was expected to hold an image of one band; found shape {hdu.shape}."
            )
        wcs = fits_file.celestial_wcs(header)
        if wcs is None:
            raise FormatError(f"{path} can't be cut from: its header has no celestial WCS.")
        headers = [header, hdus[0].header]
        named = name_band(path, headers, given)
        others = sum(
            1
            for one in hdus
            if one is not hdu
            and one.is_image
            and len(one.shape) == 2
            and not fits_file.is_beside(one)
        )
        index = hdus.index(hdu)
    scale = fits_file.pixel_scale(header, wcs)
    assert scale is not None, "a celestial WCS has a scale"
    image = SkyImage(
        path=path,
        hdu=index,
        shape=(sides[0], sides[1]),
        wcs=wcs,
        pixel_scale=scale,
        band=named.band,
        known_by=named.known_by,
        tile=tile_name(path, named.band),
        zero_point=_zero_point(headers, named.band, path),
    )
    if not np.isfinite(image.centre).all() or not math.isfinite(image.radius):
        raise FormatError(f"{path} can't be cut from: its WCS leads nowhere on the sky.")
    said = [f"{path} holds {others} further images; only the first is used."] if others else []
    return image, said


def _zero_point(headers: Sequence[Any], band: str, path: Path) -> float | None:
    for header in headers:
        found = fits_file.zero_points(header, [band])
        if found is not None:
            return found[0]
    return usual_zero_point(path)


def _with_own_tiles(images: Sequence[SkyImage]) -> list[SkyImage]:
    """Images of several folders may bear one name: the tiles' names then tell them apart.

    Raises `BandError` for two images of one field in one band.
    """
    named: dict[tuple[str, str], SkyImage] = {}
    result = []
    for image in images:
        tile = image.tile
        first = named.get((tile, image.band))
        if first is not None:
            if separation(first.centre, image.centre) < _SAME_FIELD * image.radius:
                raise BandError(
                    f"{first.path} and {image.path} are both of the tile {tile} in the band"
                    f" {image.band}. Leave one out, or name it as another band with --band."
                )
            tile = f"{image.path.parent.name}/{tile}"
        named[tile, image.band] = image
        result.append(image if tile == image.tile else replace(image, tile=tile))
    return result

"""A folder with one FITS file a band, whose names differ only in the band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainer.cutouts import fits_beside, fits_file
from trainer.cutouts.bands import settle_bands
from trainer.cutouts.coordinates import clean_coordinates
from trainer.cutouts.files import check_rows
from trainer.cutouts.folders import band_groups, natural_key
from trainer.cutouts.protocol import Extras, Layout
from trainer.cutouts.readers.hsc import HscReader
from trainer.errors import FormatError

FITS_BLOCK = 2880
MOST_NAMED = 5


class FitsBandsReader:
    """Each object is a set of files `{object}{band}`; an object's absent band reads as NaN."""

    def __init__(self, path: Path, bands: Sequence[str] | None = None) -> None:
        self.path = path
        found = band_groups(path, bands)
        if found is None:
            raise FormatError(
                f"The FITS files in {path} are not one a band: expected names that differ only"
                " in the band."
            )
        self._bands, groups = found
        bad = [name for name in groups if _broken(groups[name].values())]
        self._objects = sorted(
            (name for name in groups if name not in bad), key=lambda name: natural_key(Path(name))
        )
        if not self._objects:
            raise FormatError(f"Every object of {path} has a FITS file that is empty or truncated.")
        self._files = groups
        self.layout = self._make_layout(bands, bad)

    def __len__(self) -> int:
        """Number of objects."""
        return len(self._objects)

    def ids(self) -> np.ndarray:
        """(N,) text: what is left of the files' names without the band."""
        return np.array(self._objects, dtype=np.str_)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) by the headers of each object's first file; None where no file says."""
        pairs = []
        for name in self._objects:
            with fits_file.open_fits(self._any_file(name)) as hdus:
                header = fits_file.find_images(hdus, self._any_file(name)).header
                wcs = fits_file.celestial_wcs(header)
                found = fits_file.centre(header, wcs, *self.layout.shape[1:])
            pairs.append(found or (np.nan, np.nan))
        ra, dec = clean_coordinates(*np.array(pairs, np.float64).T)
        return None if np.isnan(ra).all() else (ra, dec)

    def columns(self) -> dict[str, np.ndarray]:
        """None: FITS images have no columns."""
        return {}

    def units(self) -> dict[str, str]:
        """None: FITS images have no columns."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored; NaN where an object lacks a band."""
        rows = check_rows(rows, len(self), self.path)
        pixels = np.full((len(rows), *self.layout.shape), np.nan, np.float32)
        for place, row in enumerate(rows.tolist()):
            files = self._files[self._objects[row]]
            for plane, band in enumerate(self._bands):
                if band in files:
                    pixels[place, plane] = self._read_plane(files[band])
        return pixels

    def extras(self, rows: np.ndarray) -> Extras:
        """The WCS of each object's first file; zero-points, inverse variance and bad pixels by
        file, as far as any has them."""
        rows = check_rows(rows, len(self), self.path)
        shape = (len(rows), *self.layout.shape)
        noise, bad = np.zeros(shape, np.float32), np.ones(shape, bool)
        has_noise = has_mask = False
        for place, plane, hdus, hdu in self._each_file(rows):
            weights = fits_beside.inverse_variance(hdus, hdu, _values)
            flags = fits_beside.bad_pixels(hdus, hdu, _values)
            if weights is not None:
                noise[place, plane], has_noise = weights.squeeze(), True
            # Without a mask a band's pixels are as good as they look; an absent band's are bad.
            bad[place, plane] = False if flags is None else flags.squeeze()
            has_mask |= flags is not None
        zero_points, headers = self._zero_points(rows), self._wcs_headers(rows)
        return Extras(
            inverse_variance=noise if has_noise else None,
            pixel_mask=bad if has_mask else None,
            wcs_headers=headers if any(headers) else None,
            zero_points=zero_points if np.isfinite(zero_points).any() else None,
        )

    def metadata(self) -> dict[str, Any]:
        """Number of files."""
        return {"files": sum(len(self._files[name]) for name in self._objects)}

    def close(self) -> None:
        """Nothing stays open."""

    def _each_file(self, rows: np.ndarray) -> Iterator[tuple[int, int, Any, Any]]:
        """Yield (place among `rows`, plane, HDUs, HDU with the image) of every file, opened."""
        for place, row in enumerate(rows.tolist()):
            for band, file in self._files[self._objects[row]].items():
                with fits_file.open_fits(file) as hdus, fits_file.reading_fits(file):
                    yield place, self._bands.index(band), hdus, fits_file.find_images(hdus, file)

    def _zero_points(self, rows: np.ndarray) -> np.ndarray:
        """(n, B) float32, NaN where a file says nothing."""
        found = np.full((len(rows), len(self._bands)), np.nan, np.float32)
        for place, plane, hdus, hdu in self._each_file(rows):
            header = fits_file.with_primary(hdus, hdu)
            known = fits_file.zero_points(header, [self._bands[plane]])
            found[place, plane] = known[0] if known else np.nan
        return found

    def _wcs_headers(self, rows: np.ndarray) -> list[str]:
        """Text of the first WCS among each object's files; empty where none has one."""
        texts = [""] * len(rows)
        for place, _, _, hdu in self._each_file(rows):
            if not texts[place] and (wcs := fits_file.celestial_wcs(hdu.header)) is not None:
                texts[place] = fits_file.wcs_text(wcs)
        return texts

    def _any_file(self, name: str) -> Path:
        files = self._files[name]
        return next(files[band] for band in self._bands if band in files)

    def _read_plane(self, file: Path) -> np.ndarray:
        hdus = fits_file.open_fits(file)
        with hdus, fits_file.reading_fits(file), np.errstate(over="ignore"):
            plane = np.asarray(fits_file.find_images(hdus, file).section[:], np.float32)
        if plane.squeeze().shape != self.layout.shape[1:]:
            height, width = self.layout.shape[1:]
            raise FormatError(
                f"{file} was expected to have {height} × {width} px, as the first file of its"
                f" folder has; found an image of shape {plane.shape}."
            )
        return plane.squeeze()

    def _make_layout(self, users_word: Sequence[str] | None, bad: Sequence[str]) -> Layout:
        first = self._any_file(self._objects[0])
        with fits_file.open_fits(first) as hdus, fits_file.reading_fits(first):
            hdu = fits_file.find_images(hdus, first)
            shape = tuple(side for side in hdu.shape if side > 1)
            if len(shape) != 2:
                raise FormatError(
                    f"{first} was expected to hold one band (two dimensions); found an image of"
                    f" shape {hdu.shape}."
                )
            scale = fits_file.pixel_scale(hdu.header, fits_file.celestial_wcs(hdu.header))
            dtype = fits_file.stored_dtype(hdu)
            what = "HSC coadds" if HscReader.recognises(hdus, first) else "objects"
        bands, _ = settle_bands(self.path, len(self._bands), self._bands, False, users_word)
        return Layout(
            name="fits_bands",
            sentence=(
                f"A folder with one FITS file a band, of {len(self._objects)} {what}, known by"
                " names that differ only in the band."
            ),
            bands=bands,
            shape=(len(bands), shape[0], shape[1]),
            dtype=dtype,
            pixel_scale=scale,
            zero_points=self._first_zero_points(),
            warnings=_left_out(bad),
        )

    def _first_zero_points(self) -> tuple[float, ...] | None:
        """Zero-points of the first object that has every band; None where a file is silent."""
        complete = [
            row
            for row, name in enumerate(self._objects)
            if len(self._files[name]) == len(self._bands)
        ]
        known = self._zero_points(np.array(complete[:1], int))
        return tuple(known[0].tolist()) if complete and np.isfinite(known).all() else None


def _values(hdu: Any) -> np.ndarray:
    """(H, W) of an HDU, as stored."""
    return np.asarray(hdu.section[:])


def _broken(files: Any) -> bool:
    """Whether a file is empty or ends in the middle: FITS comes in blocks of 2880 bytes.

    Only those of an odd size are opened to see; a folder may hold very many.
    """
    for file in files:
        if file.stat().st_size % FITS_BLOCK == 0 and file.stat().st_size > 0:
            continue
        try:
            fits_file.open_fits(file).close()
        except FormatError:
            return True
    return False


def _left_out(bad: Sequence[str]) -> tuple[str, ...]:
    if not bad:
        return ()
    named = ", ".join(sorted(bad)[:MOST_NAMED]) + (" …" if len(bad) > MOST_NAMED else "")
    return (f"{len(bad)} objects were left out, a file of theirs can't be read: {named}.",)

"""The reader process: `python -m trainer.cutouts.pixel_server` answers for the pixels of a survey.

It is a `trainer.serving.Server` on its standard streams and ends when its input does. HDF5
serialises the reads of a process, a compressed chunk can take half a second, and a broken
file can end the process that reads it: none of that may happen to the window.

Requests:

- `open`: `workspace_files` [{path, count, first_row}], `bands`, `crop`; where there are packed
  copies, their folder `packed`; where the user knows better than the files, `zero_points`.
- `sample`: as for `open`, and `rows` → as for `read`, whole and with NaN; what is open stays open.
- `read`: `rows`, `crop` (null: whole; left out: the survey's) → arrays `pixels` (n, B, H, W)
  float32 and `missing` (n, B) uint8; with `nan` true, pixels without data are NaN, else 0. The
  header has `white`, the value of white in pictures to be seen as they are; null for fluxes.
- `thumbnails`: `rows`, `bands` (three indices), `size`, `crop` as for `read` → array
  `thumbnails` (n, 3, size, size) float16, linear, NaN without data (a missing band throughout),
  in nanomaggies where the zero-points are known (then the header has `zero_point` 22.5, else
  null). Rows of files that can't be read are left out: the header has `rows`, `failed` and
  `error`.
- `load_file`: `path`, `row` (null: the first 64), and `bands` to have them in that order →
  arrays `pixels` and `missing`; the header says what the file is.
- `extras`: `rows`, `crop`, `maps` (true for the ones of H × W too) → arrays `psf_fwhm`,
  `zero_points`, `inverse_variance`, `pixel_mask`, and `wcs_headers`, as far as they are known.
- `grids`: `rows` → array `grids` (n, 8) float64, the terms of `stored_wcs.py` of whole cutouts,
  NaN where the file has none.
"""

from __future__ import annotations

import math
import sys
from contextlib import closing
from pathlib import Path

import numpy as np

from trainer.cutouts.bands import plane_order
from trainer.cutouts.cleaning import clean
from trainer.cutouts.detect import open_reader
from trainer.cutouts.packs import Packs
from trainer.cutouts.protocol import CutoutReader
from trainer.cutouts.stored_wcs import TERMS, terms_of_header
from trainer.cutouts.survey import Crop, Survey, SurveyFile
from trainer.cutouts.thumbnails import make_thumbnails
from trainer.cutouts.zero_points import NANOMAGGY
from trainer.errors import AstroMaskError, QueryError
from trainer.serving import (
    Answer,
    Arrays,
    Header,
    Server,
    serve_standard_streams,
    take_standard_output,
)

MOST_LOADED = 64
"""Cutouts of an outside file that are loaded at once."""


class PixelServer(Server):
    """Answers one request after the other about one open survey."""

    def __init__(self) -> None:
        operations = {
            "open": self._open,
            "sample": self._sample,
            "read": self._read,
            "thumbnails": self._thumbnails,
            "load_file": self._load_file,
            "extras": self._extras,
            "grids": self._grids,
        }
        super().__init__("The cutout reader", operations)
        self._survey: Survey | None = None
        self._zero_points: tuple[float, ...] | None = None

    def _open(self, request: Header, _: Arrays) -> Answer:
        # Where it can't be opened, nothing is shown: not the galaxies of the survey before.
        before, self._survey = self._survey, None
        if before is not None:
            before.close()
        self._survey = _survey(request)
        given = request.get("zero_points")
        self._zero_points = tuple(map(float, given)) if given else None
        return {}, {}

    def _sample(self, request: Header, _: Arrays) -> Answer:
        with _survey(request) as survey:
            return _pixels(survey, _rows(request), None, math.nan)

    def _read(self, request: Header, _: Arrays) -> Answer:
        lost = math.nan if request.get("nan") else 0.0
        return _pixels(self._opened(), _rows(request), _crop(request), lost)

    def _thumbnails(self, request: Header, _: Arrays) -> Answer:
        survey, rows = self._opened(), _rows(request)
        bands, size = [int(band) for band in request["bands"]], int(request.get("size", 48))
        served: list[int] = []
        failed: dict[int, str] = {}
        pictures = [np.empty((0, len(bands), size, size), np.float16)]
        for part in _by_file(survey, rows):
            try:
                cutouts = survey.read(part, crop=_crop(request), lost=math.nan)
                zero_points = self._zero_points or survey.zero_points
            except AstroMaskError as error:
                failed.update(dict.fromkeys(part.tolist(), str(error)))
                continue
            served += part.tolist()
            pictures.append(
                make_thumbnails(cutouts.pixels, cutouts.missing, bands, size, zero_points)
            )
        known = bool(served) and (self._zero_points or survey.zero_points) is not None
        header = {
            "rows": served,
            "failed": list(failed),
            "error": next(iter(failed.values()), None),
            "zero_point": NANOMAGGY if known else None,
        }
        return header, {"thumbnails": np.concatenate(pictures)}

    def _load_file(self, request: Header, _: Arrays) -> Answer:
        path, wanted = Path(request["path"]), request.get("bands")
        with closing(open_reader(path, bands=wanted)) as reader:
            row = request.get("row")
            rows = np.arange(min(len(reader), MOST_LOADED)) if row is None else np.array([row])
            pixels, missing = clean(reader.read(rows))
            header = _describe(reader, rows)
            if wanted is not None:
                planes = plane_order(reader.layout.bands, wanted, path)
                pixels, missing = pixels[:, planes], missing[:, planes]
                header["bands"] = list(wanted)
                if header["zero_points"] is not None:
                    header["zero_points"] = [header["zero_points"][plane] for plane in planes]
        return header, {"pixels": pixels, "missing": missing.astype(np.uint8)}

    def _extras(self, request: Header, _: Arrays) -> Answer:
        extras = self._opened().extras(_rows(request), crop=_crop(request))
        arrays = {"psf_fwhm": extras.psf_fwhm, "zero_points": extras.zero_points}
        if request.get("maps"):
            mask = extras.pixel_mask
            arrays["inverse_variance"] = extras.inverse_variance
            arrays["pixel_mask"] = None if mask is None else mask.astype(np.uint8)
        known = {name: array for name, array in arrays.items() if array is not None}
        return {"wcs_headers": extras.wcs_headers}, known

    def _grids(self, request: Header, _: Arrays) -> Answer:
        survey, rows = self._opened(), _rows(request)
        headers = survey.extras(rows, crop=None).wcs_headers
        grids = np.full((len(rows), len(TERMS)), np.nan)
        if headers is not None:
            shape = survey.read(rows[:1], crop=None).pixels.shape[2:] if any(headers) else (1, 1)
            for place, header in enumerate(headers):
                grids[place] = terms_of_header(header, shape)
        return {}, {"grids": grids}

    def _opened(self) -> Survey:
        if self._survey is None:
            raise QueryError("The cutout reader was asked for pixels while no survey was open.")
        return self._survey


def _survey(request: Header) -> Survey:
    files = [
        SurveyFile(Path(file["path"]), int(file["count"]), int(file["first_row"]))
        for file in request["workspace_files"]
    ]
    packed = request.get("packed")
    packs = Packs(Path(packed)) if packed else None
    return Survey(files, request.get("bands"), request.get("crop"), packs=packs)


def _pixels(survey: Survey, rows: np.ndarray, crop: Crop, lost: float) -> Answer:
    cutouts = survey.read(rows, crop=crop, lost=lost)
    arrays = {"pixels": cutouts.pixels, "missing": cutouts.missing.astype(np.uint8)}
    return {"white": _white(survey)}, arrays


def _white(survey: Survey) -> float | None:
    try:
        return survey.layout.white
    except AstroMaskError:  # Packed copies can be read where the files can't.
        return None


def _rows(request: Header) -> np.ndarray:
    return np.asarray(request["rows"], np.int64).ravel()


def _crop(request: Header) -> Crop:
    crop: Crop = request.get("crop", "survey")
    return crop


def _by_file(survey: Survey, rows: np.ndarray) -> list[np.ndarray]:
    """The rows of each file; rows that are not there are one group by themselves."""
    groups: dict[object, list[int]] = {}
    for row in rows.tolist():
        inside = 0 <= row < len(survey)
        groups.setdefault(survey.locate(row)[0] if inside else None, []).append(row)
    return [np.array(group) for group in groups.values()]


def _describe(reader: CutoutReader, rows: np.ndarray) -> Header:
    layout, coordinates = reader.layout, reader.coordinates()
    ra, dec = (None, None) if coordinates is None else (_plain(c[rows]) for c in coordinates)
    return {
        "layout": layout.sentence,
        "name": layout.name,
        "count": len(reader),
        "rows": rows.tolist(),
        "ids": [str(identifier) for identifier in reader.ids()[rows]],
        "bands": list(layout.bands),
        "bands_guessed": layout.bands_guessed,
        "pixel_scale": layout.pixel_scale,
        "zero_points": list(layout.zero_points) if layout.zero_points else None,
        "ra": ra,
        "dec": dec,
        "warnings": list(layout.warnings),
    }


def _plain(values: np.ndarray) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values.tolist()]


def main() -> int:
    """Serve on the standard streams; returns the exit code."""
    answers = take_standard_output()
    return serve_standard_streams(PixelServer(), answers)


if __name__ == "__main__":
    sys.exit(main())

"""Galaxies for the world outside: a table, and a FITS cube of each cutout.

    OUT/table.fits                  (or .csv, .ecsv, .vot, .parquet) a galaxy a line, every column
    OUT/cutouts/<object_id>.fits    primary HDU (B, H, W) float32, counts as in the survey

A cube's header holds OBJECT and OBJECTID (the identifier), ROW, RA and DEC (deg), BANDS and
BAND1 …, MAGZP1 … (AB magnitude of one count), PIXSCALE (arcsec), FWHM1 … (of the PSF, arcsec),
MISSING (bands without data) and the WCS, each where it is known. Inverse variance and
pixel mask, where the survey has them, are in the HDUs IVAR and MASK.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trainer.atomic import atomic_path, disk_errors
from trainer.errors import BandError, FormatError, QueryError, WorkspaceError
from trainer.workspace.tables import beside
from trainer.workspace.write_tables import ENDINGS, TableFormat, write_table

if TYPE_CHECKING:
    from astropy.io.fits import HDUList

    from trainer.cutouts.protocol import Extras
    from trainer.cutouts.survey import Survey
    from trainer.workspace.workspace import Workspace

TABLE_NAME = "table"
CUTOUT_FOLDER = "cutouts"

Position: TypeAlias = tuple[float | None, float | None]

_BLOCK = 64
_LONGEST_NAME = 100


@dataclass
class ExportReport:
    """What was written."""

    table: Path
    cutouts: list[Path] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Identifier to sentence, of cutouts that could not be read."""


@dataclass(frozen=True)
class CutoutFacts:
    """What a cutout's header says; None where it is not known."""

    object_id: str
    bands: tuple[str, ...]
    row: int | None = None
    ra: float | None = None
    dec: float | None = None
    """Degrees."""
    pixel_scale: float | None = None
    """Arcsec per pixel."""
    zero_points: tuple[float, ...] | None = None
    """AB magnitude of one count, by band."""
    psf_fwhm: tuple[float, ...] | None = None
    """Arcsec, by band."""
    missing: tuple[str, ...] = ()
    wcs_header: str = ""
    """FITS header text of the celestial WCS."""


def export(
    workspace: Workspace,
    rows: np.ndarray,
    out: Path,
    table_format: TableFormat,
    *,
    with_cutouts: bool = True,
    crop: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ExportReport:
    """Write rows of a workspace to the new or empty folder `out`; whole cutouts, or a crop.

    A cutout that can't be read does not stop the others. Raises `QueryError` for no rows
    or rows there are not, `WorkspaceError` where `out` holds something or can't be written.
    """
    rows = _checked(rows, len(workspace))
    _make_empty(out)
    report = ExportReport(out / f"{TABLE_NAME}.{ENDINGS[table_format]}")
    write_table(selected_table(workspace, rows), report.table, table_format)
    if with_cutouts:
        folder = out / CUTOUT_FOLDER
        with disk_errors(folder):
            folder.mkdir()
        with workspace.survey(require_all=False) as survey:
            _write_cutouts(workspace, survey, rows, folder, crop, report, progress)
    return report


def selected_table(workspace: Workspace, rows: np.ndarray) -> Any:
    """Arrow table of every column for some rows, their row numbers first."""
    import pyarrow as pa

    columns = workspace.columns
    numbers = pa.table({"row": pa.array(rows, pa.uint32())})
    return beside([numbers, columns.rows_table(rows, columns.names())])


def cutout_hdus(pixels: np.ndarray, facts: CutoutFacts) -> HDUList:
    """A FITS cube in memory: (B, H, W) float32 and its header."""
    from astropy.io import fits

    header = fits.Header.fromstring(facts.wcs_header) if facts.wcs_header else fits.Header()
    # Of the WCS's text only: the image has its own number of axes.
    header.remove("WCSAXES", ignore_missing=True)
    hdu = fits.PrimaryHDU(np.asarray(pixels, np.float32), header)
    for card, (value, comment) in _cards(facts).items():
        hdu.header[card] = (value, comment)
    return fits.HDUList([hdu])


def galaxy_hdus(
    workspace: Workspace,
    object_id: str,
    row: int,
    position: Position,
    pixels: np.ndarray,
    missing: np.ndarray,
    extras: Extras,
) -> HDUList:
    """A galaxy of a workspace as a FITS cube in memory, with all that is known of it.

    `position`: RA and Dec, degrees; `pixels` (B, H, W), `missing` (B,), `extras` of this row alone.
    """
    facts = _facts(workspace, object_id, row, position, missing, extras)
    return _with_maps(cutout_hdus(pixels, facts), extras)


def write_hdus(path: Path, hdus: HDUList) -> None:
    """Write a FITS file in one step. Raises `WorkspaceError`."""
    with atomic_path(path, durable=False) as temporary, temporary.open("wb") as file:
        hdus.writeto(file)


def parse_rows(text: str) -> np.ndarray:
    """Rows in "0,5-9": numbers and ranges, both ends included. Raises `QueryError`."""
    rows: list[int] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", part)
        if found is None or (found[2] and int(found[2]) < int(found[1])):
            raise QueryError(f"{part!r} is no row or range of rows; expected e.g. 0,5-9.")
        rows += range(int(found[1]), int(found[2] or found[1]) + 1)
    return np.array(rows, np.int64)


def _cards(facts: CutoutFacts) -> dict[str, tuple[Any, str]]:
    cards: dict[str, tuple[Any, str]] = {
        "OBJECT": (_ascii(facts.object_id), "identifier"),
        "OBJECTID": (_ascii(facts.object_id), "identifier"),
        "ROW": (facts.row, "row in the workspace"),
        "RA": (facts.ra, "[deg] right ascension, ICRS"),
        "DEC": (facts.dec, "[deg] declination, ICRS"),
        "PIXSCALE": (facts.pixel_scale, "[arcsec] side of a pixel"),
        "BANDS": (_ascii(",".join(facts.bands)), "in the order of the third axis"),
        "MISSING": (_ascii(",".join(facts.missing)) or None, "bands without data"),
    }
    for number, band in enumerate(facts.bands, start=1):
        cards[f"BAND{number}"] = (_ascii(band), "")
        if facts.zero_points is not None:
            zero_point = float(facts.zero_points[number - 1])
            cards[f"MAGZP{number}"] = (zero_point, "[mag] AB magnitude of one count")
        if facts.psf_fwhm is not None:
            fwhm = float(facts.psf_fwhm[number - 1])
            cards[f"FWHM{number}"] = (fwhm, "[arcsec] width of the PSF")
    # FITS has no word for what is not known but the absence of a card.
    return {card: entry for card, entry in cards.items() if _is_known(entry[0])}


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not np.isfinite(value))


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _write_cutouts(
    workspace: Workspace,
    survey: Survey,
    rows: np.ndarray,
    folder: Path,
    crop: int | None,
    report: ExportReport,
    progress: Callable[[int, int], None] | None,
) -> None:
    ids = workspace.catalogue.object_ids(rows)
    names = list(file_names(ids, rows))
    coordinates = np.stack(workspace.catalogue.coordinates(), axis=1)
    for start in range(0, len(rows), _BLOCK):
        places = np.arange(start, min(start + _BLOCK, len(rows)))
        for place, pixels, missing, extras in _read(survey, rows, places, ids, crop, report):
            row = int(rows[place])
            position = tuple(coordinates[row].tolist())
            path = folder / names[place]
            hdus = galaxy_hdus(workspace, ids[place], row, position, pixels, missing, extras)
            write_hdus(path, hdus)
            report.cutouts.append(path)
        if progress is not None:
            progress(int(places[-1]) + 1, len(rows))


def _read(
    survey: Survey,
    rows: np.ndarray,
    places: np.ndarray,
    ids: Sequence[str],
    crop: int | None,
    report: ExportReport,
) -> Iterator[tuple[int, np.ndarray, np.ndarray, Extras]]:
    """Pixels, missing bands and extras (of one row) of every place that can be read."""
    for place in places.tolist():
        row = rows[place : place + 1]
        try:
            cutouts = survey.read(row, crop=crop, lost=np.nan)
            extras = survey.extras(row, crop=crop)
        except (FormatError, BandError) as error:
            report.failed[ids[place]] = str(error)
            continue
        yield place, cutouts.pixels[0], cutouts.missing[0], extras


def _facts(
    workspace: Workspace,
    object_id: str,
    row: int,
    position: Position,
    missing: np.ndarray,
    extras: Extras,
) -> CutoutFacts:
    settings = workspace.settings
    ra, dec = position
    zero_points = settings.zero_points
    if extras.zero_points is not None and zero_points is None:
        zero_points = tuple(extras.zero_points[0].tolist())
    return CutoutFacts(
        object_id=object_id,
        bands=settings.bands,
        row=row,
        ra=ra,
        dec=dec,
        pixel_scale=settings.pixel_scale,
        zero_points=zero_points,
        psf_fwhm=None if extras.psf_fwhm is None else tuple(extras.psf_fwhm[0].tolist()),
        missing=tuple(np.array(settings.bands)[missing].tolist()),
        wcs_header=extras.wcs_headers[0] if extras.wcs_headers else "",
    )


def _with_maps(hdus: HDUList, extras: Extras) -> HDUList:
    from astropy.io import fits

    if extras.inverse_variance is not None:
        hdus.append(fits.ImageHDU(extras.inverse_variance[0].astype(np.float32), name="IVAR"))
    if extras.pixel_mask is not None:
        hdus.append(fits.ImageHDU(extras.pixel_mask[0].astype(np.uint8), name="MASK"))
    return hdus


def file_names(ids: Sequence[str], rows: np.ndarray) -> Iterator[str]:
    """A file's name for each galaxy, unique also where capitals don't count."""
    used: set[str] = set()
    for object_id, row in zip(ids, rows.tolist(), strict=True):
        name = re.sub(r"[^\w.+-]+", "_", object_id)[:_LONGEST_NAME].strip(".") or "galaxy"
        if name.lower() in used:
            name = f"{name}-{row}"
        used.add(name.lower())
        yield f"{name}.fits"


def _checked(rows: np.ndarray, count: int) -> np.ndarray:
    found = np.asarray(rows, np.int64)
    if not len(found):
        raise QueryError("No galaxy was chosen, so nothing was written.")
    wrong = found[(found < 0) | (found >= count)]
    if len(wrong):
        raise QueryError(f"Row {wrong[0]} was asked for; the workspace has {count} rows.")
    # In the order asked, each once.
    return found[np.sort(np.unique(found, return_index=True)[1])]


def _make_empty(out: Path) -> None:
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise WorkspaceError(f"{out} holds files already; give a new or an empty folder.")

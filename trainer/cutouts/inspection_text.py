"""The facts of `trainer.cutouts.inspection` as aligned lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

Pair = tuple[str, str]
MOST_LISTED = 12
_BESIDE = {
    "inverse_variance": "inverse variance",
    "pixel_mask": "pixel mask",
    "psf_fwhm": "PSF width",
    "wcs_headers": "WCS",
    "zero_points": "zero-points",
}


def aligned(pairs: Iterable[Pair]) -> list[str]:
    """Labels in one column, values in the next."""
    kept = [(label, value) for label, value in pairs if value]
    width = max((len(label) for label, _ in kept), default=0)
    return [f"  {label:<{width}}  {value}" for label, value in kept]


def size_text(size: float) -> str:
    """A number of bytes in the unit that suits it."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("the last unit takes any size")


def listed(names: Sequence[str]) -> str:
    """The names, or the first of many and how many more there are."""
    shown = ", ".join(names[:MOST_LISTED])
    more = len(names) - MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def cutout_lines(facts: dict[str, Any]) -> list[str]:
    """Facts of `describe_cutouts` as lines."""
    return [
        *_file_lines(facts.get("files", ())),
        *aligned(_pairs(facts)),
        "",
        *_band_table(facts["sample"]),
        *(line for warning in facts["warnings"] for line in ("", f"Warning: {warning}")),
        *(
            line
            for bad in facts.get("bad_files", ())
            for line in ("", f"Left out: {bad['reason']}")
        ),
    ]


def _file_lines(files: Sequence[dict[str, Any]]) -> list[str]:
    """The files of a folder; what follows them is about the first."""
    if not files:
        return []
    pairs = [(f"{file['count']:,}", PurePath(file["path"]).name) for file in files[:MOST_LISTED]]
    width = max(len(count) for count, _ in pairs)
    lines = [f"  {count:>{width}} cutouts in {name}" for count, name in pairs]
    if len(files) > MOST_LISTED:
        lines.append(f"  and {len(files) - MOST_LISTED} more files")
    total = sum(file["count"] for file in files)
    return [*lines, "", f"  {total:,} in all. In the first file:", ""]


def _pairs(facts: dict[str, Any]) -> list[Pair]:
    _, height, width = facts["shape"]
    ids = facts["ids"]
    names = " ".join(facts["bands"])
    return [
        ("Cutouts", "" if "files" in facts else f"{facts['count']:,}"),
        ("Size", f"{height} × {width} px{_on_the_sky(facts)}"),
        (
            "Bands",
            f"{names} (a guess: `--bands` says otherwise)" if facts["bands_guessed"] else names,
        ),
        ("Pixel scale", _number(facts["pixel_scale"], " arcsec") or "not known"),
        ("Zero-points", _zero_points(facts["zero_points"])),
        ("Coordinates", _coordinates(facts)),
        (
            "Identifiers",
            _span(ids["first"], ids["last"]) + ("" if ids["unique"] else ", not unique"),
        ),
        ("Columns", listed(_columns(facts))),
        ("Beside the pixels", listed([_BESIDE[name] for name in facts["beside"]])),
        ("Stored as", _storage(facts)),
    ]


def _on_the_sky(facts: dict[str, Any]) -> str:
    scale = facts["pixel_scale"]
    if not scale:
        return ""
    _, height, width = facts["shape"]
    return f" = {height * scale:.1f} × {width * scale:.1f} arcsec"


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.4g}{unit}"


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} … {last}"


def _zero_points(values: Sequence[float] | None) -> str:
    if values is None:
        return "not known"
    distinct = values[:1] if len(set(values)) == 1 else values
    return f"{' '.join(f'{value:g}' for value in distinct)} AB mag"


def _coordinates(facts: dict[str, Any]) -> str:
    found = facts["coordinates"]
    if found is None or not found["known"]:
        return "none"
    ra, dec = (_span(*(f"{value:.4f}" for value in found[name])) for name in ("ra", "dec"))
    ranges = f"RA {ra}°, Dec {dec}°"
    lacking = facts["count"] - found["known"]
    if "files" in facts or not lacking:
        return ranges
    return f"{ranges}; not known for {lacking:,}"


def _columns(facts: dict[str, Any]) -> list[str]:
    """Names of the columns, with their units where the file says."""
    units = facts["units"]
    return [f"{name} [{units[name]}]" if name in units else name for name in facts["columns"]]


def _storage(facts: dict[str, Any]) -> str:
    storage = facts["storage"]
    parts = [facts["dtype"]]
    if "chunks" in storage:
        chunks = storage["chunks"]
        filters = "+".join(storage["filters"])
        if chunks:
            rows = f"{chunks[0]} cutout{'s' if chunks[0] > 1 else ''}"
            parts.append(f"{filters} chunks of {rows}" if filters else f"chunks of {rows}")
        else:
            parts.append("contiguous")
    return f"{', '.join(parts)}; {size_text(facts['size_bytes'])}"


def _band_table(sample: dict[str, Any]) -> list[str]:
    count = sample["rows"]
    lines = [f"  In a sample of {count} cutout{'s' if count > 1 else ''}:"]
    if sample["rows_with_nan"]:
        lines[0] = f"{lines[0][:-1]}, {sample['rows_with_nan']} with NaN (read as 0):"
    rows = [("band", "missing", "noise", "minimum", "maximum")]
    for band in sample["bands"]:
        values = [_number(band.get(key), "") or "–" for key in ("noise", "minimum", "maximum")]
        gone = f"{band['missing']} of {count}" if band["missing"] else "none"
        rows.append((band["band"], gone, values[0], values[1], values[2]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        right = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        lines.append(f"    {name:<{widths[0]}}  {right}")
    return lines

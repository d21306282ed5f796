"""Which band and which tile a survey image is of: by its header and by its file name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from trainer.cutouts.bands import short_name
from trainer.cutouts.folders import is_band, stem
from trainer.errors import BandError, QueryError

_BAND_CARDS = ("FILTER", "BAND", "FILTNAM", "FILTER1")
_WORDS = re.compile(r"[^A-Za-z0-9]+")
_HSC_SECOND = re.compile(r"[ri]2", re.IGNORECASE)
_BESIDE = frozenset(
    {
        "weight",
        "weights",
        "wht",
        "wt",
        "mask",
        "flag",
        "flags",
        "rms",
        "var",
        "variance",
        "ivar",
        "invvar",
        "psf",
        "seg",
        "segmentation",
        "exp",
        "exposure",
        "bkg",
        "background",
        "sigma",
        "noise",
        "cat",
        "catalog",
        "catalogue",
    }
)
_UNIONS = re.compile(
    r"(?P<survey>calexp-CFIS|CFIS(_LSB)?|PSS?\d?|PS|WISHES|WHIGS)[A-Za-z0-9.\-]*?"
    r"[._-](?P<x>\d{1,3})[._](?P<y>\d{1,3})(?!\d)"
)
_UNIONS_ZERO_POINTS = {"WHIGS": 27.0, "calexp-CFIS": 27.0, "WISHES": 27.0}
"""AB magnitude of one count; 30 for the other surveys of UNIONS."""


@dataclass(frozen=True)
class BandGlob:
    """The user's word: files that match `pattern`, by name or path, are of `band`."""

    band: str
    pattern: str

    @classmethod
    def parse(cls, text: str) -> BandGlob:
        """From "NAME=GLOB". Raises `QueryError`."""
        band, sign, pattern = text.partition("=")
        if not (band.strip() and sign and pattern.strip()):
            raise QueryError(
                f"--band {text!r} does not fit: expected a band and a pattern of file names,"
                " such as r='*.r.fits'."
            )
        return cls(band.strip(), pattern.strip())

    def fits(self, path: Path) -> bool:
        """Whether the pattern is that of the file's name or of its whole path."""
        return fnmatch(path.name, self.pattern) or fnmatch(str(path), self.pattern)


@dataclass(frozen=True)
class Named:
    """A band, and by what it is known."""

    band: str
    known_by: str


def name_band(path: Path, headers: Sequence[Any], given: Sequence[BandGlob]) -> Named:
    """The band of an image, from the user's word, else its headers and its file name.

    Raises `BandError` where they say nothing, several things, or contradict each other.
    """
    matched = sorted({glob.band for glob in given if glob.fits(path)})
    if len(matched) > 1:
        raise BandError(f"{path} matches the patterns of several --band: {', '.join(matched)}.")
    if matched:
        return Named(matched[0], "--band")
    card, from_header = _header_band(headers)
    from_name = _name_bands(path)
    if from_header is not None and (not from_name or from_header in from_name):
        return Named(from_header, f"the header's {card}")
    if from_header is None and len(from_name) == 1:
        return Named(next(iter(from_name)), "the file's name")
    raise BandError(_unclear(path, card, from_header, from_name))


def is_beside(path: Path) -> bool:
    """Whether a file, by its name, goes with an image: weights, masks, variances."""
    return bool({word.lower() for word in _WORDS.split(stem(path))} & _BESIDE)


def tile_name(path: Path, band: str) -> str:
    """What the images of one field share: "123.321" in UNIONS, else the name without its band."""
    unions = _UNIONS.match(path.name)
    if unions:
        return f"{int(unions['x']):03d}.{int(unions['y']):03d}"
    parts = re.split(r"([._ \-]+)", stem(path))
    kept = [part for part in parts if _band_of_word(part) != band]
    return re.sub(r"([._ \-])[._ \-]+", r"\1", "".join(kept)).strip("._- ") or path.parent.name


def is_unions(path: Path) -> bool:
    """Whether a file is named as the tiles of UNIONS are."""
    return _UNIONS.match(path.name) is not None


def usual_zero_point(path: Path) -> float | None:
    """AB magnitude of one count in a tile of UNIONS; None for another survey's."""
    unions = _UNIONS.match(path.name)
    return None if unions is None else _UNIONS_ZERO_POINTS.get(unions["survey"], 30.0)


def _header_band(headers: Sequence[Any]) -> tuple[str, str | None]:
    """The card that names a band, and the band; None where no card does."""
    for header in headers:
        for card in _BAND_CARDS:
            value = header.get(card)
            found = _bands_in(value) if isinstance(value, str) else set()
            if len(found) == 1:
                return card, found.pop()
    return _BAND_CARDS[0], None


def _name_bands(path: Path) -> set[str]:
    unions = _UNIONS.match(path.name)
    if unions and unions["survey"] in ("WHIGS", "calexp-CFIS"):
        return {"g"}
    return _bands_in(stem(path)) or _bands_in(path.parent.name)


def _bands_in(text: str) -> set[str]:
    found = {_band_of_word(word) for word in _WORDS.split(text)}
    return {band for band in found if band is not None}


def _band_of_word(word: str) -> str | None:
    if _HSC_SECOND.fullmatch(word):
        return word[0].lower()
    if not is_band(word):
        return None
    name = short_name(word)
    return name if len(name) == 1 else name.upper()


def _unclear(path: Path, card: str, from_header: str | None, from_name: set[str]) -> str:
    said = " or ".join(sorted(from_name))
    if from_header is not None:
        found = f"its header's {card} says {from_header}, its name {said}"
    elif from_name:
        found = f"its name may mean {said}, and its header names no band that is known"
    else:
        found = "neither its header nor its name has a band that is known"
    return (
        f"Of which band {path} is remains unclear: {found}. Say it with --band NAME='{path.name}'."
    )

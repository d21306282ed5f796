"""Names of bands: what files call them, what users call them, and which plane is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from trainer.errors import BandError

COLOURS = ("red", "green", "blue")
"""What the planes of a colour picture are called."""

_SEPARATORS = re.compile(r"[,;:\s]+")
_PHOTOMETRIC = set("ubgvrizyjhk")


def short_name(band: str) -> str:
    """The filter's own name: "whigs-g", "DES-G" and "G" are "g"; "F814W" and "VIS" stay."""
    tail = band.strip().rsplit("-", 1)[-1]
    return tail.lower() if tail.lower() in _PHOTOMETRIC else tail


def short_names(bands: Sequence[str]) -> tuple[str, ...]:
    """Short names of `bands`; the full ones where two of them would be called the same."""
    short = tuple(short_name(band) for band in bands)
    return short if len(set(short)) == len(short) else tuple(band.strip() for band in bands)


def split_names(text: str) -> tuple[str, ...]:
    """Names in "u,g,r", "u g r" or, for photometric letters only, "ugr"."""
    names = tuple(name for name in _SEPARATORS.split(text.strip()) if name)
    if len(names) == 1 and len(set(names[0])) == len(names[0]) and set(names[0]) <= _PHOTOMETRIC:
        return tuple(names[0])
    return names


def unnamed(count: int) -> tuple[str, ...]:
    """Names for planes that nobody has named: "band1", "band2" …"""
    return tuple(f"band{number}" for number in range(1, count + 1))


def settle_bands(
    path: Path,
    count: int,
    found: Sequence[str] | None,
    guessed: bool,
    users_word: Sequence[str] | None,
) -> tuple[tuple[str, ...], bool]:
    """The names of a file's `count` planes, and whether they are still a guess.

    The file's own word stands; a guess gives way to the user's. Raises `BandError` where
    the user's names do not fit.
    """
    if found is None or len(found) != count:
        found, guessed = unnamed(count), True
    if users_word is None:
        return tuple(found), guessed
    known = {short_name(band) for band in found}
    if guessed and len(users_word) == count:
        return tuple(users_word), False
    if all(short_name(band) in known for band in users_word):
        return tuple(found), guessed
    listed = ", ".join(found)
    raise BandError(
        f"The bands {', '.join(users_word)} were asked for, but {path} has {count} bands"
        f" ({listed}{', as far as can be guessed' if guessed else ''})."
    )


def order_warning(bands: Sequence[str], guess: Sequence[str] | None) -> tuple[str, ...]:
    """A sentence where the names given to planes are those of the guess in another order."""
    given, guessed = (tuple(map(short_name, names or ())) for names in (bands, guess))
    if given == guessed or sorted(given) != sorted(guessed):
        return ()
    return (
        f"Its planes are taken to be {', '.join(bands)}, as was said; its name or layout suggests"
        f" {', '.join(guess or ())}.",
    )


def plane_order(bands: Sequence[str], wanted: Sequence[str], where: Path | str) -> np.ndarray:
    """(len(wanted),) int: which plane of `bands` holds each wanted band. Raises `BandError`."""
    short = [short_name(band) for band in bands]
    # A short name that two planes share stands for neither.
    places = {name: place for place, name in enumerate(short) if short.count(name) == 1}
    places.update({band: place for place, band in enumerate(bands)})
    missing = [band for band in wanted if band not in places and short_name(band) not in places]
    if missing:
        raise BandError(
            f"{where} lacks the band{'s' if len(missing) > 1 else ''} {', '.join(missing)}:"
            f" expected {', '.join(wanted)}, found {', '.join(bands)}."
        )
    return np.array(
        [places[band] if band in places else places[short_name(band)] for band in wanted], int
    )

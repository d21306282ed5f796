"""What messages of other programs mean, by the SAMP standard's own MTypes (all values are text).

See "SAMP - Simple Application Messaging Protocol" 1.3, IVOA 2012, and the list of MTypes at
https://wiki.ivoa.net/twiki/bin/view/IVOA/SampMTypes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

import numpy as np
from numpy.typing import NDArray

from trainer.errors import QueryError

LOAD_TABLE, LOAD_IMAGE = "table.load.votable", "image.load.fits"
HIGHLIGHT_ROW, SELECT_ROWS = "table.highlight.row", "table.select.rowList"
POINT_AT = "coord.pointAt.sky"
RECEIVED = (HIGHLIGHT_ROW, SELECT_ROWS, POINT_AT, LOAD_IMAGE)

Parameters = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class SentTable:
    """A table that others have from here: what it is called there, and its galaxies in order."""

    identity: str
    url: str
    rows: NDArray[np.uint32]

    def row(self, parameters: Parameters) -> int:
        """The galaxy that a highlighted row is. Raises `QueryError`."""
        return int(self._galaxies([_text(parameters, "row")])[0])

    def selected(self, parameters: Parameters) -> NDArray[np.uint32]:
        """(n,) the galaxies that a list of rows is. Raises `QueryError`."""
        numbers = parameters.get("row-list")
        if not isinstance(numbers, list):
            raise QueryError("The message has no row-list, which was expected to list rows.")
        return self._galaxies(numbers)

    def _galaxies(self, numbers: list[Any]) -> NDArray[np.uint32]:
        try:
            # Only digits: int() would take spaces, signs and underscores too.
            places = [int(number) if str(number).isdecimal() else -1 for number in numbers]
        except ValueError:
            places = [-1]
        wrong = [n for n, place in zip(numbers, places, strict=False) if not self._has(place)]
        if wrong:
            raise QueryError(
                f"Row {str(wrong[0])[:40]!r} was named; the table has rows 0 to"
                f" {len(self.rows) - 1}."
            )
        return self.rows[np.array(places, np.int64)]

    def _has(self, place: int) -> bool:
        return 0 <= place < len(self.rows)


def table_of(parameters: Parameters, tables: Mapping[str, SentTable]) -> SentTable:
    """The table that a message is about, by its id or its address. Raises `QueryError`."""
    identity, url = parameters.get("table-id"), parameters.get("url")
    for table in tables.values():
        if table.identity == identity or (identity is None and table.url == url):
            return table
    raise QueryError("The message is about a table that did not come from here.")


def position_of(parameters: Parameters) -> tuple[float, float]:
    """RA and Dec in degrees of a message that points at the sky. Raises `QueryError`."""
    try:
        ra, dec = float(_text(parameters, "ra")), float(_text(parameters, "dec"))
    except ValueError as error:
        raise QueryError(f"A position in degrees was expected: {error}.") from error
    if not (math.isfinite(ra) and -90 <= dec <= 90):
        raise QueryError(f"RA {ra:g}, Dec {dec:g} is no position on the sky.")
    return ra % 360, dec


def image_of(parameters: Parameters) -> Path:
    """The file of an image on this machine. Raises `QueryError`."""
    url = _text(parameters, "url")
    parts = urlparse(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise QueryError(
            f"Only images in files of this machine are read; the message names {url[:120]}."
        )
    return Path(url2pathname(parts.path) if parts.path else unquote(url))


def _text(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str):
        raise QueryError(f"The message has no {name}, which was expected as text.")
    return value

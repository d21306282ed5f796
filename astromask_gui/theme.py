"""The colours and measures of both styles, read from `resources/style/tokens.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from astromask_gui.resource_files import resource


@dataclass(frozen=True)
class Tokens:
    """Colours of one style as "#rrggbb"."""

    background: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    query: str
    good: str
    warn: str
    bad: str
    map_background: str


SPACE = (4, 8, 12, 16)
FONT_SIZES = (11, 12, 13, 16)
RADIUS = 6
ICON = 16


@cache
def tokens(style: str) -> Tokens:
    """The tokens of "dark" or "light"."""
    with resource("style", "tokens.toml").open("rb") as file:
        return Tokens(**tomllib.load(file)[style])

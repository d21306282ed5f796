"""The command line of `astromask-gui`; light, so that mistakes are answered at once."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEFAULT_SIZE = (1440, 900)


@dataclass(frozen=True)
class Arguments:
    """What the program is started with."""

    path: Path | None = None
    demo: bool = False
    screenshot: Path | None = None
    select: str | None = None
    size: tuple[int, int] | None = None
    style: Literal["dark", "light"] | None = None


def parse_arguments(words: Sequence[str] | None = None) -> Arguments:
    """The arguments in `words` (the process's own, if left out); exits with 2 on a mistake."""
    parser = argparse.ArgumentParser(
        prog="astromask-gui",
        description="Explore surveys of galaxies through a masked autoencoder.",
    )
    parser.add_argument("workspace", nargs="?", type=Path, help="workspace, or cutouts, to open")
    parser.add_argument("--demo", action="store_true", help="open the demo survey")
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="write a picture of the window, then end"
    )
    parser.add_argument("--select", metavar="OBJECT_ID", help="galaxy to make active")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, pixels")
    parser.add_argument("--style", choices=("dark", "light"), help="style for this start")
    found = parser.parse_args(words)
    if found.demo and found.workspace:
        parser.error("give either a workspace or --demo")
    return Arguments(
        found.workspace, found.demo, found.screenshot, found.select, found.size, found.style
    )


def _size(text: str) -> tuple[int, int]:
    parts = re.fullmatch(r"(\d{3,5})[x×](\d{3,5})", text)
    if parts is None:
        raise argparse.ArgumentTypeError(f"expected e.g. 1440x900, got {text!r}")
    return int(parts[1]), int(parts[2])

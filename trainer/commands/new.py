"""Make a workspace of files or folders of cutouts.

The cutouts stay where they are; the workspace holds a catalogue of them and all that is
made from them. Files that can't be read are named and left out.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import QueryError

if TYPE_CHECKING:
    from trainer.workspace.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("workspace", type=Path, help="Folder to make; it may hold other files.")
    add_cutouts(parser)
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="Table to join by identifier, else by position: CSV, FITS, VOTable, ECSV, Parquet.",
    )
    parser.add_argument("--bands", metavar="u,g,r,i,z", help="Bands, in the order of the planes.")
    parser.add_argument(
        "--pixel-scale", type=float, metavar="ARCSEC", help="Side of a pixel, arcsec."
    )
    parser.add_argument(
        "--zero-point",
        metavar="MAG[,MAG…]",
        help="AB magnitude of one count: one for all bands, or one a band.",
    )
    parser.add_argument(
        "--crop",
        type=int,
        default=64,
        metavar="N",
        help="Side of the centre that the model sees, pixels. Default: 64.",
    )
    parser.add_argument("--name", help="Name to show. Default: the folder's.")


def run(args: argparse.Namespace) -> int:
    """Make the workspace; returns the exit code."""
    from trainer.cutouts.bands import split_names
    from trainer.workspace.workspace import Workspace

    if args.crop < 1:
        raise QueryError(f"--crop {args.crop} does not fit: expected at least one pixel.")
    if args.pixel_scale is not None and not 0 < args.pixel_scale < math.inf:
        raise QueryError(f"--pixel-scale {args.pixel_scale} does not fit: expected arcsec above 0.")
    workspace = Workspace.create(
        args.workspace,
        args.cutouts,
        catalogue=args.catalogue,
        bands=split_names(args.bands) if args.bands else None,
        pixel_scale=args.pixel_scale,
        zero_points=magnitudes(args.zero_point, "--zero-point") if args.zero_point else None,
        crop=args.crop,
        name=args.name,
        progress=file_progress(),
    )
    print_warnings(workspace)
    print(describe(workspace))
    return 0


def add_cutouts(parser: argparse.ArgumentParser) -> None:
    """Add `--cutouts`: the files that a workspace is made of or grows by."""
    parser.add_argument(
        "--cutouts",
        type=Path,
        nargs="+",
        required=True,
        metavar="PATH",
        help="Files of cutouts, or folders of them.",
    )


def describe(workspace: Workspace) -> str:
    """One sentence on what a workspace holds."""
    settings = workspace.settings
    height, width = settings.image_size
    scale = f", {settings.pixel_scale:g} arcsec/px" if settings.pixel_scale else ""
    files = "1 file" if len(settings.files) == 1 else f"{len(settings.files):,} files"
    return (
        f"{workspace.folder}: {len(workspace):,} galaxies in {files}, bands"
        f" {' '.join(settings.bands)}, {height}×{width} px{scale}."
    )


def print_warnings(workspace: Workspace) -> None:
    """Say on the standard error what was assumed and left out."""
    for warning in workspace.warnings:
        print(f"Note: {warning}", file=sys.stderr)


def file_progress(what: str = "files read") -> Callable[[int, int], None] | None:
    """Counts files on the screen; None where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done == total else ""
        print(f"\r{done:,} of {total:,} {what}", end=end, file=sys.stderr, flush=True)

    return show


def magnitudes(text: str, option: str) -> tuple[float, ...]:
    """The numbers in "30,27,30". Raises `QueryError` naming the option."""
    with contextlib.suppress(ValueError):
        found = tuple(float(part) for part in text.split(",") if part.strip())
        if all(map(math.isfinite, found)):
            return found
    raise QueryError(f"{option} {text!r} does not fit: expected magnitudes such as 30 or 30,27,30.")

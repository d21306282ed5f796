"""Cut cutouts of a catalogue's objects out of survey images of several bands.

Every band is brought onto the pixels of one: shifted by whole pixels where the grids agree,
else resampled with its flux kept. Of tiles that overlap the one is used in which an object
is farthest from an edge. A band that is not there is an all-zero plane and named in
`missing_bands`; cutouts that reach beyond a tile are filled with zeros and flagged `at_edge`.

The file is of the layout of UNIONS and goes straight into `astromask new`, the catalogue's
columns with it. More than 10,000 cutouts become files of 10,000 beside OUT.h5, called
cutout.stacks.{bands}.{OUT}.{S}x{S}.{n}.{count}.h5. Stopped, the same command goes on after
the last file that was finished.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.commands.new import file_progress, magnitudes
from trainer.errors import QueryError

if TYPE_CHECKING:
    from trainer.cutting.cut import CutReport
    from trainer.cutting.options import CutOptions

_LISTED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("catalogue", type=Path, help="CSV, FITS, VOTable, ECSV or Parquet.")
    parser.add_argument("output", type=Path, metavar="OUT.h5", help="File to write.")
    parser.add_argument(
        "--tiles",
        type=Path,
        nargs="+",
        required=True,
        metavar="PATH",
        help="FITS images (also .fz and .gz), or folders of them.",
    )
    parser.add_argument(
        "--size", type=int, default=200, metavar="N", help="Side of a cutout, pixels. Default: 200."
    )
    _add_band_arguments(parser)
    parser.add_argument("--ra", metavar="COLUMN", help="Column of RA, degrees.")
    parser.add_argument("--dec", metavar="COLUMN", help="Column of Dec, degrees.")
    parser.add_argument("--id", metavar="COLUMN", help="Column of identifiers.")
    parser.add_argument(
        "--least-cover",
        type=float,
        default=0.5,
        metavar="X",
        help="Share of a cutout that a band must cover, or it is missing. Default: 0.5.",
    )
    parser.add_argument(
        "--all-tiles", action="store_true", help="A cutout from every tile that shows an object."
    )
    parser.add_argument("--overwrite", action="store_true", help="Replace files in the way.")


def _add_band_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bands", metavar="u,g,r,i,z", help="Bands and their order. Default: all, blue to red."
    )
    parser.add_argument(
        "--band",
        action="append",
        default=[],
        metavar="NAME=GLOB",
        help="Files whose name or path matches are of this band; may be repeated.",
    )
    parser.add_argument(
        "--reference", metavar="BAND", help="Band whose pixels the others get. Default: r."
    )
    parser.add_argument(
        "--pixel-scale", type=float, metavar="ARCSEC", help="Default: the reference band's."
    )
    parser.add_argument(
        "--zero-points",
        metavar="MAG[,MAG…]",
        help="AB magnitude of one count, one or one a band; else from the headers.",
    )


def run(args: argparse.Namespace) -> int:
    """Cut; returns the exit code."""
    from trainer.cutting.cut import cut
    from trainer.cutting.images import find_images
    from trainer.cutting.objects import read_objects
    from trainer.cutting.plan import Plan

    options = _options(args)
    if args.output.suffix.lower() not in (".h5", ".hdf5"):
        raise QueryError(f"{args.output} does not fit: expected a name that ends in .h5.")
    objects = read_objects(args.catalogue, args.ra, args.dec, args.id)
    images = find_images(args.tiles, options.band_globs, file_progress("images looked at"))
    plan = Plan(objects, images, options)
    for note in (*plan.notes, *(f"Left out: {sentence}" for sentence in images.bad)):
        print(f"Note: {note}", file=sys.stderr)
    print(f"Bands {' '.join(plan.bands)}: {plan.count:,} cutouts to be made.", file=sys.stderr)
    report = cut(plan, args.output, _progress())
    _tell(report)
    return 0


def _options(args: argparse.Namespace) -> CutOptions:
    from trainer.cutouts.bands import split_names
    from trainer.cutting.naming import BandGlob
    from trainer.cutting.options import CutOptions

    given = args.zero_points
    return CutOptions(
        size=args.size,
        bands=split_names(args.bands) if args.bands else None,
        band_globs=tuple(BandGlob.parse(text) for text in args.band),
        reference=args.reference,
        pixel_scale=args.pixel_scale,
        zero_points=magnitudes(given, "--zero-points") if given else None,
        least_cover=args.least_cover,
        all_tiles=args.all_tiles,
        overwrite=args.overwrite,
    )


def _tell(report: CutReport) -> None:
    for sentence in report.damaged:
        print(f"Note: {sentence} It counts as missing.", file=sys.stderr)
    _tell_left_out(report.outside, "lie in no image")
    _tell_left_out(report.empty, "lie where no image holds enough data (--least-cover)")
    kept = f", {report.kept} of them as an earlier run had left them" if report.kept else ""
    files = "1 file" if len(report.files) == 1 else f"{len(report.files):,} files"
    facts = [f"{report.at_edge:,} at an edge"] if report.at_edge else []
    facts += [f"{count:,} without {band}" for band, count in sorted(report.missing.items())]
    print(f"Wrote {report.written:,} cutouts to {files}{kept}{_bracketed(facts)}:")
    for path in report.files:
        print(f"  {path}")


def _tell_left_out(names: Sequence[str], why: str) -> None:
    if names:
        more = " …" if len(names) > _LISTED else ""
        listed = ", ".join(names[:_LISTED])
        print(f"Note: {len(names):,} objects {why}: {listed}{more}.", file=sys.stderr)


def _bracketed(facts: Sequence[str]) -> str:
    return f" ({', '.join(facts)})" if facts else ""


def _progress() -> Callable[[int, int, str], None]:
    import time

    # A file or pipe gets a line every few seconds, a terminal one that is overwritten.
    overwrites = sys.stderr.isatty()
    last = float("-inf")

    def show(done: int, total: int, tile: str) -> None:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last < (0.1 if overwrites else 5.0):
            return
        last = now
        text = f"{done:,} of {total:,} cutouts, tile {tile}"
        end = "" if overwrites and done < total else "\n"
        print(f"\r{text:<78}" if overwrites else text, end=end, file=sys.stderr, flush=True)

    return show

"""Write cutouts as FITS cubes, and a table, of chosen galaxies.

Layout of the folder that is written:

  OUT/table.fits                 (or .csv, .ecsv, .vot, .parquet) a galaxy a line, every column
  OUT/cutouts/<object_id>.fits   the cutout (band, y, x) float32, counts as in the survey;
                                 the header has OBJECT, BANDS and BAND1 …, MAGZP1 … (AB),
                                 PIXSCALE (arcsec), RA, DEC (deg) and the WCS, where known

With another --format than fits the table is written alone, unless --cutouts is given.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import QueryError

if TYPE_CHECKING:
    import numpy as np

    from trainer.workspace.workspace import Workspace

_LISTED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--rows", metavar="ROWS", help="Rows, such as 0,5-9.")
    chosen.add_argument(
        "--ids",
        nargs="+",
        metavar="ID",
        help="Identifiers, between blanks or commas; or files with one a line.",
    )
    chosen.add_argument("--where", metavar="SQL", help="A condition, such as 'mag_r < 20'.")
    chosen.add_argument("--all", action="store_true", help="Every galaxy.")
    parser.add_argument(
        "--format",
        choices=("fits", "csv", "ecsv", "votable", "parquet"),
        default="fits",
        help="Format of the table. Default: fits.",
    )
    parser.add_argument(
        "--cutouts",
        action=argparse.BooleanOptionalAction,
        help="Write the cutouts. Default: with --format fits only.",
    )
    parser.add_argument(
        "--crop", type=int, metavar="N", help="Only the central N pixels. Default: all."
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="Where to write. Default: exports/<UTC time> in the workspace.",
    )


def run(args: argparse.Namespace) -> int:
    """Write the export; returns the exit code: 2 where a cutout could not be read."""
    from trainer.workspace.export import export
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(args.workspace)
    rows = _rows(workspace, args)
    out = args.out or workspace.folder / "exports" / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"
    with_cutouts = args.format == "fits" if args.cutouts is None else args.cutouts
    report = export(workspace, rows, out, args.format, with_cutouts=with_cutouts, crop=args.crop)
    written = f" and {len(report.cutouts):,} cutouts" if with_cutouts else ""
    print(f"Wrote a table of {len(rows):,} galaxies{written} to {out}.")
    for object_id, sentence in list(report.failed.items())[:_LISTED]:
        print(f"astromask: {object_id}: {sentence}", file=sys.stderr)
    if len(report.failed) > _LISTED:
        print(f"astromask: and {len(report.failed) - _LISTED} more.", file=sys.stderr)
    return 2 if report.failed else 0


def _rows(workspace: Workspace, args: argparse.Namespace) -> np.ndarray:
    import numpy as np

    from trainer.workspace.export import parse_rows

    if args.rows is not None:
        return parse_rows(args.rows)
    if args.ids is not None:
        return workspace.catalogue.rows_of(_ids(args.ids))
    if args.where is not None:
        rows = np.flatnonzero(workspace.columns.where(args.where))
        if not len(rows):
            raise QueryError(f"No galaxy fulfils {args.where!r}, so nothing was written.")
        return rows
    return np.arange(len(workspace))


def _ids(words: list[str]) -> list[str]:
    ids: list[str] = []
    for word in words:
        path = Path(word)
        parts = path.read_text().splitlines() if path.is_file() else word.split(",")
        ids += [part.strip() for part in parts if part.strip()]
    return ids

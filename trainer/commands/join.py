"""Join another catalogue to a workspace, by identifier or on the sky.

Its columns stand in the table and in filters like all others, each with the file's name as
its source. Galaxies that are added later are matched with the same file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trainer.errors import QueryError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    parser.add_argument("file", type=Path, help="CSV, FITS, VOTable, ECSV or Parquet.")
    parser.add_argument("--by", choices=("id", "sky"), help="Default: id where any fits, else sky.")
    parser.add_argument("--own-id", metavar="COLUMN", help="Identifiers in the workspace.")
    parser.add_argument("--id", metavar="COLUMN", help="Identifiers in the file.")
    parser.add_argument("--ra", metavar="COLUMN", help="Right ascension in the file, degrees.")
    parser.add_argument("--dec", metavar="COLUMN", help="Declination in the file, degrees.")
    parser.add_argument(
        "--radius", type=float, metavar="ARCSEC", help="Of a match on the sky. Default: 1."
    )
    parser.add_argument(
        "--columns", metavar="A,B,…", help="Columns to take. Default: all but ids and positions."
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="Say how many would match; change nothing."
    )


def run(args: argparse.Namespace) -> int:
    """Join; returns the exit code."""
    from trainer.workspace.joining import join_to, plan_join, suggest_join
    from trainer.workspace.settings import JoinRecord
    from trainer.workspace.tables import read_table
    from trainer.workspace.workspace import Workspace

    if args.radius is not None and not 0 < args.radius <= 3600:
        raise QueryError(f"--radius {args.radius} does not fit: expected arcsec above 0, to 3600.")
    workspace = Workspace.open(args.workspace)
    other = read_table(args.file)
    wanted = _wanted(args)
    is_whole = (args.by == "id" and args.id) or (args.by == "sky" and args.ra and args.dec)
    record = (
        JoinRecord(path=str(args.file), by=args.by)
        if is_whole
        else suggest_join(workspace, other, args.file, args.by)
    )
    made = plan_join(workspace, other, record.model_copy(update=wanted))
    if not args.dry_run:
        made = join_to(workspace, other, made)
    print(made.sentence())
    for theirs, name in made.names.items():
        if name != theirs:
            print(f"{theirs} is called {name}, since the workspace has a column of that name.")
    if args.dry_run:
        print("Nothing was changed.")
    else:
        print(f"{len(made.names):,} columns came with it: {', '.join(made.names.values())}.")
    return 0


def _wanted(args: argparse.Namespace) -> dict[str, Any]:
    """What was said, by the names of a join's fields."""
    said = {
        "by": args.by,
        "own": args.own_id,
        "other": args.id,
        "ra": args.ra,
        "dec": args.dec,
        "radius": args.radius,
        "columns": _names(args.columns),
    }
    return {name: value for name, value in said.items() if value is not None}


def _names(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())

"""Take the embeddings of another program into a workspace, matched by object.

The file is HDF5 or .npz with vectors (`simclr_reps`, `embeddings`, `image_embeddings`) and,
beside them, identifiers or positions. How many galaxies match is said before anything is
written. Search and maps work as with embeddings of one's own; new cutouts can't be compared,
since the model is not known.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    parser.add_argument("file", type=Path, help="File with the embeddings.")
    parser.add_argument("--name", metavar="NAME", help="Name of the store; from the file's.")
    parser.add_argument(
        "--dataset", metavar="NAME", help="Which dataset holds the vectors; by its usual name."
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="Say what matches and write nothing."
    )
    parser.add_argument("--json", action="store_true", help="Print JSON.")


def run(args: argparse.Namespace) -> int:
    """Match, say so, write; returns 0."""
    from trainer.store.foreign import ForeignEmbeddings
    from trainer.store.foreign_import import import_embeddings
    from trainer.store.foreign_match import match
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(args.workspace)
    name = args.name or args.file.stem
    workspace.store_folder(name)  # A name that can't be is refused before the file is read.
    with ForeignEmbeddings(args.file, args.dataset) as foreign:
        matching = match(workspace, foreign)
        facts = {
            "file": str(args.file),
            "dataset": foreign.dataset,
            "vectors": len(foreign),
            "dimension": foreign.dimension,
            "matched_by": matching.by,
            "matched": matching.matched,
            "unmatched": len(workspace) - matching.matched,
            "ambiguous": matching.ambiguous,
            "unused": matching.unused,
        }
        if not args.json:
            # Flushed: it is to be read before the writing, which may take a while.
            print(f"{foreign.sentence} {matching.sentence}", flush=True)
        if not args.dry_run:
            store = import_embeddings(workspace, foreign, matching, name)
            facts |= {"store": name, "written": len(store)}
    if args.json:
        print(json.dumps(facts, indent=2))
    elif not args.dry_run:
        print(_sentence(args.workspace, name, len(store), len(workspace)))
    return 0


def _sentence(folder: Path, name: str, written: int, galaxies: int) -> str:
    without = galaxies - written
    lacking = f" The {without:,} without one will have no place on a map." if without else ""
    return (
        f'The embeddings "{name}" hold the vectors of {written:,} galaxies.{lacking}'
        f' Next: `astromask project {folder} --store "{name}"`.'
    )

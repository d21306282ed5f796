"""Find the galaxies that look most like one of the workspace, or like one in a file.

The query is an object_id of the workspace, or a file of cutouts, which is read, cropped and
scaled as the store's own galaxies were and encoded by the store's checkpoint. Distances are
cosine distances between embeddings, from 0 (alike) to 2.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.errors import QueryError

if TYPE_CHECKING:
    import numpy as np

    from trainer.store.embeddings import EmbeddingStore
    from trainer.workspace.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    parser.add_argument(
        "--query", required=True, metavar="OBJECT_ID_OR_FILE", help="What to look for."
    )
    parser.add_argument("--k", type=int, default=10, metavar="N", help="How many. Default: 10.")
    parser.add_argument("--store", metavar="NAME", help="Embeddings to search; the newest ones.")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="PATH",
        help="Checkpoint that made the embeddings, where it was moved; for a file only.",
    )
    parser.add_argument(
        "--row", type=int, default=0, metavar="N", help="Which cutout of a file. Default: 0."
    )
    parser.add_argument(
        "--include-self", action="store_true", help="List the galaxy asked for as well."
    )
    parser.add_argument("--json", action="store_true", help="Print JSON.")


def run(args: argparse.Namespace) -> int:
    """Print the neighbours; returns 0."""
    import numpy as np

    from trainer.store.choose import open_store
    from trainer.store.index import ExactIndex
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(args.workspace)
    store = open_store(workspace, args.store)
    row = _row_of(workspace, args.query)
    query: dict[str, Any]
    if row is not None:
        query = {"object_id": workspace.catalogue.object_id(row), "row": row}
        vector = store.read(np.array([row]))
    else:
        query = {"file": str(Path(args.query).absolute()), "cutout": args.row}
        vector = _encode(workspace, store, args)
    exclude = np.array([row]) if row is not None and not args.include_self else None
    rows, distances = ExactIndex(store).search(vector, args.k, exclude)
    found = np.isfinite(distances[0])
    neighbours = _described(workspace, rows[0][found], distances[0][found])
    if args.json:
        _print_json(store, query, neighbours)
    else:
        _print_table(neighbours)
    return 0


def _row_of(workspace: Workspace, query: str) -> int | None:
    """Row of the galaxy `query`; None where it is a file instead."""
    try:
        return int(workspace.catalogue.rows_of([query])[0])
    except QueryError:
        if Path(query).exists():
            return None
        raise QueryError(
            f"{query} is neither a galaxy of {workspace.folder} nor a file of cutouts."
        ) from None


def _encode(workspace: Workspace, store: EmbeddingStore, args: argparse.Namespace) -> np.ndarray:
    from trainer.launch.worker_client import EncoderClient
    from trainer.store.checkpoint_file import find_checkpoint
    from trainer.store.query_file import read_query

    manifest, settings = store.manifest, workspace.settings
    known = settings.zero_points
    zero_points = dict(zip(settings.bands, known, strict=True)) if known else None
    checkpoint = find_checkpoint(manifest, workspace.folder, args.checkpoint)
    cutout = read_query(
        Path(args.query),
        manifest,
        row=args.row,
        size=min(settings.image_size),
        zero_points=zero_points,
        pixel_scale=settings.pixel_scale,
    )
    for note in cutout.notes:
        print(f"Note: {note}", file=sys.stderr)
    pool, orientations = manifest.pool, manifest.orientations
    assert pool is not None and orientations is not None, "only imported vectors don't say"
    with EncoderClient(checkpoint, heads=manifest.heads, scaling=manifest.scaling) as encoder:
        return encoder.encode(cutout.pixels, pool=pool, orientations=orientations)


def _described(
    workspace: Workspace, rows: np.ndarray, distances: np.ndarray
) -> list[dict[str, Any]]:
    import numpy as np

    ra, dec = workspace.catalogue.coordinates()
    return [
        {
            "rank": rank,
            "object_id": name,
            "row": int(row),
            "distance": round(float(distance), 7),
            "ra": float(ra[row]) if np.isfinite(ra[row]) else None,
            "dec": float(dec[row]) if np.isfinite(dec[row]) else None,
        }
        for rank, (name, row, distance) in enumerate(
            zip(workspace.catalogue.object_ids(rows), rows, distances, strict=True), start=1
        )
    ]


def _print_json(
    store: EmbeddingStore, query: dict[str, Any], neighbours: list[dict[str, Any]]
) -> None:
    import json

    answer = {
        "query": query,
        "store": store.folder.name,
        "checkpoint_sha256": store.manifest.checkpoint_sha256,
        "metric": "cosine",
        "neighbours": neighbours,
    }
    print(json.dumps(answer, indent=2))


def _print_table(neighbours: list[dict[str, Any]]) -> None:
    width = max([len("object_id"), *(len(entry["object_id"]) for entry in neighbours)])
    print(f"{'rank':>4}  {'object_id':<{width}}  {'distance':>9}  {'ra':>11}  {'dec':>11}")
    for entry in neighbours:
        place = "  ".join(
            f"{'':>11}" if entry[axis] is None else f"{entry[axis]:>11.6f}"
            for axis in ("ra", "dec")
        )
        name = f"{entry['object_id']:<{width}}"
        print(f"{entry['rank']:>4}  {name}  {entry['distance']:>9.6f}  {place}".rstrip())

"""The process that reads the open workspace's cutouts: its lanes and the words it understands."""

from __future__ import annotations

from typing import Any

from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.workspace.loading import Loaded

VIEWER, HOVER, OPENING, QUERY, FILES, GRIDS, TILES, SHARP_TILES, PREFETCH, SHEETS = LANES = (
    "viewer", "hover", "opening", "query", "files", "grids", "tiles", "sharp tiles", "prefetch",
    "sheets",
)  # fmt: skip


def start_reader() -> Worker:
    """Start `trainer.cutouts.pixel_server`, so that it is ready when a workspace is open."""
    worker = Worker("The cutout reader", ("-m", "trainer.cutouts.pixel_server"), LANES, threads=1)
    worker.start()
    return worker


def open_message(loaded: Loaded) -> dict[str, Any]:
    """The request that opens a workspace's cutouts; another one where they are other ones now."""
    return {"op": "open", **loaded.cutouts}


def sample_message(loaded: Loaded, rows: list[int]) -> dict[str, Any]:
    """The request for whole cutouts of a workspace that is not open yet, as of `read_message`."""
    return {**open_message(loaded), "op": "sample", "rows": rows}


def read_message(rows: list[int]) -> dict[str, Any]:
    """The request for whole cutouts (n, B, H, W), NaN without data, and their missing bands."""
    return {"op": "read", "rows": rows, "crop": None, "nan": True}


def grids_message(rows: list[int]) -> dict[str, Any]:
    """The request for where the pixels of cutouts lie on the sky: (n, 8), NaN where unknown."""
    return {"op": "grids", "rows": rows}


def extras_message(rows: list[int]) -> dict[str, Any]:
    """The request for what the files have beside the whole cutouts, as far as they have it."""
    return {"op": "extras", "rows": rows, "crop": None, "maps": True}

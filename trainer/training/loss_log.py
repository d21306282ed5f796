"""The losses of a run as a table that any program reads: losses.csv."""

from __future__ import annotations

import csv
from pathlib import Path

from trainer.atomic import disk_errors
from trainer.events import Metric

NAME = "losses.csv"
_COLUMNS = ("step", "epoch", "loss", "validation_loss", "lr", "images_per_s")


class LossLog:
    """Appends metrics to `losses.csv`; values that a row has not are empty."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        if not self._path.exists():
            self._write(_COLUMNS)

    def append(self, metric: Metric) -> None:
        """Add one row. Raises `WorkspaceError` where the file can't be written."""
        row = {"step": metric.step, "epoch": f"{metric.epoch:.4f}"} | {
            name: f"{value:.7g}" for name, value in metric.values.items()
        }
        self._write([row.get(name, "") for name in _COLUMNS])

    def _write(self, cells: object) -> None:
        with disk_errors(self._path), self._path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(cells)  # type: ignore[arg-type]

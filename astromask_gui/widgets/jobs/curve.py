"""The loss curve of a job."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtWidgets import QWidget

from astromask_gui.state.jobs import Job
from astromask_gui.theme import tokens

_CURVES = (("loss", "training", "accent"), ("validation_loss", "validation", "selection"))

_LOW, _HIGH = 92, 150
"""Heights, screen pixels."""
_FAR = 30.0
"""Largest over smallest loss from which on the axis is logarithmic."""


class JobCurve(pg.PlotWidget):  # type: ignore[misc]
    """Training and validation loss by step; logarithmic where they fall far."""

    def __init__(self, style: str, parent: QWidget | None = None) -> None:
        colours = tokens(style)
        super().__init__(parent, background=colours.panel)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)
        item.setLabel("bottom", "step", color=colours.muted)
        item.setLabel("left", "loss", color=colours.muted)
        item.addLegend(offset=(-8, 2), labelTextColor=colours.muted, colCount=2)
        self._lines = {
            metric: item.plot([], [], name=name, pen=pg.mkPen(getattr(colours, colour), width=1.5))
            for metric, name, colour in _CURVES
        }

    def set_low(self, low: bool) -> None:
        """Take little height, as beside words, or more, as below them."""
        self.setFixedHeight(_LOW if low else _HIGH)

    def show_job(self, job: Job) -> None:
        """Draw what the job has told so far."""
        shown = {metric: _points(job, metric) for metric in self._lines}
        losses = np.concatenate([points[:, 1] for points in shown.values()])
        falls_far = bool(losses.size) and bool(losses.max() > _FAR * losses.min())
        item = self.getPlotItem()
        item.setLogMode(y=falls_far)
        # On a logarithmic axis the decades alone are named: the rest would overlap.
        item.getAxis("left").setStyle(maxTextLevel=0 if falls_far else 2)
        for metric, line in self._lines.items():
            line.setData(shown[metric][:, 0], shown[metric][:, 1])


def _points(job: Job, metric: str) -> NDArray[np.float64]:
    """(n, 2): steps and the values that can be drawn."""
    points = np.array((job.curves or {}).get(metric, ()), float).reshape(-1, 2)
    usable: NDArray[np.float64] = points[np.isfinite(points).all(axis=1) & (points[:, 1] > 0)]
    return usable

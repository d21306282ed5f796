"""The loss curve of a job."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtWidgets import QWidget

from astromask_gui.state.jobs import Job
from astromask_gui.theme import tokens

_CURVES = (("loss", "training", "accent"), ("validation_loss", "validation", "selection"))


class JobCurve(pg.PlotWidget):  # type: ignore[misc]
    """Training and validation loss by step, on a logarithmic scale."""

    def __init__(self, style: str, parent: QWidget | None = None) -> None:
        colours = tokens(style)
        super().__init__(parent, background=colours.panel)
        self.setMinimumHeight(110)
        self.setMaximumHeight(170)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        item = self.getPlotItem()
        item.setLogMode(y=True)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)
        item.setLabel("bottom", "step", color=colours.muted)
        item.setLabel("left", "loss", color=colours.muted)
        item.addLegend(offset=(-8, 4), labelTextColor=colours.muted)
        self._lines = {
            metric: item.plot([], [], name=name, pen=pg.mkPen(getattr(colours, colour), width=1.5))
            for metric, name, colour in _CURVES
        }

    def show_job(self, job: Job) -> None:
        """Draw what the job has told so far."""
        for metric, line in self._lines.items():
            points = np.array((job.curves or {}).get(metric, ()), float).reshape(-1, 2)
            usable = np.isfinite(points).all(axis=1) & (points[:, 1] > 0)
            line.setData(points[usable, 0], points[usable, 1])

"""One job in the list: what it is, how far it has got, and the button that stops it."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label
from astromask_gui.state.jobs import Job
from astromask_gui.style import tabular
from astromask_gui.theme import tokens
from astromask_gui.widgets.jobs.curve import JobCurve

TITLES = {
    "pretrain": "Pretrain",
    "embed": "Embed",
    "project": "Project",
    "place": "Place",
    "pack": "Pack",
    "measure": "Missing bands",
    "reconstruct": "Surprise",
    "finetune": "Learn from grades",
    "score": "Score",
}
_STEPS = 1000
_WIDE = 560
"""Width from which on words and curve stand side by side, screen pixels."""


def duration_text(seconds: float) -> str:
    """Seconds as people say them: "40 s", "3 min", "2 h 5 min"."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _left_text(job: Job) -> str:
    if job.stopping:
        return "stopping …"
    has_time = job.active and job.seconds_left is not None
    return f"{duration_text(job.seconds_left or 0)} left" if has_time else ""


class JobCard(QFrame):
    """Shows one job; is told when it has changed."""

    cancel_asked = pyqtSignal(str)

    def __init__(self, job: Job, style: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._style = style
        self._job = job
        self.title = label("", "strong")
        self.started = label("", "small")
        self.sentence = label("", "muted", wrap=True, selectable=True)
        self.left = label("", "small")
        self.left.setFont(tabular(self.left.font()))
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Ask the job to stop; what it has written is kept")
        self.cancel.clicked.connect(lambda: self.cancel_asked.emit(self._job.name))
        self.curve: JobCurve | None = None
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.started)
        head.addStretch(1)
        head.addWidget(self.left)
        head.addWidget(self.cancel)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        words.addWidget(self.bar)
        words.addWidget(self.sentence)
        words.addStretch(1)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(12, 6, 12, 6)
        self._layout.setSpacing(8)
        self._layout.addLayout(words, 1)
        self.show_job(job)

    @property
    def job(self) -> Job:
        """The job as last shown."""
        return self._job

    def show_job(self, job: Job) -> None:
        """Show how the job does now."""
        self._job = job
        self.title.setText(TITLES.get(job.kind, job.kind))
        if job.started is not None:
            self.started.setText(f"{datetime.fromtimestamp(job.started):%d %b %H:%M}")
        words = [job.sentence, *(f"Note: {warning}" for warning in job.warnings[-3:])]
        self.sentence.setText("\n".join(words))
        colours = tokens(self._style)
        bad = job.status in ("failed", "crashed")
        self.sentence.setStyleSheet(f"color: {colours.bad};" if bad else "")
        self.bar.setVisible(job.active)
        self.bar.setMaximum(_STEPS if job.fraction is not None else 0)
        self.bar.setValue(round(_STEPS * (job.fraction or 0)))
        self.cancel.setVisible(job.active)
        self.cancel.setEnabled(not job.stopping)
        self.left.setText(_left_text(job))
        self._sync_curve(job)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        # The curve stands beside the words where there is the width.
        directions = QBoxLayout.Direction
        is_wide = self.width() >= _WIDE
        self._layout.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)
        if self.curve is not None:
            self.curve.set_low(is_wide)
        super().resizeEvent(event)

    def _sync_curve(self, job: Job) -> None:
        points = (job.curves or {}).get("loss", ())
        if len(points) < 2:
            return
        if self.curve is None:
            self.curve = JobCurve(self._style)
            self.curve.set_low(self.width() >= _WIDE)
            self._layout.addWidget(self.curve, 1)
        self.curve.show_job(job)

"""Running means of a training: since the last report, and over the epoch."""

from __future__ import annotations

import math
import time


class Meter:
    """Collects what each step gave."""

    def __init__(self) -> None:
        self._rate = 0.0
        self.start_report()
        self._start_epoch()

    def add(self, loss: float, images: int, rate: float) -> None:
        """One step: its loss, its number of images, its learning rate."""
        self._losses.append(loss)
        self._images += images
        self._rate = rate
        self._epoch_total += loss
        self._epoch_steps += 1

    def seconds(self) -> float:
        """Time since the last report."""
        return time.monotonic() - self._since

    def report(self) -> dict[str, float]:
        """Mean loss, learning rate and images a second since the last report."""
        values = {"lr": self._rate, "images_per_s": self._images / max(self.seconds(), 1e-9)}
        if self._losses:
            values["loss"] = sum(self._losses) / len(self._losses)
        self.start_report()
        return values

    def epoch_loss(self) -> float:
        """Mean loss of the epoch that ends here; NaN where it had no step."""
        mean = self._epoch_total / self._epoch_steps if self._epoch_steps else math.nan
        self._start_epoch()
        return mean

    def start_report(self) -> None:
        """Forget what was collected for the next report; time starts now."""
        self._losses: list[float] = []
        self._images = 0
        self._since = time.monotonic()

    def _start_epoch(self) -> None:
        self._epoch_total, self._epoch_steps = 0.0, 0

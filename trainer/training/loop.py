"""The training loop: steps, validation, metrics, checkpoints. It knows nothing of workspaces."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import torch

from trainer.config import PretrainConfig
from trainer.errors import AstroMaskError, JobCancelled
from trainer.events import CheckpointSaved, Event, Metric, Preview, Progress
from trainer.model.checkpoints import BEST_NAME, LAST_NAME, save_checkpoint
from trainer.model.header import CheckpointHeader, TrainingFacts
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import mask_from_noise
from trainer.model.prefetch import prefetched
from trainer.training.batches import Batch
from trainer.training.loss_log import LossLog
from trainer.training.meter import Meter
from trainer.training.picture import GALAXIES, save_picture
from trainer.training.schedule import learning_rate
from trainer.training.state import STATE_NAME, TrainingState, save_state

METRIC_SECONDS = 1.0
"""Least time between two metrics inside an epoch."""
STATE_SECONDS = 600.0
"""An epoch longer than this is saved on its way."""
PICTURE_SECONDS = 20.0


class Context(Protocol):
    """What the loop needs of `trainer.launch.context.JobContext`."""

    folder: Path

    def emit(self, event: Event) -> None:
        """Tell whoever watches."""

    def raise_if_cancelled(self) -> None:
        """Raise `JobCancelled` where the job shall stop."""


class EpochBatches(Protocol):
    """Batches of an epoch, from a number on; any of them can be made again."""

    steps: int

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from number `first` on."""


class Trainer:
    """One training run. Every step can be stopped and gone on from."""

    def __init__(
        self,
        config: PretrainConfig,
        context: Context,
        model: MaskedAutoencoder,
        optimiser: torch.optim.Optimizer,
        batches: EpochBatches,
        validation: Iterable[Batch],
        state: TrainingState,
    ) -> None:
        self._config, self._context, self._log = config, context, LossLog(context.folder)
        self._model, self._optimiser = model, optimiser
        self._batches, self._validation = batches, validation
        self._device = model.cls_token.device
        self.state = state
        self._last_loss = math.nan
        self._saved_at = self._picture_at = time.monotonic()
        self._meter = Meter()

    @property
    def total_steps(self) -> int:
        """Steps in the whole training, those of earlier runs included."""
        steps = self._config.epochs * self._batches.steps
        return min(steps, self._config.max_steps or steps)

    def run(self) -> None:
        """Train to the end. Raises `JobCancelled`, with the state saved to go on from, and
        `AstroMaskError` where the loss is no longer a number."""
        began, steps_before = time.monotonic(), self.state.step
        self._picture()
        while self.state.step < self.total_steps:
            self._epoch(began, steps_before)
        if self.state.batch:
            # `max_steps` ended in the middle of an epoch.
            self._end_of_epoch()

    def _epoch(self, began: float, steps_before: int) -> None:
        self._model.train()
        source = self._batches.epoch(self.state.epoch, self.state.batch)
        with prefetched(source, idle=self._stop_if_asked) as ready:
            for batch in ready:
                self._stop_if_asked()
                self._step(batch)
                self._advance()
                self._report(began, steps_before)
                if self.state.batch == 0 or self.state.step >= self.total_steps:
                    break
        if self.state.batch == 0:
            self._end_of_epoch()

    def _step(self, batch: Batch) -> None:
        config, state = self._config, self.state
        rate = learning_rate(
            state.step / self._batches.steps, config.epochs, config.warmup_epochs, config.lr
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        loss = self._loss(batch)
        self._last_loss = loss.item()
        if not math.isfinite(self._last_loss):
            raise AstroMaskError(self._diverged(rate))
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._meter.add(self._last_loss, len(batch.images), rate)

    def _loss(self, batch: Batch) -> torch.Tensor:
        masking = mask_from_noise(batch.noise.to(self._device), self._config.mask_ratio)
        return self._model.training_loss(batch.images.to(self._device), masking)

    def _advance(self) -> None:
        epoch, batch = divmod(self.state.step + 1, self._batches.steps)
        self.state = self.state.model_copy(update={"epoch": epoch, "batch": batch})

    def _report(self, began: float, steps_before: int) -> None:
        done, total = self.state.step, self.total_steps
        per_step = (time.monotonic() - began) / (done - steps_before)
        left = per_step * (total - done)
        self._context.emit(Progress(done=done, total=total, unit="steps", seconds_left=left))
        if self._meter.seconds() >= METRIC_SECONDS and self.state.batch:
            self._metric(self._meter.report())
        if time.monotonic() - self._saved_at > STATE_SECONDS:
            self._save_state()

    def _metric(self, values: dict[str, float]) -> None:
        epoch = self.state.step / self._batches.steps
        metric = Metric(step=self.state.step, epoch=epoch, values=values)
        self._context.emit(metric)
        self._log.append(metric)

    def _end_of_epoch(self) -> None:
        training_loss = self._meter.epoch_loss()
        values = self._meter.report() | {"loss": training_loss}
        validation_loss = self._validate()
        if math.isfinite(validation_loss):
            values["validation_loss"] = validation_loss
        self._metric(values)
        is_last = self.state.step >= self.total_steps
        if is_last or self.state.epoch % self._config.checkpoint_every == 0:
            self._checkpoint(validation_loss, training_loss)
        if is_last or time.monotonic() - self._picture_at > PICTURE_SECONDS:
            self._picture()
        self._meter.start_report()

    def _validate(self) -> float:
        """Mean loss of the held-out galaxies; NaN where there are none."""
        self._model.eval()
        total, count = 0.0, 0
        with (
            torch.inference_mode(),
            prefetched(iter(self._validation), idle=self._stop_if_asked) as ready,
        ):
            for batch in ready:
                self._stop_if_asked()
                total += self._loss(batch).item() * len(batch.images)
                count += len(batch.images)
        return total / count if count else math.nan

    def _checkpoint(self, validation_loss: float, training_loss: float) -> None:
        judged = validation_loss if math.isfinite(validation_loss) else training_loss
        is_best = self.state.best_loss is None or judged < self.state.best_loss
        if is_best:
            self.state = self.state.model_copy(update={"best_loss": judged})
        header = self._header(validation_loss)
        folder = self._context.folder
        if is_best:
            save_checkpoint(folder / BEST_NAME, self._model, header)
        save_checkpoint(folder / LAST_NAME, self._model, header)
        self._save_state()
        epoch = self.state.step / self._batches.steps
        for name in (LAST_NAME, BEST_NAME) if is_best else (LAST_NAME,):
            self._context.emit(CheckpointSaved(path=name, step=self.state.step, epoch=epoch))

    def _header(self, validation_loss: float) -> CheckpointHeader:
        facts = TrainingFacts(
            epoch=self.state.step / self._batches.steps,
            step=self.state.step,
            validation_loss=validation_loss if math.isfinite(validation_loss) else None,
            galaxies=self.state.training_rows,
            config=self._config.model_dump(mode="json"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        return self.state.header.model_copy(update={"training": facts})

    def _save_state(self) -> None:
        save_state(self._context.folder / STATE_NAME, self.state, self._model, self._optimiser)
        self._saved_at = time.monotonic()

    def _stop_if_asked(self) -> None:
        try:
            self._context.raise_if_cancelled()
        except JobCancelled:
            self._save_state()
            raise

    def _picture(self) -> None:
        batch = next(iter(self._validation), None)
        if batch is None:
            return
        self._model.eval()
        masking = mask_from_noise(batch.noise[:GALAXIES].to(self._device), self._config.mask_ratio)
        name = f"preview-{self.state.step:07d}.png"
        images = batch.images[:GALAXIES].to(self._device)
        save_picture(self._context.folder / name, self._model, images, masking)
        epoch = self.state.step / self._batches.steps
        caption = f"Input, masked and reconstructed galaxies after {epoch:.4g} epochs"
        self._context.emit(Preview(path=name, caption=caption))
        self._picture_at = time.monotonic()

    def _diverged(self, rate: float) -> str:
        return (
            f"The loss became {self._last_loss} at step {self.state.step + 1} (epoch"
            f" {1 + self.state.epoch}, learning rate {rate:.3g}), where a finite number was"
            " expected, so the training stopped. The last checkpoint is kept; a lower --lr or a"
            " longer --warmup-epochs usually helps."
        )

"""Pretraining: images a second against the original's structure, and of the whole job.

64 px, patch 8, 5 bands, three quarters of the patches hidden, float32, batches of 64.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import torch

from benchmarks.plain_mae import PlainMAE
from benchmarks.results import Result
from benchmarks.samples import architectures, make_workspace
from benchmarks.timing import Comparison, compare
from trainer.config import PretrainConfig
from trainer.events import Event, Metric
from trainer.launch.context import JobContext
from trainer.model.architecture import Architecture
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import mask_from_noise
from trainer.training.optimiser import BETAS, make_optimiser
from trainer.training.pretrain import run as pretrain

_MASK_RATIO = 0.75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the benchmark."""
    parser.add_argument("--threads", type=int, help="CPU threads. Default: PyTorch's choice.")
    parser.add_argument("--rounds", type=int, default=8, help="Turns of each. Default: 8.")


def run(args: argparse.Namespace) -> list[Result]:
    """Measure single steps of both implementations, then a whole job of ours."""
    if args.threads:
        torch.set_num_threads(args.threads)
    batch, rounds = (8, 2) if args.small else (64, args.rounds)
    results = []
    for name, architecture in architectures(args.small).items():
        seconds = _steps(architecture, batch, rounds)
        results += [
            Result(f"{name}, step", batch / seconds.ours, "images/s"),
            Result(f"{name}, the original's structure", batch / seconds.theirs, "images/s"),
            Result.at_least(f"{name}, ratio", seconds.ratio, "", 1.0),
        ]
    rate = _whole_job(args.small)
    model = "ViT-Ti"
    results.append(Result(f"{model}, whole job from HDF5", rate, "images/s"))
    return results


def _steps(architecture: Architecture, batch: int, rounds: int) -> Comparison:
    """A training step of ours, and of the original's structure."""
    torch.manual_seed(0)
    a = architecture
    model, plain = MaskedAutoencoder(a), PlainMAE(a)
    plain.load_state_dict(model.state_dict())
    images, noise = torch.randn(batch, a.bands, a.image, a.image), torch.rand(batch, a.patches)
    optimiser = make_optimiser(model, 1e-4, 0.05)
    theirs = torch.optim.AdamW(
        [p for p in plain.parameters() if p.requires_grad], 1e-4, BETAS, weight_decay=0.05
    )

    def step(loss: torch.Tensor, updates: torch.optim.Optimizer) -> None:
        updates.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        updates.step()

    def ours() -> None:
        step(model.training_loss(images, mask_from_noise(noise, _MASK_RATIO)), optimiser)

    return compare(ours, lambda: step(plain(images, noise, _MASK_RATIO)[0], theirs), rounds)


def _whole_job(small: bool) -> float:
    """Images a second of the job as users run it: reading, scaling, turning, logging."""
    rates: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Metric):
            rates.append(event.values["images_per_s"])

    count, side = (64, 16) if small else (1280, 64)
    with tempfile.TemporaryDirectory() as name:
        workspace = make_workspace(Path(name), count, side)
        folder = workspace.runs_folder / "benchmark"
        folder.mkdir(parents=True)
        config = PretrainConfig(
            workspace=workspace.folder,
            model="tiny",
            epochs=1,
            batch_size=16 if small else 64,
            device="cpu",
        )
        pretrain(config, JobContext(folder, listen))
    return statistics.median(rates)

"""Embedding: images a second against the original's structure, and memory against the number.

64 px, patch 8, 5 bands, nothing masked, float32.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from benchmarks.plain_mae import PlainMAE
from benchmarks.results import Result
from benchmarks.samples import BANDS, architectures, make_workspace
from benchmarks.timing import Comparison, compare
from trainer.cutouts.scaling import NoScaling
from trainer.errors import AstroMaskError
from trainer.inference.encode import Encoder
from trainer.model.architecture import Architecture
from trainer.model.checkpoints import save_checkpoint
from trainer.model.header import CheckpointHeader
from trainer.model.mae import MaskedAutoencoder

_GROWTH = 1.05
"""Memory may differ by this factor for reasons of the system."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the benchmark."""
    parser.add_argument("--threads", type=int, help="CPU threads. Default: PyTorch's choice.")
    parser.add_argument("--rounds", type=int, default=8, help="Turns of each. Default: 8.")


def run(args: argparse.Namespace) -> list[Result]:
    """Measure encoding by both implementations, then two whole jobs of different size."""
    if args.threads:
        torch.set_num_threads(args.threads)
    batch, rounds = (8, 2) if args.small else (64, args.rounds)
    results = []
    for name, architecture in architectures(args.small).items():
        seconds = _encode(architecture, batch, rounds)
        results += [
            Result(f"{name}, encoding", batch / seconds.ours, "images/s"),
            Result(
                f"{name}, encoding by the original's structure", batch / seconds.theirs, "images/s"
            ),
            Result.at_least(f"{name}, ratio", seconds.ratio, "", 1.0),
        ]
    return results + _memory(args.small)


def _encode(architecture: Architecture, batch: int, rounds: int) -> Comparison:
    """A batch encoded by us, and by the original's structure."""
    torch.manual_seed(0)
    a = architecture
    model, plain = MaskedAutoencoder(a).eval(), PlainMAE(a).eval()
    plain.load_state_dict(model.state_dict())
    images = torch.randn(batch, a.bands, a.image, a.image)
    encoder = Encoder(model, NoScaling(), "cls", orientations=1, batch_size=batch)

    def theirs() -> torch.Tensor:
        with torch.inference_mode():
            return plain.encode(images)[:, 0]

    difference = np.abs(encoder.encode(images.numpy()) - theirs().numpy()).max()
    if difference > 1e-4:
        raise AstroMaskError(f"The two implementations differ by {difference:.2g}.")
    return compare(lambda: encoder.encode(images.numpy()), theirs, rounds)


def _memory(small: bool) -> list[Result]:
    """Peak memory of `astromask embed`: of a survey, and of one four times as large."""
    if small:
        return [Result("peak memory, 64 galaxies", _peak(64, side=16), "MB")]
    few, many = _peak(1500, side=64), _peak(6000, side=64)
    limit = round(_GROWTH * few, 1)
    return [
        Result("peak memory, 1500 galaxies", few, "MB"),
        Result.at_most("peak memory, 6000 galaxies", many, "MB", limit),
    ]


def _peak(count: int, side: int) -> float:
    """Peak resident memory of the command, MB."""
    a = Architecture(image=side, patch=8, bands=5, width=32, depth=1, heads=2, hidden=64)
    header = CheckpointHeader(
        architecture=a,
        bands=BANDS,
        scaling={"kind": "none"},
        crop=side,
        code_version=version("astromask"),
    )
    with tempfile.TemporaryDirectory() as name:
        workspace = make_workspace(Path(name), count, side)
        checkpoint = Path(name) / "checkpoint.safetensors"
        save_checkpoint(checkpoint, MaskedAutoencoder(a), header)
        words = ["embed", str(workspace.folder), "--checkpoint", str(checkpoint), "--device", "cpu"]
        with open(os.devnull, "wb") as nothing:
            number = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", "trainer.cli", *words],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, nothing.fileno(), 1),
                    (os.POSIX_SPAWN_DUP2, nothing.fileno(), 2),
                ],
            )
        _, status, usage = os.wait4(number, 0)
    if os.waitstatus_to_exitcode(status):
        raise AstroMaskError(f"The embedding of {count} galaxies failed.")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kilobytes / 1024

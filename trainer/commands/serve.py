"""Answer requests for embeddings and reconstructions on the standard input (for the window)."""

from __future__ import annotations

import argparse
from typing import get_args

from trainer.config import Device


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--device", choices=get_args(Device), default="cpu", help="Where to compute. Default: cpu."
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the input closes; returns the exit code."""
    from trainer.serving import serve_standard_streams, take_standard_output

    answers = take_standard_output()

    from trainer.inference.serve import ModelServer

    return serve_standard_streams(ModelServer(args.device), answers)

"""Answer requests for embeddings and reconstructions on the standard input (for the window)."""

from __future__ import annotations

import argparse
import os
import sys
from typing import get_args

from trainer.config import Device


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--device", choices=get_args(Device), default="cpu", help="Where to compute. Default: cpu."
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the input closes; returns the exit code."""
    # Answers go out by a descriptor of their own: what a library prints must not mix in.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr

    from trainer.inference.serve import ModelServer, serve

    with answers:
        return serve(sys.stdin.buffer, answers, ModelServer(args.device))

"""Measure how wrong the model is about the hidden parts of every galaxy.

Writes columns of the workspace: reconstruction_error (mean squared error on hidden patches,
in the model's scaled units), the same for each band, reconstruction_contrast (variance of the
scaled pixels), and reconstruction_surprise: how far the error lies above that of galaxies of
like contrast, in units of their scatter. Sort or colour by the last to find the strangest.
Continues where it was stopped, and adds what the workspace has grown by.
"""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import ReconstructConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, ReconstructConfig)


def run(args: argparse.Namespace) -> int:
    """Run the job in the foreground; returns its exit code."""
    from trainer.launch import foreground

    return foreground.run(config_from_args(ReconstructConfig, args))

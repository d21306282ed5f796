"""Encode every galaxy of the workspace with a checkpoint, nothing masked.

The vectors go to the workspace's embeddings/NAME. Continues where it was stopped, and adds
what the workspace has grown by.
"""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import EmbedConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, EmbedConfig)


def run(args: argparse.Namespace) -> int:
    """Embed in the foreground; returns the exit code."""
    from trainer.launch import foreground

    return foreground.run(config_from_args(EmbedConfig, args))

"""Train a masked autoencoder on the workspace's cutouts.

Checkpoints, losses (losses.csv) and pictures of reconstructions go to the workspace's
runs/<UTC time>-pretrain/. Ctrl-C stops tidily; --resume RUN_FOLDER goes on exactly, with
the options of that run where none are given.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import PretrainConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, PretrainConfig)


def run(args: argparse.Namespace) -> int:
    """Train in the foreground; returns the exit code."""
    from trainer.launch import foreground

    if args.resume is not None:
        _take_over(args)
    return foreground.run(config_from_args(PretrainConfig, args))


def _take_over(args: argparse.Namespace) -> None:
    """Fill options that were not given with those of the run to resume."""
    from trainer.workspace.runs import CONFIG_FILE, RunFolder

    resume: Path = args.resume
    folder = resume if resume.is_dir() else resume.parent
    if not (folder / CONFIG_FILE).is_file():
        return
    config = RunFolder(folder).config()
    if not isinstance(config, PretrainConfig):
        return
    for name in PretrainConfig.model_fields:
        if getattr(args, name, None) is None:
            setattr(args, name, getattr(config, name))

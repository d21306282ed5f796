from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from trainer.commands.options import absolute, add_config_arguments, config_from_args
from trainer.config import EmbedConfig, PretrainConfig, ProjectConfig
from trainer.errors import QueryError


def parse(model: type, *words: str, skip: tuple[str, ...] = ()) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_config_arguments(parser, model, skip)
    return parser.parse_args(words)


def test_fields_become_options_of_their_type() -> None:
    args = parse(
        PretrainConfig,
        "survey",
        *("--model", "tiny", "--mask-ratio", "0.5", "--epochs", "3", "--no-augment"),
        "--norm-pix-loss",
    )
    config = config_from_args(PretrainConfig, args)
    assert config.workspace == Path("survey").absolute()
    assert (config.model, config.mask_ratio, config.epochs) == ("tiny", 0.5, 3)
    assert (config.augment, config.norm_pix_loss) == (False, True)
    assert config.lr == PretrainConfig.model_fields["lr"].default


def test_paths_are_made_absolute_since_a_job_may_run_elsewhere() -> None:
    args = parse(EmbedConfig, "survey", "--checkpoint", "~/model.pth", "--orientations", "1")
    config = config_from_args(EmbedConfig, args)
    assert config.checkpoint == Path.home() / "model.pth"
    assert config.orientations == 1


def test_a_required_field_is_a_required_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        parse(EmbedConfig, "survey")


def test_a_value_that_does_not_fit_is_named() -> None:
    args = parse(PretrainConfig, "survey", "--mask-ratio", "1.5", "--epochs", "0")
    with pytest.raises(QueryError, match=r"--mask-ratio 1\.5 does not fit.*--epochs 0 does not"):
        config_from_args(PretrainConfig, args)


def test_choices_are_those_of_the_field() -> None:
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        parse(ProjectConfig, "survey", "--method", "magic")


def test_skipped_fields_keep_their_defaults() -> None:
    args = parse(ProjectConfig, "survey", skip=("neighbours",))
    assert not hasattr(args, "neighbours")
    assert config_from_args(ProjectConfig, args).neighbours == 15


def test_the_help_names_units_defaults_and_percent_signs() -> None:
    parser = argparse.ArgumentParser()
    add_config_arguments(parser, PretrainConfig)
    text = " ".join(parser.format_help().split())
    assert "--patch N Side of a patch, pixels. Default: 8." in text
    assert "--augment, --no-augment" in text


def test_a_path_of_a_user_who_is_not_there_is_a_path_like_any_other() -> None:
    assert absolute(Path("~nobody-of-that-name/x")) == Path.cwd() / "~nobody-of-that-name/x"
    assert absolute(Path("~/x")) == Path.home() / "x"

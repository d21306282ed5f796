from __future__ import annotations

from pathlib import Path

import pytest

from trainer.cli import main
from trainer.config import EmbedConfig, JobConfig, PretrainConfig
from trainer.workspace.runs import create_run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[JobConfig]:
    """The configurations that commands would have run."""
    configs: list[JobConfig] = []

    def run(config: JobConfig) -> int:
        configs.append(config)
        return 0

    monkeypatch.setattr("trainer.launch.foreground.run", run)
    return configs


def test_options_become_the_configuration(asked: list[JobConfig], tmp_path: Path) -> None:
    words = ["--model", "tiny", "--patch", "4", "--mask-ratio", "0.6", "--epochs", "3"]
    assert main(["pretrain", str(tmp_path), *words, "--norm-pix-loss"]) == 0
    assert asked == [
        PretrainConfig(
            workspace=tmp_path, model="tiny", patch=4, mask_ratio=0.6, epochs=3, norm_pix_loss=True
        )
    ]


def test_a_resumed_run_keeps_its_options_but_for_those_given(
    asked: list[JobConfig], tmp_path: Path
) -> None:
    (tmp_path / "workspace.toml").touch()
    before = PretrainConfig(workspace=tmp_path, model="tiny", patch=16, epochs=7, seed=3)
    run = create_run(tmp_path, before).path
    assert main(["pretrain", str(tmp_path), "--resume", str(run), "--epochs", "9"]) == 0
    assert asked == [before.model_copy(update={"epochs": 9, "resume": run})]


def test_embedding_takes_a_run_folder(asked: list[JobConfig], tmp_path: Path) -> None:
    words = ["--checkpoint", str(tmp_path), "--pool", "cls", "--orientations", "1"]
    assert main(["embed", str(tmp_path), *words]) == 0
    assert asked == [
        EmbedConfig(workspace=tmp_path, checkpoint=tmp_path, pool="cls", orientations=1)
    ]


def test_a_value_that_does_not_fit_exits_2(
    asked: list[JobConfig], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pretrain", str(tmp_path), "--mask-ratio", "1.5"]) == 2
    assert "--mask-ratio" in capsys.readouterr().err
    assert not asked

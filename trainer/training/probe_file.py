"""A learnt linear score as a file of plain numbers, with everything that it came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.atomic import write_text
from trainer.config import FinetuneConfig
from trainer.errors import FormatError, QueryError, WorkspaceError
from trainer.store.manifest import utc_now
from trainer.training.linear_model import LinearModel
from trainer.workspace.runs import list_runs
from trainer.workspace.workspace import Workspace

PROBE_FILE = "linear.json"


class ProbeFile(BaseModel):
    """What `runs/<run>/linear.json` holds."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    format: int = 1
    run: str
    """Name of the run folder in which it was learnt."""
    created: str = Field(default_factory=utc_now)
    """ISO 8601, UTC."""
    labels: str
    """Name of the label set."""
    labels_revision: str
    counts: dict[str, int]
    """Examples by grade, and "ungraded" for those that were taken as weak negatives."""
    store: str
    store_identity: str
    checkpoint_sha256: str | None
    """None for vectors that were imported."""
    catalogue_fingerprint: str
    catalogue_rows: int
    seed: int
    c: float
    """Inverse strength of the penalty."""
    auroc: float | None
    """Cross-validated; None with too few examples."""
    whitening: str
    """Identity of the `trainer.store.whitening` in whose features it was learnt."""
    mean: list[float]
    coefficients: list[float]
    intercept: float
    code_version: str = ""

    @property
    def model(self) -> LinearModel:
        """The model that the numbers make up."""
        return LinearModel(np.array(self.mean), np.array(self.coefficients), self.intercept)


def write_probe(folder: Path, probe: ProbeFile) -> Path:
    """Write `probe` into the run folder; returns its path. Raises WorkspaceError."""
    path = folder / PROBE_FILE
    write_text(path, probe.model_dump_json(indent=1) + "\n")
    return path


def read_probe(folder: Path) -> ProbeFile:
    """The score learnt in the run at `folder`. Raises WorkspaceError, FormatError."""
    path = folder / PROBE_FILE
    try:
        probe = ProbeFile.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceError(
            f"The run {folder.name} has learnt no score: {path} was not found."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise FormatError(f"{path} is not a learnt linear score.") from error
    if probe.format != 1 or len(probe.mean) != len(probe.coefficients):
        raise FormatError(f"{path} is not a linear score that this version can read.")
    return probe


def find_probe(workspace: Workspace, labels: str, run: str | None) -> ProbeFile:
    """The score of the run named `run`, or the newest that was learnt from `labels`.

    Raises QueryError where there is none, or it was learnt from another label set.
    """
    if run is not None:
        if not run or Path(run).name != run:
            raise QueryError(f"{run!r} is not the name of a run of {workspace.folder}.")
        probe = read_probe(workspace.runs_folder / run)
        if probe.labels != labels:
            raise QueryError(
                f'The run {run} learnt from the labels "{probe.labels}"; a score for "{labels}"'
                " was asked for."
            )
        return probe
    for folder in reversed(list_runs(workspace.folder)):
        if not (folder.path / PROBE_FILE).exists():
            continue
        config = folder.config()
        if isinstance(config, FinetuneConfig) and config.labels == labels:
            return read_probe(folder.path)
    raise QueryError(
        f'Nothing was learnt from the labels "{labels}" yet. Grade some galaxies, then run'
        f" `astromask finetune {workspace.folder} --labels {labels}`."
    )

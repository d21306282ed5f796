"""The jobs `finetune` and `score`, from grades to a column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.store.workspaces import add_store, cutouts, make_workspace, write_cutouts
from trainer.cli import main
from trainer.config import FinetuneConfig, ScoreConfig
from trainer.errors import FormatError, JobCancelled, MismatchError, QueryError, WorkspaceError
from trainer.events import Event, Finished, Metric, Warned
from trainer.launch.context import JobContext
from trainer.store.choose import open_store
from trainer.store.whitening import whitening_of
from trainer.training.linear_probe import GRADE_WEIGHTS, run_finetune, run_score
from trainer.training.probe_file import PROBE_FILE, read_probe
from trainer.workspace.labels import LabelJournal
from trainer.workspace.runs import RunFolder, create_run
from trainer.workspace.workspace import Workspace

N = 300
LENSES = np.arange(0, N, 5)


def _vectors() -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(N, 12))
    vectors[LENSES, 0] += 4
    return (vectors * 2 + 5).astype(np.float32)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = make_workspace(tmp_path / "w", N)
    add_store(workspace, vectors=_vectors())
    return workspace


def _grade(workspace: Workspace, **rows: Any) -> None:
    journal = LabelJournal(workspace.labels_folder, "lens", "ann", catalogue=workspace.catalogue)
    for grade, chosen in rows.items():
        journal.grade(np.asarray(chosen), grade)
    journal.close()


def _others(count: int) -> np.ndarray:
    return np.setdiff1d(np.arange(N), LENSES)[:count]


class _Run:
    def __init__(self, job: Any, config: Any) -> None:
        self.folder: RunFolder = create_run(config.workspace, config)
        self.events: list[Event] = []
        self._job, self._config = job, config

    def __call__(self) -> Finished:
        context = JobContext(self.folder.path, self.events.append)
        finished: Finished = self._job(self._config, context)
        return finished

    @property
    def warnings(self) -> str:
        return " ".join(event.message for event in self.events if isinstance(event, Warned))

    @property
    def metrics(self) -> dict[str, float]:
        (metric,) = (event for event in self.events if isinstance(event, Metric))
        return metric.values


def _finetune(workspace: Workspace, **options: Any) -> _Run:
    return _Run(run_finetune, FinetuneConfig(workspace=workspace.folder, **options))


def _score(workspace: Workspace, **options: Any) -> _Run:
    return _Run(run_score, ScoreConfig(workspace=workspace.folder, **options))


def test_ten_lenses_and_ten_others_rank_the_rest(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    run = _finetune(workspace)
    finished = run()
    assert "10 positives and 10 negatives" in finished.message
    assert run.metrics["auroc"] > 0.8
    assert run.warnings == ""
    assert _score(workspace)().outputs["column"] == "score_lens"

    scores = workspace.columns.values("score_lens")
    assert np.all((scores >= 0) & (scores <= 1))
    ungraded = np.setdiff1d(np.arange(N), np.r_[LENSES[:10], _others(10)])
    best = ungraded[np.argsort(-scores[ungraded])][:20]
    assert np.isin(best, LENSES).mean() > 0.8


def test_the_model_is_kept_as_plain_numbers_with_its_provenance(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:4], B=LENSES[4:7], C=LENSES[7:9], X=_others(12))
    run = _finetune(workspace, seed=3)
    finished = run()
    path = workspace.folder / finished.outputs["model"]
    assert path == run.folder.path / PROBE_FILE
    facts = json.loads(path.read_text())
    store = add_store(workspace, "again", vectors=_vectors()).manifest
    journal = LabelJournal(workspace.labels_folder, "lens", "ann")
    assert facts["labels_revision"] == journal.revision()
    assert facts["store_identity"] == store.identity
    assert facts["catalogue_fingerprint"] == workspace.catalogue.fingerprint
    assert facts["counts"] == {"A": 4, "B": 3, "C": 2, "X": 12}
    assert (facts["store"], facts["seed"], facts["run"]) == ("tiny", 3, run.folder.name)
    model = read_probe(run.folder.path).model
    vectors = _vectors().astype(np.float16).astype(np.float64)
    assert facts["whitening"] == whitening_of(open_store(workspace, "tiny")).identity

    _score(workspace)()
    np.testing.assert_allclose(workspace.columns.values("score_lens"), model.score(vectors))
    told = workspace.columns.provenance("score_lens")
    assert told["run"] == run.folder.name
    for fact in ("labels_revision", "store_identity", "checkpoint_sha256"):
        assert told[fact] == facts[fact]


def test_grades_count_by_how_sure_they_are() -> None:
    weights = [GRADE_WEIGHTS[grade] for grade in "ABC"]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0


def test_without_x_random_galaxies_stand_in_and_it_is_said(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10])
    run = _finetune(workspace)
    run()
    assert "No galaxy is graded X, so 200 ungraded galaxies stand in" in run.warnings
    assert run.metrics["negatives"] == 200
    assert read_probe(run.folder.path).counts["ungraded"] == 200
    _score(workspace)()
    scores = workspace.columns.values("score_lens")
    assert np.median(scores[LENSES]) > np.quantile(scores[_others(N)], 0.9)


def test_the_same_seed_draws_the_same_stand_ins(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10])
    models = []
    for seed in (1, 1, 2):
        run = _finetune(workspace, seed=seed)
        run()
        models.append(read_probe(run.folder.path).coefficients)
    assert models[0] == models[1] != models[2]


def test_a_single_x_is_helped_by_stand_ins(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:5], X=_others(1))
    run = _finetune(workspace)
    run()
    assert "Only one galaxy is graded X" in run.warnings
    assert run.metrics["negatives"] == 201


def test_few_examples_are_learnt_from_but_not_judged(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:4], X=_others(10))
    run = _finetune(workspace)
    assert "AUROC" not in run().message
    assert "auroc" not in run.metrics
    assert "can't be cross-validated" in run.warnings


@pytest.mark.parametrize(("graded", "words"), [(0, "are none"), (1, "is 1"), (2, "are 2")])
def test_too_few_positives_are_refused(workspace: Workspace, graded: int, words: str) -> None:
    _grade(workspace, X=_others(20))
    if graded:
        _grade(workspace, B=LENSES[:graded])
    with pytest.raises(QueryError, match=f"at least 3 galaxies graded A, B or C; there {words}"):
        _finetune(workspace)()


def test_nothing_graded_at_all_is_refused(workspace: Workspace) -> None:
    with pytest.raises(QueryError, match="there are none"):
        _finetune(workspace, labels="merger")()


def test_graded_galaxies_without_an_embedding_are_left_out(workspace: Workspace) -> None:
    vectors = _vectors()
    vectors[LENSES[0], 2] = np.nan
    add_store(workspace, "half", vectors=vectors[:200])
    _grade(workspace, A=LENSES[:5], B=LENSES[-1:], X=_others(5))
    run = _finetune(workspace, store="half")
    run()
    assert "2 of 11 graded galaxies have no usable embedding" in run.warnings
    assert run.metrics["positives"] == 4
    _score(workspace)()
    scores = workspace.columns.values("score_lens")
    missing = np.flatnonzero(np.isnan(scores))
    assert missing.tolist() == [LENSES[0], *range(200, N)]


def test_several_label_sets_have_their_own_scores(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    other = LabelJournal(workspace.labels_folder, "bright", "ann", catalogue=workspace.catalogue)
    other.grade(_others(10), "A")
    other.grade(LENSES[:10], "X")
    other.close()
    _finetune(workspace)()
    _finetune(workspace, labels="bright")()
    _score(workspace)()
    _score(workspace, labels="bright")()
    lens, bright = (workspace.columns.values(f"score_{name}") for name in ("lens", "bright"))
    assert np.corrcoef(lens, bright)[0, 1] < -0.9


def test_the_newest_run_is_used_unless_one_is_named(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    first, second = _finetune(workspace), _finetune(workspace)
    first()
    second()
    assert _score(workspace)().outputs["run"] == second.folder.name
    assert _score(workspace, run=first.folder.name)().outputs["run"] == first.folder.name
    with pytest.raises(WorkspaceError, match="has learnt no score"):
        _score(workspace, run="2020-01-01T00-00-00Z-finetune")()
    with pytest.raises(QueryError, match="not the name of a run"):
        _score(workspace, run="../elsewhere")()
    with pytest.raises(QueryError, match='learnt from the labels "lens"'):
        _score(workspace, labels="merger", run=first.folder.name)()


def test_scoring_before_learning_is_refused(workspace: Workspace) -> None:
    with pytest.raises(QueryError, match="astromask finetune"):
        _score(workspace)()


def test_a_score_of_other_vectors_is_refused_naming_both(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    _finetune(workspace)()
    folder = workspace.store_folder("tiny")
    folder.rename(folder.with_name("old"))
    add_store(workspace, vectors=_vectors(), checkpoint_sha256="b" * 64)
    with pytest.raises(MismatchError, match=r"learnt from vectors .* now holds others"):
        _score(workspace)()


def test_a_damaged_model_is_a_sentence(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    run = _finetune(workspace)
    run()
    path = run.folder.path / PROBE_FILE
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"mean": [1.0]}))
    with pytest.raises(FormatError, match="not a linear score"):
        _score(workspace)()
    path.write_text("{}")
    with pytest.raises(FormatError, match="not a learnt linear score"):
        _score(workspace)()


def test_grades_given_since_are_said(workspace: Workspace) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    _finetune(workspace)()
    _grade(workspace, A=LENSES[10:12])
    run = _score(workspace)
    run()
    assert "have changed since" in run.warnings


def test_galaxies_that_were_added_and_embedded_are_scored_too(
    workspace: Workspace, tmp_path: Path
) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    _finetune(workspace)()
    workspace.add([write_cutouts(tmp_path / "more.h5", cutouts(6, seed=9), first=N)])
    vectors = np.concatenate([_vectors(), _vectors()[:6]])
    folder = workspace.store_folder("tiny")
    folder.rename(folder.with_name("old"))
    add_store(workspace, vectors=vectors)
    _score(workspace)()
    scores = workspace.columns.values("score_lens")
    np.testing.assert_allclose(scores[N:], scores[:6])


@pytest.mark.parametrize("job", [_finetune, _score])
def test_a_cancelled_job_writes_nothing(workspace: Workspace, job: Any) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    if job is _score:
        _finetune(workspace)()
    run = job(workspace)
    run.folder.request_cancel()
    with pytest.raises(JobCancelled):
        run()
    assert not (run.folder.path / PROBE_FILE).exists()
    assert "score_lens" not in workspace.columns.names()


def test_the_commands_finetune_and_score_do_the_same(
    workspace: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    _grade(workspace, A=LENSES[:10], X=_others(10))
    folder = str(workspace.folder)
    assert main(["finetune", folder, "--labels", "lens", "--method", "linear"]) == 0
    assert "AUROC" in capfd.readouterr().out
    run = next(workspace.runs_folder.glob("*-finetune")).name
    assert main(["score", folder, "--run", run]) == 0
    assert '"score_lens"' in capfd.readouterr().out
    assert np.isfinite(workspace.columns.values("score_lens")).all()
    assert main(["finetune", folder, "--labels", "merger"]) == 2
    assert "at least 3 galaxies" in capfd.readouterr().err


def test_learning_needs_something_to_stand_against(workspace: Workspace) -> None:
    _grade(workspace, A=np.arange(N))
    with pytest.raises(QueryError, match="every galaxy with an embedding is graded"):
        _finetune(workspace)()

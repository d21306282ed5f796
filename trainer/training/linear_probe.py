"""The jobs `finetune` and `score`: a linear probe learns grades from stored embeddings.

Grades A, B and C are positives of falling weight, X are negatives. The embeddings are
standardised and whitened as for the search (`trainer.store.whitening`) and the two classes
weighted to count the same; so the score is the probability of being positive if half the
galaxies were.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from trainer.config import FinetuneConfig, ScoreConfig
from trainer.errors import MismatchError, QueryError
from trainer.events import Finished, Metric, Progress, Stage
from trainer.launch.context import JobContext
from trainer.store.choose import open_store
from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import usable
from trainer.store.whitening import whitening_of
from trainer.training.linear_model import (
    DEFAULT_C,
    FOLDS,
    LinearModel,
    cross_validated_auroc,
    fit_linear,
)
from trainer.training.probe_file import ProbeFile, find_probe, write_probe
from trainer.workspace.label_sets import GRADES, combined_grades, revision
from trainer.workspace.workspace import Workspace

GRADE_WEIGHTS = {"A": 1.0, "B": 0.8, "C": 0.4, "X": 1.0}
"""How much an example of each grade counts within its class: an A is almost certain, a C
only possible, so a C that turns out wrong must not undo what the A's say."""

FEWEST_POSITIVES = 3
FEWEST_NEGATIVES = 3
"""Below so many X, galaxies that nobody graded stand in as negatives."""

_WEAK_WEIGHT = 0.25
_WEAK_PER_POSITIVE = 10
_FEWEST_WEAK = 200

__all__ = ["LinearModel", "fit_linear", "run_finetune", "run_score", "score_column"]


def score_column(labels: str) -> str:
    """Name of the column that holds the score learnt from a label set."""
    return f"score_{labels}"


def run_finetune(config: FinetuneConfig, context: JobContext) -> Finished:
    """Learn a score from the grades of `config.labels`. Raises AstroMaskError, JobCancelled."""
    workspace = Workspace.open(config.workspace)
    store = open_store(workspace, config.store)
    labels_revision = revision(workspace.labels_folder, config.labels)
    codes = combined_grades(
        workspace.labels_folder, config.labels, len(workspace), workspace.catalogue
    )
    context.emit(Stage(name="Reading the embeddings"))
    whitening = whitening_of(store)
    examples = _examples(codes, _usable_rows(store, context), config, context)
    vectors = store.read(examples.rows)
    context.emit(Stage(name="Learning"))
    model = fit_linear(vectors, examples.labels, examples.weights, whitening=whitening)
    context.raise_if_cancelled()
    auroc = cross_validated_auroc(
        vectors, examples.labels, examples.weights, whitening=whitening, seed=config.seed
    )
    _tell(context, examples, auroc)
    probe = ProbeFile(
        run=context.folder.name,
        labels=config.labels,
        labels_revision=labels_revision,
        counts=examples.counts,
        auroc=auroc,
        seed=config.seed,
        c=DEFAULT_C,
        **_origin(workspace, store),
        whitening=whitening.identity,
        mean=model.mean.tolist(),
        coefficients=model.coefficients.tolist(),
        intercept=model.intercept,
    )
    path = write_probe(context.folder, probe)
    outputs = {"model": f"runs/{context.folder.name}/{path.name}", "run": context.folder.name}
    return Finished(message=_sentence(examples, auroc), outputs=outputs)


def run_score(config: ScoreConfig, context: JobContext) -> Finished:
    """Score every galaxy with what a fine-tuning learned, into the column `score_<labels>`.

    Raises AstroMaskError, JobCancelled.
    """
    workspace = Workspace.open(config.workspace)
    probe = find_probe(workspace, config.labels, config.run)
    store = open_store(workspace, probe.store)
    if store.manifest.identity != probe.store_identity:
        raise MismatchError(
            f"The run {probe.run} learnt from vectors {_made_by(probe)}; the store"
            f' "{probe.store}" now holds others, of {store.manifest.origin} or made in another'
            " way. Run `astromask finetune` again."
        )
    if revision(workspace.labels_folder, config.labels) != probe.labels_revision:
        context.warn(
            f'The labels "{config.labels}" have changed since {probe.run} learnt from them; run'
            " `astromask finetune` again to use the new grades."
        )
    scores = _scores(store, probe.model, context)
    column = score_column(config.labels)
    workspace.columns.add_measure(
        column,
        store.rows,
        scores,
        provenance={
            **_origin(workspace, store),
            "method": "linear",
            "run": probe.run,
            "scored_in": context.folder.name,
            "labels": probe.labels,
            "labels_revision": probe.labels_revision,
            "auroc": probe.auroc,
        },
        description=f'Probability of a positive grade in "{config.labels}", even odds assumed.',
    )
    return Finished(
        message=f'{len(scores):,} galaxies are scored; the column is "{column}".',
        outputs={"column": column, "run": probe.run, "store": probe.store},
    )


def _made_by(probe: ProbeFile) -> str:
    if probe.checkpoint_sha256 is None:
        return "that were imported"
    return f"of the checkpoint with the sha256 {probe.checkpoint_sha256[:12]}…"


def _origin(workspace: Workspace, store: EmbeddingStore) -> dict[str, Any]:
    return {
        "store": store.folder.name,
        "store_identity": store.manifest.identity,
        "checkpoint_sha256": store.manifest.checkpoint_sha256,
        "catalogue_fingerprint": workspace.catalogue.fingerprint,
        "catalogue_rows": len(workspace),
        "code_version": version("astromask"),
    }


@dataclass(frozen=True)
class _Examples:
    rows: np.ndarray
    """(n,) uint32."""
    labels: np.ndarray
    """(n,) bool, true for positives."""
    weights: np.ndarray
    """(n,) float64, within the class."""
    counts: dict[str, int]


def _usable_rows(store: EmbeddingStore, context: JobContext) -> np.ndarray:
    """(n,) uint32: rows whose vectors are finite and not zero."""
    found = [np.empty(0, np.uint32)]
    for rows, vectors in store.blocks():
        context.raise_if_cancelled()
        found.append(rows[usable(vectors)])
    return np.concatenate(found)


def _examples(
    codes: np.ndarray, usable_rows: np.ndarray, config: FinetuneConfig, context: JobContext
) -> _Examples:
    """Graded galaxies with a vector; where X are few, ungraded ones too, drawn by the seed."""
    graded = np.flatnonzero(codes)
    known = np.isin(graded, usable_rows)
    if not known.all():
        context.warn(
            f"{int((~known).sum())} of {len(graded)} graded galaxies have no usable embedding"
            " and are left out."
        )
    rows = graded[known]
    grades = codes[rows]
    counts = {grade: int((grades == code).sum()) for code, grade in enumerate(GRADES, start=1)}
    positives = counts["A"] + counts["B"] + counts["C"]
    if positives < FEWEST_POSITIVES:
        raise QueryError(
            f'Learning from the labels "{config.labels}" needs at least {FEWEST_POSITIVES}'
            f" galaxies graded A, B or C; there {'is' if positives == 1 else 'are'}"
            f" {positives or 'none'}. Some graded X help too."
        )
    weights = np.array([GRADE_WEIGHTS[grade] for grade in GRADES])[grades - 1]
    if counts["X"] < FEWEST_NEGATIVES:
        weak = _ungraded(codes, usable_rows, positives, config.seed)
        counts["ungraded"] = len(weak)
        context.warn(_weak_warning(counts["X"], len(weak)))
        rows = np.concatenate([rows, weak])
        grades = np.concatenate([grades, np.full(len(weak), len(GRADES), grades.dtype)])
        weights = np.concatenate([weights, np.full(len(weak), _WEAK_WEIGHT)])
    return _Examples(rows.astype(np.uint32), grades < len(GRADES), weights, counts)


def _ungraded(codes: np.ndarray, usable: np.ndarray, positives: int, seed: int) -> np.ndarray:
    candidates = np.sort(usable[codes[usable] == 0])
    wanted = max(_FEWEST_WEAK, _WEAK_PER_POSITIVE * positives)
    if not len(candidates):
        raise QueryError(
            "Learning needs galaxies graded X, or ungraded ones to stand in for them; every"
            " galaxy with an embedding is graded A, B or C."
        )
    random = np.random.default_rng(seed)
    return random.choice(candidates, min(wanted, len(candidates)), replace=False)


def _weak_warning(negatives: int, weak: int) -> str:
    have = {0: "No galaxy is", 1: "Only one galaxy is"}.get(negatives, f"Only {negatives} are")
    return (
        f"{have} graded X, so {weak} ungraded galaxies stand in as negatives. Some of them may"
        " be what you look for; a few dozen X make the score better and its AUROC honest."
    )


def _tell(context: JobContext, examples: _Examples, auroc: float | None) -> None:
    values = {
        "positives": float(examples.labels.sum()),
        "negatives": float((~examples.labels).sum()),
    }
    if auroc is None:
        context.warn(
            f"With fewer than {FOLDS} examples of either kind the score can't be"
            " cross-validated; how good it is remains unknown."
        )
    else:
        values["auroc"] = auroc
    context.emit(Metric(step=1, epoch=1.0, values=values))


def _sentence(examples: _Examples, auroc: float | None) -> str:
    positives, negatives = int(examples.labels.sum()), int((~examples.labels).sum())
    judged = "" if auroc is None else f"; cross-validated AUROC {auroc:.3f}"
    return f"A score was learnt from {positives} positives and {negatives} negatives{judged}."


def _scores(store: EmbeddingStore, model: LinearModel, context: JobContext) -> np.ndarray:
    context.emit(Stage(name="Scoring"))
    began, done = time.monotonic(), 0
    scores = np.empty(len(store))
    for rows, vectors in store.blocks():
        context.raise_if_cancelled()
        scores[done : done + len(rows)] = model.score(vectors)
        done += len(rows)
        left = (time.monotonic() - began) * (len(store) - done) / done
        context.emit(Progress(done=done, total=len(store), unit="galaxies", seconds_left=left))
    return scores

"""Logistic regression on embeddings: fitted, judged, and kept as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.errors import QueryError

DEFAULT_C = 1e-2
"""Inverse strength of the L2 penalty on standardised features. Far below scikit-learn's 1:
there are hundreds of features and often only tens of grades."""

FOLDS = 5


@dataclass(frozen=True)
class Standardiser:
    """Mean and spread of every feature."""

    mean: np.ndarray
    """(D,) float64."""
    scale: np.ndarray
    """(D,) float64, positive."""

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """(n, D) float64: `vectors` with mean 0 and spread 1."""
        standard: np.ndarray = (vectors - self.mean) / self.scale
        return standard

    @classmethod
    def from_sums(cls, count: int, total: np.ndarray, squares: np.ndarray) -> Standardiser:
        """Of `count` vectors whose sum and sum of squares are given; constants get spread 1."""
        mean = total / max(count, 1)
        variance = np.maximum(squares / max(count, 1) - mean**2, 0.0)
        constant = variance <= 1e-12 * np.maximum(mean**2, 1e-30)
        return cls(mean, np.where(constant, 1.0, np.sqrt(variance)))

    @classmethod
    def of(cls, vectors: np.ndarray) -> Standardiser:
        """Of `vectors` (n, D)."""
        exact = vectors.astype(np.float64)
        return cls.from_sums(len(exact), exact.sum(axis=0), (exact**2).sum(axis=0))


@dataclass(frozen=True)
class LinearModel:
    """The probability of being positive, were both classes equally frequent."""

    standardiser: Standardiser
    coefficients: np.ndarray
    """(D,) float64, of the standardised features."""
    intercept: float

    def score(self, vectors: np.ndarray) -> np.ndarray:
        """(n,) float64 from 0 to 1 for `vectors` (n, D); NaN where a vector is not finite."""
        margin = self.standardiser(vectors) @ self.coefficients + self.intercept
        score: np.ndarray = 0.5 * (1.0 + np.tanh(0.5 * margin))
        return score


def fit_linear(
    vectors: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    standardiser: Standardiser | None = None,
    c: float = DEFAULT_C,
) -> LinearModel:
    """Fit positives (`labels` (n,) true) against negatives in `vectors` (n, D).

    `weights` (n,) say how much each counts within its class; the two classes count the
    same. Features are standardised by `standardiser`, or by these vectors themselves.
    Raises QueryError where a class is empty.
    """
    from sklearn.linear_model import LogisticRegression

    labels = np.asarray(labels, bool)
    if labels.all() or not labels.any():
        missing = "negative" if labels.all() else "positive"
        raise QueryError(
            f"Learning needs examples of both kinds; none of the {len(labels)} is {missing}."
        )
    standardiser = standardiser or Standardiser.of(vectors)
    balanced = _balanced(labels, np.ones(len(labels)) if weights is None else weights)
    regression = LogisticRegression(C=c, max_iter=1000)
    regression.fit(standardiser(vectors), labels, sample_weight=balanced)
    return LinearModel(standardiser, regression.coef_[0], float(regression.intercept_[0]))


def cross_validated_auroc(
    vectors: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    *,
    standardiser: Standardiser,
    c: float = DEFAULT_C,
    seed: int = 0,
) -> float | None:
    """Area under the ROC curve of examples that the model did not see, from 0.5 (chance) to 1.

    The mean over `FOLDS` stratified folds; None with fewer than `FOLDS` of either class.
    """
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    labels = np.asarray(labels, bool)
    if min(labels.sum(), (~labels).sum()) < FOLDS:
        return None
    areas = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(vectors, labels):
        model = fit_linear(
            vectors[seen], labels[seen], weights[seen], standardiser=standardiser, c=c
        )
        areas.append(roc_auc_score(labels[unseen], model.score(vectors[unseen])))
    return float(np.mean(areas))


def _balanced(labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`weights` scaled so that either class sums to half the number of examples."""
    out = np.asarray(weights, np.float64).copy()
    for kind in (True, False):
        out[labels == kind] *= 0.5 * len(labels) / out[labels == kind].sum()
    return out

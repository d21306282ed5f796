"""Logistic regression on embeddings: fitted, judged, and kept as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.errors import QueryError
from trainer.store.whitening import Whitening

DEFAULT_C = 1.0
"""Inverse strength of the L2 penalty on whitened features, on which little depends: on the
demo's lenses a tenth and ten times as much change the AUROC by less than 0.01."""

FOLDS = 5


@dataclass(frozen=True)
class LinearModel:
    """The probability of being positive, were both classes equally frequent."""

    mean: np.ndarray
    """(D,) float64, taken off every vector."""
    coefficients: np.ndarray
    """(D,) float64."""
    intercept: float

    def score(self, vectors: np.ndarray) -> np.ndarray:
        """(n,) float64 from 0 to 1 for `vectors` (n, D); NaN where a vector is not finite."""
        margin = (vectors - self.mean) @ self.coefficients + self.intercept
        score: np.ndarray = 0.5 * (1.0 + np.tanh(0.5 * margin))
        return score


def fit_linear(
    vectors: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    whitening: Whitening | None = None,
    c: float = DEFAULT_C,
) -> LinearModel:
    """Fit positives (`labels` (n,) true) against negatives in `vectors` (n, D).

    `weights` (n,) say how much each counts within its class; the two classes count the
    same. Learns on the features that `whitening` makes of the vectors, or on vectors
    standardised by themselves. Raises QueryError where a class is empty.
    """
    from sklearn.linear_model import LogisticRegression

    labels = np.asarray(labels, bool)
    if labels.all() or not labels.any():
        missing = "negative" if labels.all() else "positive"
        raise QueryError(
            f"Learning needs examples of both kinds; none of the {len(labels)} is {missing}."
        )
    if whitening is None or not whitening.fitted:
        whitening = Whitening.standardising(vectors)
    balanced = _balanced(labels, np.ones(len(labels)) if weights is None else weights)
    regression = LogisticRegression(C=c, max_iter=1000)
    regression.fit(whitening.features(vectors), labels, sample_weight=balanced)
    # Both maps are linear, so the score needs the vectors themselves and nothing else.
    coefficients = whitening.axes.astype(np.float64) @ regression.coef_[0]
    return LinearModel(
        whitening.mean.astype(np.float64), coefficients, float(regression.intercept_[0])
    )


def cross_validated_auroc(
    vectors: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    *,
    whitening: Whitening | None = None,
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
        model = fit_linear(vectors[seen], labels[seen], weights[seen], whitening=whitening, c=c)
        areas.append(roc_auc_score(labels[unseen], model.score(vectors[unseen])))
    return float(np.mean(areas))


def _balanced(labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`weights` scaled so that either class sums to half the number of examples."""
    out = np.asarray(weights, np.float64).copy()
    for kind in (True, False):
        out[labels == kind] *= 0.5 * len(labels) / out[labels == kind].sum()
    return out

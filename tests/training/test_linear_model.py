"""Logistic regression on embeddings: weights, balance, standardisation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from trainer.errors import QueryError
from trainer.store.whitening import Whitening
from trainer.training.linear_model import cross_validated_auroc, fit_linear


def _examples(
    positives: int, negatives: int, dimension: int = 20, gap: float = 2.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(positives + negatives) < positives
    vectors = rng.normal(size=(len(labels), dimension))
    vectors[:, 0] += gap * labels
    return (vectors * 3 + 7).astype(np.float32), labels


def test_unseen_positives_score_above_unseen_negatives() -> None:
    model = fit_linear(*_examples(20, 20))
    vectors, labels = _examples(200, 200, seed=1)
    scores = model.score(vectors)
    assert np.all((scores >= 0) & (scores <= 1))
    above = (scores[labels][:, None] > scores[~labels][None]).mean()
    assert above > 0.8


def test_rare_positives_count_as_much_as_many_negatives() -> None:
    model = fit_linear(*_examples(10, 1000, gap=4))
    vectors, labels = _examples(300, 300, gap=4, seed=2)
    scores = model.score(vectors)
    assert scores[labels].mean() > 0.5 > scores[~labels].mean()


def test_weights_within_a_class_decide_whom_the_model_follows() -> None:
    # Two kinds of positives in opposite directions along the second axis.
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(300, 2)) * 0.3
    labels = np.arange(300) < 200
    vectors[:200, 0] += 2
    vectors[:100, 1] += 3
    vectors[100:200, 1] -= 3
    light = np.where(np.arange(300) < 100, 1.0, 0.1)
    model = fit_linear(vectors, labels, light)
    opposite = fit_linear(vectors, labels, np.where(labels, 1.1 - light, 1.0))
    assert model.coefficients[1] > 0 > opposite.coefficients[1]


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-100, 100))
def test_scores_do_not_depend_on_the_units_of_the_features(scale: float, shift: float) -> None:
    vectors, labels = _examples(15, 15, dimension=5)
    exact = vectors.astype(np.float64)
    changed = exact * scale + shift
    expected = fit_linear(exact, labels).score(exact)
    np.testing.assert_allclose(fit_linear(changed, labels).score(changed), expected, atol=1e-3)


def test_a_constant_feature_does_no_harm() -> None:
    vectors, labels = _examples(10, 10)
    vectors[:, 3] = 1e4
    assert np.isfinite(fit_linear(vectors, labels).score(vectors)).all()


def test_a_broken_vector_has_no_score() -> None:
    vectors, labels = _examples(10, 10)
    model = fit_linear(vectors, labels)
    vectors[2, 5] = np.nan
    assert np.flatnonzero(np.isnan(model.score(vectors))).tolist() == [2]


def test_extreme_vectors_keep_scores_between_0_and_1() -> None:
    vectors, labels = _examples(10, 10)
    model = fit_linear(vectors, labels)
    with np.errstate(all="raise"):
        scores = model.score(np.array([1e9, -1e9])[:, None] * model.coefficients)
    assert scores.tolist() == [1, 0]


@pytest.mark.parametrize(("value", "missing"), [(True, "negative"), (False, "positive")])
def test_examples_of_one_kind_are_refused(value: bool, missing: str) -> None:
    with pytest.raises(QueryError, match=f"none of the 6 is {missing}"):
        fit_linear(np.ones((6, 2)), np.full(6, value))


def test_the_whitening_of_a_survey_is_used_where_it_is_given() -> None:
    survey, _ = _examples(0, 500, dimension=6, seed=4)
    survey[:, 2] *= 50
    whitening = Whitening.fit(survey)
    vectors, labels = _examples(12, 12, dimension=6)
    model = fit_linear(vectors, labels, whitening=whitening)
    assert np.array_equal(model.mean, whitening.mean)
    features = whitening.features(vectors)
    reference = LogisticRegression().fit(features, labels).predict_proba(features)[:, 1]
    np.testing.assert_allclose(model.score(vectors), reference, atol=1e-4)


def _auroc(positives: int, negatives: int, gap: float, seed: int = 0) -> float | None:
    vectors, labels = _examples(positives, negatives, gap=gap)
    return cross_validated_auroc(vectors, labels, np.ones(len(labels)), seed=seed)


def test_the_auroc_is_near_1_for_kinds_apart_and_near_a_half_for_one_kind() -> None:
    apart, same = _auroc(60, 60, gap=6), _auroc(200, 200, gap=0)
    assert apart is not None
    assert same is not None
    assert apart > 0.98
    assert 0.4 < same < 0.6
    assert _auroc(60, 60, gap=1) == _auroc(60, 60, gap=1)


def test_too_few_examples_of_a_kind_give_no_auroc() -> None:
    assert _auroc(4, 50, gap=6) is None
    assert _auroc(50, 4, gap=6) is None
    assert _auroc(5, 5, gap=6) is not None

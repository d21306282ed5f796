"""The demo that ships: complete, small, free of the paths of whoever made it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from trainer.simulation import survey
from trainer.simulation.generate import Plan, draw_row
from trainer.simulation.scene import Mixture
from trainer.store.embeddings import EmbeddingStore
from trainer.store.projections import list_projections
from trainer.workspace.workspace import Workspace

DEMO = Path(__file__).parents[2] / "resources" / "demo"
PLAN = Plan(1200, 2026, 64, Mixture(0.08, 0.08, 0.0), packed=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    # A copy, as the window makes one: opening writes caches beside the catalogue.
    folder = tmp_path_factory.mktemp("demo") / "demo"
    shutil.copytree(DEMO, folder)
    return Workspace.open(folder)


def test_the_demo_is_at_most_40_megabytes() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) <= 40e6


def test_the_demo_has_its_galaxies_lenses_and_stars(demo: Workspace) -> None:
    assert len(demo) == 1200
    kinds = demo.columns.info("type").categories
    assert kinds is not None
    codes = demo.columns.values("type")
    for kind in ("lens", "star"):
        assert 0.05 < np.mean(codes == kinds.index(kind)) < 0.11


def test_the_demo_s_cutouts_are_those_of_the_simulator(demo: Workspace) -> None:
    rows = np.array([3, 700, 1199])
    stored = demo.survey().read(rows).pixels
    steps = survey.steps()[:, None, None]
    for pixels, row in zip(stored, rows, strict=True):
        difference = np.abs(pixels - draw_row(PLAN, int(row)).pixels) / steps
        # Another version of a library may round a few pixels to the next step.
        assert difference.max() <= 1
        assert np.mean(difference > 0) < 1e-3


def test_the_demo_s_embeddings_are_complete_and_of_its_checkpoint(demo: Workspace) -> None:
    from trainer.model.checkpoints import file_sha256

    store = EmbeddingStore.open(demo.store_folder("demo"))
    assert len(store) == 1200
    assert store.manifest.complete
    assert store.manifest.checkpoint_path == "checkpoint.safetensors"
    assert store.manifest.checkpoint_sha256 == file_sha256(DEMO / "checkpoint.safetensors")
    assert store.manifest.catalogue_fingerprint == demo.catalogue.fingerprint
    assert {"umap-0", "pca-0"} <= set(list_projections(demo.store_folder("demo")))


def test_lenses_are_found_from_a_few_labels_on_the_demo(demo: Workspace) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    store = EmbeddingStore.open(demo.store_folder("demo"))
    vectors = StandardScaler().fit_transform(store.read(np.arange(1200)))
    kinds = demo.columns.info("type").categories
    assert kinds is not None
    is_lens = demo.columns.values("type") == kinds.index("lens")
    rng = np.random.default_rng(0)
    lenses = rng.choice(np.nonzero(is_lens)[0], 15, replace=False)
    others = rng.choice(np.nonzero(~is_lens)[0], 45, replace=False)
    labelled = np.concatenate([lenses, others])
    probe = LogisticRegression(C=0.01, class_weight="balanced", max_iter=2000)
    probe.fit(vectors[labelled], is_lens[labelled])
    rest = np.setdiff1d(np.arange(1200), labelled)
    assert roc_auc_score(is_lens[rest], probe.decision_function(vectors[rest])) > 0.9


def test_no_path_of_another_machine_is_left_in_the_demo() -> None:
    settings = (DEMO / "workspace.toml").read_text(encoding="utf-8")
    assert 'path = "cutouts.h5"' in settings
    assert "absolute" not in settings
    for manifest in DEMO.rglob("*.json"):
        assert not any(
            isinstance(value, str) and value.startswith("/")
            for value in json.loads(manifest.read_text(encoding="utf-8")).values()
        )
    assert not (DEMO / "runs").exists()

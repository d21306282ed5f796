"""The search process: its answers, its errors, its end."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.store.stores import make_store
from trainer.store.embeddings import EmbeddingStore
from trainer.store.index import ExactIndex
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.store.search_server import SearchServer
from trainer.wire import read_message, write_message

RNG = np.random.default_rng(7)
VECTORS = RNG.normal(size=(50, 6)).astype(np.float16)
ROWS = RNG.permutation(80)[:50].astype(np.uint32)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddingStore:
    return make_store(tmp_path / "store", VECTORS, ROWS, 20)


@pytest.fixture
def server(store: EmbeddingStore) -> SearchServer:
    server = SearchServer()
    header, _ = server.answer({"id": 1, "op": "open", "store": str(store.folder)})
    assert header == {"id": 1, "ok": True, "count": 50}
    return server


def ask(server: SearchServer, request: dict[str, Any], **arrays: np.ndarray) -> dict[str, Any]:
    header, found = server.answer(request, arrays)
    assert header["ok"], header
    return {**header, **found}


def test_a_galaxy_of_the_store_is_answered_with_its_like_but_itself(
    server: SearchServer, store: EmbeddingStore
) -> None:
    row = int(ROWS[11])
    found = ask(server, {"op": "row", "row": row, "count": 7})
    expected, distances = ExactIndex(store).search(
        store.read(np.array([row])), 7, exclude_rows=np.array([row])
    )
    assert row not in found["rows"]
    assert found["rows"].tolist() == expected[0].tolist()
    np.testing.assert_allclose(found["distances"], distances[0])


def test_a_vector_finds_the_galaxy_that_it_is_of(server: SearchServer) -> None:
    vector = VECTORS[5:6].astype(np.float32)
    found = ask(server, {"op": "vector", "count": 3}, vector=vector)
    assert found["rows"][0] == ROWS[5] and found["distances"][0] < 1e-3
    assert found["place"] is None


def test_more_than_there_are_is_all_there_are(server: SearchServer) -> None:
    found = ask(server, {"op": "row", "row": int(ROWS[0]), "count": 500})
    assert sorted(found["rows"]) == sorted(ROWS[1:])
    assert np.isfinite(found["distances"]).all()


def test_another_store_takes_the_place_of_the_first(server: SearchServer, tmp_path: Path) -> None:
    other = make_store(tmp_path / "other", VECTORS[:3], np.arange(3, dtype=np.uint32), 3)
    assert ask(server, {"op": "open", "store": str(other.folder)})["count"] == 3
    assert sorted(ask(server, {"op": "row", "row": 0, "count": 9})["rows"]) == [1, 2]


@pytest.mark.parametrize(
    ("request_", "arrays", "said"),
    [
        ({"op": "row", "row": 99, "count": 3}, {}, "have no vector in the store"),
        ({"op": "vector", "count": 3}, {}, "no array named vector"),
        ({"op": "vector", "count": 3}, {"vector": np.ones((1, 5), np.float32)}, "length 6"),
        ({"op": "vector", "count": 3}, {"vector": np.full((1, 6), np.nan)}, "no direction"),
    ],
)
def test_what_cannot_be_answered_is_said_and_the_next_is_answered(
    server: SearchServer, request_: dict[str, Any], arrays: dict[str, np.ndarray], said: str
) -> None:
    header, _ = server.answer(request_, arrays)
    assert header["ok"] is False and said in header["error"]
    assert len(ask(server, {"op": "row", "row": int(ROWS[0]), "count": 4})["rows"]) == 4


def test_a_search_before_a_store_is_refused() -> None:
    header, _ = SearchServer().answer({"op": "row", "row": 0, "count": 3})
    assert "while no store was open" in header["error"]


def test_after_a_store_that_cannot_be_opened_none_of_the_one_before_is_found(
    server: SearchServer,
) -> None:
    header, _ = server.answer({"op": "open", "store": "/nowhere/at/all"})
    assert "/nowhere/at/all" in header["error"]
    header, _ = server.answer({"op": "row", "row": int(ROWS[0]), "count": 3})
    assert "while no store was open" in header["error"]


def test_the_process_answers_in_order_and_ends_with_its_input(store: EmbeddingStore) -> None:
    requests = io.BytesIO()
    write_message(requests, {"id": 1, "op": "open", "store": str(store.folder)})
    write_message(requests, {"id": 2, "op": "row", "row": int(ROWS[0]), "count": 2})
    done = subprocess.run(
        [sys.executable, "-m", "trainer.store.search_server"],
        input=requests.getvalue(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    answers = io.BytesIO(done.stdout)
    assert [read_message(answers)[0]["id"] for _ in range(2)] == [1, 2]  # type: ignore[index]
    assert read_message(answers) is None


def test_a_projection_with_axes_says_where_a_vector_lies(
    server: SearchServer, store: EmbeddingStore
) -> None:
    axes = RNG.normal(size=(7, 2))
    points = np.zeros((len(ROWS), 2), np.float32)
    manifest = ProjectionManifest(
        name="pca-0", method="pca", seed=0, metric="euclidean", rows=80, count=len(ROWS),
        store=store.manifest.name, store_identity=store.manifest.identity,
        catalogue_fingerprint="f",
    )  # fmt: skip
    write_projection(store.folder, manifest, ROWS, points, axes=axes)
    vector = VECTORS[5:6].astype(np.float32)
    found = ask(server, {"op": "vector", "count": 3, "projection": "pca-0"}, vector=vector)
    np.testing.assert_allclose(found["place"], vector[0] @ axes[:6] + axes[6], rtol=1e-5)
    unknown = ask(server, {"op": "vector", "count": 3, "projection": "umap-0"}, vector=vector)
    assert unknown["place"] is None

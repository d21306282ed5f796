"""Embedding from packed copies: the same vectors to half precision, and it is written down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.small_survey import write_cutouts
from trainer.config import EmbedConfig, PackConfig, PretrainConfig
from trainer.events import Event, Warned
from trainer.inference import embed
from trainer.launch.context import JobContext
from trainer.model.checkpoints import load_checkpoint
from trainer.packing import pack
from trainer.store.embeddings import EmbeddingStore
from trainer.training import pretrain
from trainer.workspace.workspace import Workspace


@pytest.fixture
def context(tmp_path: Path) -> JobContext:
    folder = tmp_path / "run"
    folder.mkdir()
    return JobContext(folder)


def embedded(workspace: Workspace, checkpoint: Path, context: JobContext, **how: object) -> str:
    fields = {"workspace": workspace.folder, "checkpoint": checkpoint, "device": "cpu", **how}
    embed.run(EmbedConfig.model_validate(fields), context)
    return str(how["name"])


def vectors(workspace: Workspace, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    store = EmbeddingStore.open(workspace.store_folder(name))
    return store.read(np.arange(len(store))), store.manifest.pixels


def test_vectors_from_packed_copies_are_those_of_the_source_to_float16(
    workspace: Workspace, checkpoint: Path, context: JobContext
) -> None:
    embedded(workspace, checkpoint, context, name="before")
    pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
    embedded(workspace, checkpoint, context, name="packed")
    embedded(workspace, checkpoint, context, name="exact", packed=False)
    before, source = vectors(workspace, "before")
    after, copies = vectors(workspace, "packed")
    exact, again = vectors(workspace, "exact")
    assert (source, copies, again) == (("source",), ("packed float16",), ("source",))
    np.testing.assert_array_equal(exact, before)
    # No more than what the store's own half precision rounds off.
    assert (after != before).any()
    np.testing.assert_allclose(after, before, rtol=2e-3, atol=2e-3)
    assert EmbeddingStore.open(workspace.store_folder("packed")).manifest.identity == (
        EmbeddingStore.open(workspace.store_folder("before")).manifest.identity
    )


def test_a_store_that_was_continued_after_packing_names_both(
    workspace: Workspace, checkpoint: Path, context: JobContext, tmp_path: Path
) -> None:
    embedded(workspace, checkpoint, context, name="store")
    pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
    embedded(workspace, checkpoint, context, name="store")
    assert vectors(workspace, "store")[1] == ("source",)
    workspace.add([write_cutouts(tmp_path / "more.h5", 6, seed=9)])
    pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
    embedded(workspace, checkpoint, context, name="store")
    found, pixels = vectors(workspace, "store")
    assert len(found) == 30 and pixels == ("packed float16", "source")


def test_a_checkpoint_says_that_it_learned_from_packed_copies(
    workspace: Workspace, context: JobContext
) -> None:
    pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
    config = PretrainConfig(
        workspace=workspace.folder, model="tiny", patch=8, max_steps=1, batch_size=4, device="cpu"
    )
    pretrain.run(config, context)
    header = load_checkpoint(context.folder).header
    assert header is not None and header.pixels == ("packed float16",)


def test_a_copy_that_is_too_old_is_told_by_the_job(
    workspace: Workspace, checkpoint: Path, tmp_path: Path
) -> None:
    events: list[Event] = []
    (tmp_path / "run").mkdir()
    context = JobContext(tmp_path / "run", events.append)
    pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
    workspace.survey_files()[1].path.touch()
    embedded(workspace, checkpoint, context, name="store")
    told = [event.message for event in events if isinstance(event, Warned)]
    assert len(told) == 1 and "has changed since it was packed" in told[0]
    assert vectors(workspace, "store")[1] == ("packed float16", "source")

"""Taking the embeddings of others into a workspace, as a store without a checkpoint."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import FormatError
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.foreign import ForeignEmbeddings
from trainer.store.foreign_match import Matching
from trainer.store.manifest import Imported, StoreManifest

if TYPE_CHECKING:
    from trainer.workspace.workspace import Workspace

_BLOCK = 8192
_LARGEST, _SMALLEST = 2.0**15, 2.0**-7
"""Vectors whose largest value lies outside are scaled: float16 would clip or blur them."""


def import_embeddings(
    workspace: Workspace, foreign: ForeignEmbeddings, matching: Matching, name: str
) -> EmbeddingStore:
    """Write the matched vectors as the store `name`; continues one that was stopped.

    Vectors that are not finite are left out. Raises `MismatchError` where a store of that
    name was made of something else, `FormatError` where no vector is usable.
    """
    rows, factor = np.flatnonzero(matching.places >= 0), _factor(foreign)
    manifest = StoreManifest(
        name=name,
        catalogue_fingerprint=workspace.catalogue.fingerprint,
        rows=len(workspace),
        dimension=foreign.dimension,
        pool=None,
        orientations=None,
        code_version=version("astromask"),
        imported=Imported(
            path=str(foreign.path.absolute()),
            sha256=foreign.sha256,
            dataset=foreign.dataset,
            matched_by=matching.by,
            factor=factor,
        ),
    )
    folder = workspace.store_folder(name)
    with StoreWriter(folder, manifest) as writer:
        todo = np.setdiff1d(rows, writer.done_rows())
        for start in range(0, len(todo), _BLOCK):
            block = todo[start : start + _BLOCK]
            vectors = foreign.read(matching.places[block]) * np.float32(factor)
            finite = np.isfinite(vectors).all(axis=1)
            writer.append(block[finite], vectors[finite])
        writer.finish()
    return EmbeddingStore.open(folder)


def _factor(foreign: ForeignEmbeddings) -> float:
    """A power of two that brings the largest value of all vectors into float16's good range.

    Directions, and so neighbours and maps, stay what they are. Raises `FormatError`.
    """
    largest = 0.0
    for start in range(0, len(foreign), _BLOCK):
        values = np.abs(foreign.read(np.arange(start, min(start + _BLOCK, len(foreign)))))
        fine = values[np.isfinite(values).all(axis=1)]
        largest = max(largest, float(fine.max(initial=0.0)))
    if largest == 0.0:
        raise FormatError(
            f"`{foreign.dataset}` of {foreign.path} holds no usable vector: all are zero or not"
            " numbers."
        )
    if _SMALLEST <= largest <= _LARGEST:
        return 1.0
    return float(2.0 ** -np.floor(np.log2(largest)))

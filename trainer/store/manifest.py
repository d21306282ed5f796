"""What a store of embeddings says about itself: `manifest.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.config import Pooling
from trainer.errors import FormatError, MismatchError, WorkspaceError

MANIFEST_NAME = "manifest.json"

# What decides a galaxy's vector, in the words that an error uses. Two stores that agree
# in all of these hold vectors that can be compared with each other.
_IDENTITY = {
    "checkpoint_sha256": "checkpoint",
    "pool": "pooling",
    "orientations": "number of orientations",
    "crop": "crop",
    "bands": "bands",
    "scaling": "scaling of the pixels",
    "heads": "number of attention heads",
    "dimension": "length of the vectors",
}


def utc_now() -> str:
    """The present time as ISO 8601 text in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class StoreManifest(BaseModel):
    """From what, and how, a store's vectors were made. One a store folder."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    """Version of the store's layout on disk."""
    name: str
    created: str = Field(default_factory=utc_now)
    """ISO 8601, UTC; renewed when the store grows."""
    checkpoint_path: str
    """Relative to the workspace when the checkpoint lies inside, else absolute."""
    checkpoint_sha256: str
    catalogue_fingerprint: str
    """Fingerprint of the first `rows` rows of the catalogue."""
    rows: int = Field(ge=0)
    """Rows the catalogue had when the store was made."""
    dimension: int = Field(ge=1)
    """Length D of a vector."""
    pool: Pooling = "rich"
    orientations: int = 8
    crop: int | None = None
    """Side in pixels of the centre that was encoded; None for the whole cutout."""
    bands: tuple[str, ...]
    """In the order in which the encoder was given them."""
    scaling: dict[str, Any]
    """`trainer.cutouts.scaling` as JSON, with its frozen constants."""
    heads: int
    pixels: tuple[str, ...] = ()
    """What was encoded: "source", or "packed float16" or "packed float32" copies of it; both
    where a store was continued after its survey was packed."""
    code_version: str = ""
    model: dict[str, Any] = Field(default_factory=dict)
    """Facts of the model to show: width, depth, patch, image."""
    complete: bool = False
    """Set when the last row has been written."""
    shards: tuple[int, ...] = ()
    """Number of vectors in each shard, in order; only these belong to the store."""

    @property
    def count(self) -> int:
        """Vectors in the store."""
        return sum(self.shards)

    @property
    def identity(self) -> str:
        """Hash of what decides a vector; the same after the store has grown."""
        facts = self.model_dump(mode="json", include=set(_IDENTITY))
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> StoreManifest:
    """The manifest of the store at `folder`. Raises WorkspaceError or FormatError."""
    path = folder / MANIFEST_NAME
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceError(
            f"There is no store of embeddings at {folder}: {MANIFEST_NAME} was not found."
            " `astromask embed` makes one."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    try:
        manifest = StoreManifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise FormatError(
            f"{path} is not the manifest of a store: {where}: {first['msg']}."
        ) from error
    if manifest.format != 1:
        raise FormatError(
            f"{path} has format {manifest.format}; this version of AstroMASK reads format 1."
        )
    return manifest


def require_same_making(found: StoreManifest, wanted: StoreManifest) -> None:
    """Refuse to mix vectors of two makings. Raises MismatchError naming both."""
    old, new = found.model_dump(mode="json"), wanted.model_dump(mode="json")
    for field, words in _IDENTITY.items():
        if old[field] != new[field]:
            raise MismatchError(
                f'The store "{found.name}" was made with another {words}: it has'
                f" {_in_words(found, field)}, and {_in_words(wanted, field)} was asked for."
                " Give the new embeddings another name, or delete the store's folder first."
            )
    _require_grown_catalogue(found, wanted)


def _require_grown_catalogue(found: StoreManifest, wanted: StoreManifest) -> None:
    changed = found.catalogue_fingerprint != wanted.catalogue_fingerprint
    if wanted.rows < found.rows or (wanted.rows == found.rows and changed):
        raise MismatchError(
            f'The store "{found.name}" belongs to a catalogue of {found.rows} galaxies with the'
            f" fingerprint {found.catalogue_fingerprint[:12]}…; the catalogue now has"
            f" {wanted.rows} with the fingerprint {wanted.catalogue_fingerprint[:12]}…. Give the"
            " new embeddings another name, or delete the store's folder first."
        )


def _in_words(manifest: StoreManifest, field: str) -> str:
    value = getattr(manifest, field)
    if field == "checkpoint_sha256":
        return f"{manifest.checkpoint_path} (sha256 {value[:12]}…)"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True)
    return str(value)

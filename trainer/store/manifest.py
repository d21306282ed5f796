"""What a store of embeddings says about itself: `manifest.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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

_ANOTHER_NAME = "Give the new embeddings another name, or delete the store's folder first."


def utc_now() -> str:
    """The present time as ISO 8601 text in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Imported(BaseModel):
    """Where vectors come from that another program made; the model behind them is not known."""

    model_config = ConfigDict(frozen=True)

    path: str
    """The file, where it was."""
    sha256: str
    """Of the file."""
    dataset: str
    """Which of the file's datasets holds the vectors."""
    matched_by: str
    """What told whose vector is whose: a column of identifiers, or "position"."""
    factor: float = 1.0
    """What the vectors were multiplied by, to suit float16."""


class StoreManifest(BaseModel):
    """From what, and how, a store's vectors were made. One a store folder.

    They were made by a checkpoint, or `imported`; then nothing is known of pooling, bands,
    scaling and heads.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    """Version of the store's layout on disk."""
    name: str
    created: str = Field(default_factory=utc_now)
    """ISO 8601, UTC; renewed when the store grows."""
    checkpoint_path: str | None = None
    """Relative to the workspace when the checkpoint lies inside, else absolute."""
    checkpoint_sha256: str | None = None
    imported: Imported | None = None
    catalogue_fingerprint: str
    """Fingerprint of the first `rows` rows of the catalogue."""
    rows: int = Field(ge=0)
    """Rows the catalogue had when the store was made."""
    dimension: int = Field(ge=1)
    """Length D of a vector."""
    pool: Pooling | None = "rich"
    orientations: int | None = 8
    crop: int | None = None
    """Side in pixels of the centre that was encoded; None for the whole cutout."""
    bands: tuple[str, ...] = ()
    """In the order in which the encoder was given them."""
    scaling: dict[str, Any] = Field(default_factory=dict)
    """`trainer.cutouts.scaling` as JSON, with its frozen constants."""
    heads: int | None = None
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

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        made = self.checkpoint_path is not None and self.checkpoint_sha256 is not None
        if made == (self.imported is not None):
            raise ValueError("either a checkpoint with its sha256 or an imported file is expected")
        if made and (not self.bands or not self.scaling or self.heads is None):
            raise ValueError("bands, scaling and heads belong to a checkpoint's vectors")
        return self

    @property
    def identity(self) -> str:
        """Hash of what decides a vector; the same after the store has grown."""
        facts = self.model_dump(mode="json", include=set(_IDENTITY))
        if self.imported is not None:
            facts["imported"] = self._imported_from
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @property
    def origin(self) -> str:
        """The checkpoint, or the file that was imported, in words."""
        if self.imported is not None:
            facts = self.imported
            return f"`{facts.dataset}` of {facts.path} (sha256 {facts.sha256[:12]}…)"
        return f"{self.checkpoint_path} (sha256 {(self.checkpoint_sha256 or '')[:12]}…)"

    @property
    def why_no_encoder(self) -> str | None:
        """Why nothing new can be encoded to be compared; None where the checkpoint is known."""
        if self.imported is None:
            return None
        return (
            f'The embeddings "{self.name}" were imported from {self.imported.path}, and the model'
            " that made them is not known: nothing new can be encoded to be compared with them."
            " A galaxy that has a vector can be searched for."
        )

    @property
    def how_to_complete(self) -> str:
        """What brings vectors to rows that have none, as a sentence."""
        if self.imported is None:
            return "Run `astromask embed` again: it adds what is missing."
        return f"{self.imported.path}, from which they were imported, had none for them."

    @property
    def how_to_continue(self) -> str:
        """What finishes a store whose writing was stopped, as a sentence."""
        made = self.imported is None
        verb, what = ("embed", "checkpoint") if made else ("import-embeddings", "file")
        return (
            f"Run `astromask {verb}` with the same {what} and name again; it continues where it"
            " stopped."
        )

    @property
    def _imported_from(self) -> list[str] | None:
        return None if self.imported is None else [self.imported.sha256, self.imported.dataset]


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
    if found._imported_from != wanted._imported_from:
        raise MismatchError(
            f'The store "{found.name}" holds vectors of {found.origin}, and those of'
            f" {wanted.origin} were to be written. {_ANOTHER_NAME}"
        )
    for field, words in _IDENTITY.items():
        if old[field] != new[field]:
            raise MismatchError(
                f'The store "{found.name}" was made with another {words}: it has'
                f" {_in_words(found, field)}, and {_in_words(wanted, field)} was asked for."
                f" {_ANOTHER_NAME}"
            )
    _require_grown_catalogue(found, wanted)


def _require_grown_catalogue(found: StoreManifest, wanted: StoreManifest) -> None:
    changed = found.catalogue_fingerprint != wanted.catalogue_fingerprint
    if wanted.rows < found.rows or (wanted.rows == found.rows and changed):
        raise MismatchError(
            f'The store "{found.name}" belongs to a catalogue of {found.rows} galaxies with the'
            f" fingerprint {found.catalogue_fingerprint[:12]}…; the catalogue now has"
            f" {wanted.rows} with the fingerprint {wanted.catalogue_fingerprint[:12]}…."
            f" {_ANOTHER_NAME}"
        )


def _in_words(manifest: StoreManifest, field: str) -> str:
    value = getattr(manifest, field)
    if field == "checkpoint_sha256":
        return manifest.origin
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True)
    return str(value)

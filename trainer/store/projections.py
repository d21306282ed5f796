"""Two-dimensional layouts of a store on disk: `<store>/projections/<name>/`.

manifest.json      from what and how it was made
coordinates.npy    (n, 2) float32
rows.npy           (n,) uint32: the row of each point
placed.npy         (n,) bool: not laid out but placed later; only where some are
axes.npy           (D + 1, 2) float64: directions and offset of a PCA, see `Projection.axes`
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.atomic import disk_errors, publish_folder
from trainer.errors import FormatError, MismatchError, WorkspaceError
from trainer.store.embeddings import EmbeddingStore, load_array
from trainer.store.manifest import MANIFEST_NAME, read_manifest, utc_now

PROJECTIONS_FOLDER = "projections"
_OLD = ".old"


class Placement(BaseModel):
    """How some points came onto a map that had been laid out before."""

    model_config = ConfigDict(frozen=True)

    created: str = Field(default_factory=utc_now)
    """ISO 8601, UTC."""
    count: int = Field(ge=0)
    how: Literal["force", "mean", "axes"]
    """UMAP's force, the mean of the neighbours, or the axes of a PCA."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """neighbours, epochs, seed."""
    code_version: str = ""


class ProjectionManifest(BaseModel):
    """From what, and how, a projection was made."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    name: str
    method: Literal["umap", "tsne", "pca"]
    created: str = Field(default_factory=utc_now)
    """ISO 8601, UTC."""
    store: str
    store_identity: str
    """`StoreManifest.identity` of the store whose vectors were laid out."""
    catalogue_fingerprint: str
    """Fingerprint of the first `rows` rows of the catalogue."""
    rows: int
    """Rows the catalogue had for the store."""
    count: int
    """Points; fewer than `rows` where vectors were missing or unusable."""
    seed: int
    metric: str
    """Distance between the features: "cosine", or "euclidean" for PCA."""
    whitening: str = ""
    """Identity of the `trainer.store.whitening` that made features of the vectors."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Of the method. UMAP: n_neighbors, min_dist, n_epochs, a, b. PCA: explained_variance."""
    code_version: str = ""
    placements: tuple[Placement, ...] = ()
    """What was placed among the points that were laid out, in order of time."""

    @property
    def placed_count(self) -> int:
        """Points that were placed; the others were laid out."""
        return sum(placement.count for placement in self.placements)


@dataclass(frozen=True)
class Projection:
    """A layout of galaxies in the plane."""

    folder: Path
    manifest: ProjectionManifest
    rows: np.ndarray
    """(n,) uint32: the row of each point."""
    points: np.ndarray
    """(n, 2) float32, in the order of `rows`."""
    placed: np.ndarray
    """(n,) bool: which points were placed among those laid out."""
    axes: np.ndarray | None = None
    """(D + 1, 2) float64: a vector v of the store lies at v @ axes[:-1] + axes[-1]. None
    where the method is no such map, or an older version did not keep it."""

    @classmethod
    def open(cls, folder: Path) -> Projection:
        """Read the projection at `folder`. Raises WorkspaceError where there is none,
        FormatError where its files do not fit together."""
        there = _whole_one(folder)
        manifest = read_projection_manifest(there)
        rows = load_array(there / "rows.npy", (manifest.count,), "uint32")
        points = load_array(there / "coordinates.npy", (manifest.count, 2), "float32")
        placed = _read_placed(there, manifest)
        return cls(folder, manifest, rows, points, placed, read_axes(there))

    @property
    def coordinates(self) -> np.ndarray:
        """(manifest.rows, 2) float32 in the catalogue's row order, NaN where a row has none."""
        return self.coordinates_of(self.manifest.rows)

    def coordinates_of(self, count: int) -> np.ndarray:
        """(count, 2) float32 for the first `count` rows of a catalogue that may have grown."""
        if len(self.rows) == count and np.array_equal(self.rows, np.arange(count)):
            # As it is for most surveys, and ten times as fast for a million galaxies.
            return self.points
        out = np.full((count, 2), np.nan, np.float32)
        inside = self.rows < count
        out[self.rows[inside]] = self.points[inside]
        return out

    def placed_of(self, count: int) -> np.ndarray:
        """(count,) bool for the first `count` rows of a catalogue: which were placed."""
        out = np.zeros(count, bool)
        out[self.rows[self.placed & (self.rows < count)]] = True
        return out

    def require_store(self, store: EmbeddingStore) -> None:
        """Refuse to show this layout for a store of another making. Raises MismatchError."""
        if self.manifest.store_identity != store.manifest.identity:
            raise MismatchError(
                f'The projection "{self.manifest.name}" ({self.manifest.created}) was made from'
                f' other vectors than those now in the store "{store.manifest.name}", which'
                f" come from {store.manifest.origin}. Run `astromask project` again."
            )


def projection_folder(store_folder: Path, name: str) -> Path:
    """Where the projection `name` of the store at `store_folder` lies."""
    return store_folder / PROJECTIONS_FOLDER / name


def list_projections(store_folder: Path) -> list[str]:
    """Names of the store's projections, the newest first; unreadable ones are left out."""
    projections = store_folder / PROJECTIONS_FOLDER
    names = {folder.name for folder in projections.glob("[!.]*")}
    names |= {folder.name[1 : -len(_OLD)] for folder in projections.glob(f".*{_OLD}")}
    found = []
    for name in sorted(names):
        try:
            found.append((read_projection_manifest(projections / name).created, name))
        except (WorkspaceError, FormatError):
            continue
    return [name for _, name in sorted(found, reverse=True)]


def lack_galaxies(store_folder: Path) -> bool:
    """Whether the store holds vectors of galaxies that came after one of its projections."""
    rows = read_manifest(store_folder).rows
    folders = (projection_folder(store_folder, name) for name in list_projections(store_folder))
    return any(read_projection_manifest(folder).rows < rows for folder in folders)


def write_projection(
    store_folder: Path,
    manifest: ProjectionManifest,
    rows: np.ndarray,
    points: np.ndarray,
    *,
    placed: np.ndarray | None = None,
    axes: np.ndarray | None = None,
) -> Projection:
    """Write `points` (n, 2) of `rows` (n,), in place of an older one of that name.

    `placed` (n,) bool and `axes` as in `Projection`.
    """
    folder = projection_folder(store_folder, manifest.name)
    new, old = folder.with_name(f".{manifest.name}.new"), _old_of(folder)
    with disk_errors(folder):
        if _whole_one(folder) == old:
            old.rename(folder)
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)
        new.mkdir(parents=True)
        np.save(new / "rows.npy", rows.astype(np.uint32))
        np.save(new / "coordinates.npy", points.astype(np.float32))
        if placed is not None and placed.any():
            np.save(new / "placed.npy", placed.astype(bool))
        if axes is not None:
            np.save(new / "axes.npy", axes.astype(np.float64))
        (new / MANIFEST_NAME).write_bytes(manifest.model_dump_json(indent=2).encode() + b"\n")
        publish_folder(new, folder, old)
    return Projection.open(folder)


def _old_of(folder: Path) -> Path:
    """Where the projection at `folder` lies while another takes its place."""
    return folder.with_name(f".{folder.name}{_OLD}")


def _whole_one(folder: Path) -> Path:
    """`folder`, or what it was before, where a writer was killed between its two renames."""
    old = _old_of(folder)
    return old if not folder.exists() and old.exists() else folder


def _read_placed(folder: Path, manifest: ProjectionManifest) -> np.ndarray:
    """(n,) bool. Raises FormatError where the manifest counts on other marks."""
    expected = manifest.placed_count
    if expected == 0:
        return np.zeros(manifest.count, bool)
    path = folder / "placed.npy"
    placed = load_array(path, (manifest.count,), "bool")
    if (found := np.count_nonzero(placed)) != expected:
        raise FormatError(
            f"{path} marks {found:,} points as placed; the manifest beside it tells of"
            f" {expected:,}. Run `astromask project` again."
        )
    return placed


def read_axes(folder: Path) -> np.ndarray | None:
    """`Projection.axes` of the projection at `folder`. Raises FormatError."""
    path = _whole_one(folder) / "axes.npy"
    return load_array(path, (None, 2), "float64") if path.exists() else None


def place_on_axes(
    store: EmbeddingStore, name: str, vector: np.ndarray
) -> tuple[float, float] | None:
    """Where a vector (1, D) lies in a projection that has axes, as a PCA's; None in others."""
    axes = read_axes(projection_folder(store.folder, name))
    if axes is None or len(axes) != vector.shape[1] + 1:
        return None
    x, y = vector[0].astype(np.float64) @ axes[:-1] + axes[-1]
    return float(x), float(y)


def read_projection_manifest(folder: Path) -> ProjectionManifest:
    """The manifest of the projection at `folder`. Raises WorkspaceError or FormatError."""
    path = _whole_one(folder) / MANIFEST_NAME
    try:
        manifest = ProjectionManifest.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceError(
            f"There is no projection at {folder}: {MANIFEST_NAME} was not found."
            " `astromask project` makes one."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except ValidationError as error:
        raise FormatError(f"{path} is not the manifest of a projection.") from error
    if manifest.format != 1:
        raise FormatError(
            f"{path} has format {manifest.format}; this version of AstroMASK reads format 1."
        )
    return manifest

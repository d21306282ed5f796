"""The configuration of every job: what its run folder's `config.json` holds.

The command line's options and the window's forms are made from these fields, so a
field's title and description are what users read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Device: TypeAlias = Literal["auto", "cpu", "cuda", "mps"]
ModelSize: TypeAlias = Literal["tiny", "small", "base", "large", "huge"]
ScalingKind: TypeAlias = Literal["asinh", "standardise", "min_max", "batch_min_max", "none"]
Pooling: TypeAlias = Literal["rich", "mean", "cls"]


class _WorkspaceConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    workspace: Path = Field(description="Folder of the workspace.")


class _JobConfig(_WorkspaceConfig):
    seed: int = Field(default=0, ge=0, description="Seed of every random choice.")
    device: Device = Field(default="auto", description="Where to compute.")


class PretrainConfig(_JobConfig):
    """Train a masked autoencoder on the workspace's cutouts."""

    kind: Literal["pretrain"] = "pretrain"
    model: ModelSize = Field(default="small", description="Width and depth of the encoder.")
    patch: int = Field(default=8, ge=1, description="Side of a patch, pixels.")
    mask_ratio: float = Field(default=0.75, gt=0, lt=1, description="Share of patches hidden.")
    norm_pix_loss: bool = Field(
        default=False, description="Normalise each patch's target to zero mean, unit variance."
    )
    scaling: ScalingKind = Field(default="asinh", description="Scaling of the pixels.")
    epochs: int = Field(default=100, ge=1, description="Passes over the training set.")
    batch_size: int = Field(default=64, ge=1, description="Cutouts a step.")
    lr: float = Field(default=1e-3, gt=0, description="Peak learning rate of AdamW.")
    weight_decay: float = Field(default=0.05, ge=0, description="AdamW's weight decay.")
    warmup_epochs: float = Field(default=5.0, ge=0, description="Epochs of linear warm-up.")
    validation_share: float = Field(
        default=0.05, ge=0, lt=1, description="Share of galaxies held out to validate."
    )
    augment: bool = Field(default=True, description="Random rotations by 90° and flips.")
    checkpoint_every: int = Field(default=1, ge=1, description="Epochs between checkpoints.")
    max_steps: int | None = Field(default=None, ge=1, description="Stop after so many steps.")
    resume: Path | None = Field(default=None, description="Checkpoint or run folder to go on from.")
    packed: bool = Field(default=True, description="Read packed copies where there are some.")


class EmbedConfig(_JobConfig):
    """Encode every galaxy of the workspace with a checkpoint, nothing masked."""

    kind: Literal["embed"] = "embed"
    checkpoint: Path = Field(description="Checkpoint file, or run folder of a pretraining.")
    name: str | None = Field(
        default=None, description="Name of the store; from the checkpoint's if left out."
    )
    pool: Pooling = Field(
        default="rich",
        description="What becomes the vector: class token, mean of all patches, or both with"
        " the centre's mean and the spread.",
    )
    orientations: Literal[8, 1] = Field(
        default=8, description="Average over the eight rotations and flips, or as it is."
    )
    batch_size: int = Field(default=64, ge=1, description="Cutouts a step.")
    heads: int | None = Field(
        default=None, ge=1, description="Attention heads, where the checkpoint can't tell."
    )
    scaling: ScalingKind | None = Field(
        default=None, description="Scaling of the pixels, where the checkpoint can't tell."
    )
    place: bool = Field(
        default=True,
        description="Put new galaxies of a store that has grown on its maps afterwards.",
    )
    packed: bool = Field(
        default=True,
        description="Read packed copies where there are some; else every pixel as the files have"
        " it.",
    )


class ProjectConfig(_JobConfig):
    """Lay a store's vectors out in two dimensions."""

    kind: Literal["project"] = "project"
    store: str | None = Field(default=None, description="Store to project; the newest if left out.")
    method: Literal["umap", "tsne", "pca"] = Field(default="umap", description="Method.")
    name: str | None = Field(
        default=None, description="Name of the projection; method and seed if left out."
    )
    neighbours: int = Field(default=15, ge=2, description="UMAP's n_neighbors; t-SNE's perplexity.")
    min_dist: float = Field(default=0.1, ge=0, le=1, description="UMAP's min_dist.")
    landmarks: int = Field(
        default=2_000_000,
        ge=10,
        description="Most galaxies that UMAP or t-SNE lays out; of more a random sample is, and"
        " the rest is placed among it.",
    )


class PlaceConfig(_JobConfig):
    """Put galaxies that came later on the maps."""

    kind: Literal["place"] = "place"
    store: str | None = Field(
        default=None, description="Store that has grown; the newest if left out."
    )
    projection: str | None = Field(
        default=None, description="Projection to add to; all of the store's if left out."
    )
    epochs: int = Field(
        default=100,
        ge=0,
        le=1000,
        description="Steps of UMAP's force on a new point; 0 leaves it amid its neighbours.",
    )


class MeasureConfig(_JobConfig):
    """Read every galaxy's cutout once, to find which of its bands are missing."""

    kind: Literal["measure"] = "measure"


class ReconstructConfig(_JobConfig):
    """Measure how wrong the model is about the hidden parts of every galaxy."""

    kind: Literal["reconstruct"] = "reconstruct"
    checkpoint: Path = Field(description="Checkpoint file, or run folder of a pretraining.")
    masks: int = Field(
        default=4, ge=1, le=256, description="Masks to average over, the same for every galaxy."
    )
    mask_ratio: float = Field(default=0.75, gt=0, lt=1, description="Share of patches hidden.")
    batch_size: int = Field(default=64, ge=1, description="Cutouts a step.")
    heads: int | None = Field(
        default=None, ge=1, description="Attention heads, where the checkpoint can't tell."
    )
    decoder_heads: int | None = Field(
        default=None, ge=1, description="The decoder's, where the checkpoint can't tell."
    )
    scaling: ScalingKind | None = Field(
        default=None,
        description="Scaling of the pixels, where neither the checkpoint nor a store made with it"
        " can tell.",
    )
    packed: bool = Field(default=True, description="Read packed copies where there are some.")


class FinetuneConfig(_JobConfig):
    """Learn a score from grades, on stored embeddings or through the encoder."""

    kind: Literal["finetune"] = "finetune"
    labels: str = Field(default="lens", description="Name of the label set.")
    method: Literal["linear"] = Field(
        default="linear", description="Linear: logistic regression on the stored embeddings."
    )
    store: str | None = Field(
        default=None, description="Store to learn on; the newest if left out."
    )


class ScoreConfig(_JobConfig):
    """Give every galaxy a score with what a fine-tuning learned."""

    kind: Literal["score"] = "score"
    labels: str = Field(default="lens", description="Name of the label set.")
    run: str | None = Field(
        default=None, description="Fine-tuning run to use; the newest if left out."
    )


class PackConfig(_WorkspaceConfig):
    """Copy the crops of slow files to fast ones."""

    kind: Literal["pack"] = "pack"
    files: Literal["slow", "all"] = Field(
        default="slow", description="Only files in which single rows are slow, or all of them."
    )
    precision: Literal["auto", "float16", "float32"] = Field(
        default="auto",
        description="Of the copy. Auto: float16 where that adds less than 1 % of the sky's noise.",
    )
    side: int | None = Field(
        default=None, ge=1, description="Side of the centre to copy, pixels; the crop if left out."
    )


JobConfig: TypeAlias = Annotated[
    PretrainConfig
    | EmbedConfig
    | ProjectConfig
    | PlaceConfig
    | MeasureConfig
    | ReconstructConfig
    | FinetuneConfig
    | ScoreConfig
    | PackConfig,
    Field(discriminator="kind"),
]
_adapter: TypeAdapter[JobConfig] = TypeAdapter(JobConfig)


def config_to_json(config: JobConfig) -> str:
    """The configuration as it is written to `config.json`."""
    return config.model_dump_json(indent=2)


def config_from_json(text: str | bytes) -> JobConfig:
    """The configuration that `config.json` holds. Raises `pydantic.ValidationError`."""
    return _adapter.validate_json(text)

"""The shape of a masked autoencoder, as plain numbers that go into a checkpoint's header."""

from __future__ import annotations

from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trainer.config import ModelSize


class DecoderShape(BaseModel):
    """Widths and depth of the decoder."""

    model_config = ConfigDict(frozen=True)

    width: int = Field(ge=4)
    depth: int = Field(ge=0)
    heads: int = Field(ge=1)
    hidden: int = Field(ge=1)
    """Width of the hidden layer in each block's two-layer perceptron."""


class Architecture(BaseModel):
    """Everything that decides which tensors a model has and what it computes with them.

    Raises `ValueError` (pydantic) where the numbers do not fit together.
    """

    model_config = ConfigDict(frozen=True)

    image: int = Field(ge=1)
    """Side of the square input, pixels."""
    patch: int = Field(ge=1)
    """Side of a patch, pixels."""
    bands: int = Field(ge=1)
    width: int = Field(ge=4)
    depth: int = Field(ge=0)
    heads: int = Field(ge=1)
    hidden: int = Field(ge=1)
    decoder: DecoderShape | None = None
    """None for an encoder alone: it can embed, but not reconstruct."""
    norm_pix_loss: bool = False
    """True where the decoder predicts patches normalised to mean 0 and variance 1."""
    norm_after_pooling: bool = False
    """True for a fine-tuned classifier that normalises the pooled vector (`fc_norm`)."""
    qkv_bias: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.image % self.patch:
            raise ValueError(
                f"The image's side must be a multiple of the patch's: {self.image} px can't be"
                f" divided into patches of {self.patch} px."
            )
        for part, shape in (("encoder", self), ("decoder", self.decoder)):
            if shape is not None and shape.width % shape.heads:
                raise ValueError(
                    f"The {part}'s width must be a multiple of its number of heads:"
                    f" {shape.width} can't be divided by {shape.heads}."
                )
        return self

    @property
    def grid(self) -> int:
        """Patches along one side."""
        return self.image // self.patch

    @property
    def patches(self) -> int:
        """Patches of one image, L."""
        return self.grid**2

    @property
    def patch_values(self) -> int:
        """Numbers in one patch over all bands, p²·B."""
        return self.patch**2 * self.bands


class Size(NamedTuple):
    """Encoder and decoder of a named size."""

    width: int
    depth: int
    heads: int
    decoder: tuple[int, int, int]
    """Width, depth, heads."""


# The encoders are the usual ViT sizes. From base on, the decoder is that of He et al.
# 2022 (arXiv:2111.06377); below, it shrinks with the encoder, else it would take most
# of the time.
SIZES: dict[ModelSize, Size] = {
    "tiny": Size(192, 12, 3, (96, 4, 3)),
    "small": Size(384, 12, 6, (192, 4, 6)),
    "base": Size(768, 12, 12, (512, 8, 16)),
    "large": Size(1024, 24, 16, (512, 8, 16)),
    "huge": Size(1280, 32, 16, (512, 8, 16)),
}
_MLP_RATIO = 4


def architecture_of_size(
    size: ModelSize, *, image: int, patch: int, bands: int, norm_pix_loss: bool = False
) -> Architecture:
    """The architecture that goes by a size's name. Raises `ValueError` where image and patch
    do not fit."""
    width, depth, heads, (decoder_width, decoder_depth, decoder_heads) = SIZES[size]
    return Architecture(
        image=image,
        patch=patch,
        bands=bands,
        width=width,
        depth=depth,
        heads=heads,
        hidden=_MLP_RATIO * width,
        norm_pix_loss=norm_pix_loss,
        decoder=DecoderShape(
            width=decoder_width,
            depth=decoder_depth,
            heads=decoder_heads,
            hidden=_MLP_RATIO * decoder_width,
        ),
    )

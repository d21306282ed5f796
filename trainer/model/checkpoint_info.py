"""What a checkpoint is, as plain facts for `inspect` and for the window's forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.errors import CheckpointError
from trainer.model.checkpoints import file_sha256, find_checkpoint
from trainer.model.infer import HeadsUnknownError, Inferred, infer_architecture
from trainer.model.raw import RawCheckpoint, read_raw


def describe_checkpoint(path: Path) -> dict[str, Any]:
    """JSON-able facts of a checkpoint file or run folder.

    Where the number of heads is unknown, `heads` is None and `notes` says how to give it.
    Raises `CheckpointError` for what is no checkpoint.
    """
    path = find_checkpoint(path)
    raw = read_raw(path)
    try:
        facts = _facts(raw)
    except CheckpointError as error:
        raise CheckpointError(f"The checkpoint {path} can't be used: {error}.") from error
    return {
        "path": str(path),
        "format": raw.kind,
        "size_bytes": path.stat().st_size,
        "sha256": file_sha256(path),
        **facts,
    }


def _facts(raw: RawCheckpoint) -> dict[str, Any]:
    inferred, unknown = _without_heads(raw)
    a, header = inferred.architecture, raw.header
    decoder = a.decoder.model_dump() if a.decoder else None
    if decoder and "decoder" in unknown:
        decoder["heads"] = None
    notes = [*unknown.values(), *inferred.notes, inferred.why_no_decoder]
    return {
        "image": a.image,
        "patch": a.patch,
        "grid": [a.grid, a.grid],
        "bands": list(header.bands) if header else a.bands,
        "width": a.width,
        "depth": a.depth,
        "heads": None if "encoder" in unknown else a.heads,
        "decoder": decoder,
        "has_decoder": decoder is not None,
        "norm_pix_loss": a.norm_pix_loss,
        "parameters": sum(tensor.numel() for tensor in raw.tensors.values()),
        "dtype": str(raw.tensors["patch_embed.proj.weight"].dtype).removeprefix("torch."),
        "scaling": header.scaling if header else None,
        "crop": header.crop if header else None,
        "zero_points": header.zero_points if header else None,
        "pixel_scale": header.pixel_scale if header else None,
        "epoch": header.training.epoch if header else raw.epoch,
        "training": header.training.model_dump() if header else None,
        "notes": [note for note in notes if note],
    }


def _without_heads(raw: RawCheckpoint) -> tuple[Inferred, dict[str, str]]:
    """The shape whether heads are known or not, and for each part without: the sentence."""
    unknown: dict[str, str] = {}
    heads = decoder_heads = None
    # One head divides every width, and nothing else of the shape depends on their number.
    try:
        inferred = infer_architecture(raw)
    except HeadsUnknownError as error:
        unknown["encoder"] = f"{str(error)[0].upper()}{str(error)[1:]}."
        heads = 1
        inferred = infer_architecture(raw, heads)
    if inferred.decoder_heads_unknown:
        unknown["decoder"] = inferred.why_no_decoder
        decoder_heads = 1
        inferred = infer_architecture(raw, heads, decoder_heads)
    return inferred, unknown

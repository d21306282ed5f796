"""Run a checkpoint on a reference file and print the largest differences.

The reference is an .npz of images and of what another implementation computed from them
with the same checkpoint: latent, pred, mask, loss. Exit code 0 within the tolerances, 1
above them, 2 where one of the files can't be used. For whoever converts checkpoints.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("checkpoint", type=Path, help="Checkpoint file, or run folder.")
    parser.add_argument("reference", type=Path, help="Reference file (.npz).")
    parser.add_argument(
        "--heads",
        metavar="N[,M]",
        help="Attention heads of encoder and decoder, where the reference does not say.",
    )
    parser.add_argument("--json", action="store_true", help="Print the differences as JSON.")


def run(args: argparse.Namespace) -> int:
    """Compare; returns 0 where everything is within its tolerance, else 1."""
    import json

    from trainer.model.verification import verify

    heads = _heads(args.heads)
    differences = verify(args.checkpoint, args.reference, *heads)
    holds = all(difference.holds for difference in differences)
    if args.json:
        facts = [{**vars(difference), "holds": difference.holds} for difference in differences]
        print(json.dumps(facts, indent=2))
        return 0 if holds else 1
    print(f"{'':15}{'difference':>12}{'tolerance':>12}")
    for difference in differences:
        kind = "relative" if difference.is_relative else "absolute"
        verdict = "" if difference.holds else "  too large"
        print(
            f"{difference.name:15}{difference.value:12.2e}{difference.tolerance:12.0e}"
            f"  {kind}{verdict}"
        )
    print(
        "The checkpoint agrees with the reference."
        if holds
        else "The checkpoint does not agree with the reference."
    )
    return 0 if holds else 1


def _heads(text: str | None) -> tuple[int | None, int | None]:
    from trainer.errors import QueryError

    if text is None:
        return None, None
    parts = text.split(",")
    if not all(part.strip().isdigit() and int(part) > 0 for part in parts) or len(parts) > 2:
        raise QueryError(
            f"--heads takes one or two positive numbers, like 12 or 12,16; found {text!r}."
        )
    return int(parts[0]), int(parts[1]) if len(parts) == 2 else None

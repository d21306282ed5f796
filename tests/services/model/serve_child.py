"""Stands in for `astromask serve`: the same words, a model that can be reckoned by hand."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from trainer.wire import read_message, write_message

Arrays = dict[str, np.ndarray]


def answer(header: dict[str, Any], arrays: Arrays, model: dict[str, Any]) -> tuple[Any, Arrays]:
    if header["op"] == "load":
        path = Path(header["checkpoint"])
        if path.read_bytes()[:1] != b"{":
            return {"ok": False, "error": f"{path} is no checkpoint that can be read."}, {}
        model.clear()
        model.update(json.loads(path.read_text()))
        return {"ok": True, "model": model}, {}
    if header["op"] == "encode":
        # The vector of the galaxy whose peak is 100 + row, as `small_survey` made it.
        rows = arrays["images"].max(axis=(1, 2, 3)) - 100
        angle = rows / 39
        vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
        return {"ok": True}, {"embeddings": vectors}
    if header["op"] == "reconstruct":
        images = arrays["images"]
        patches = (model["image"] // model["patch"]) ** 2
        mask = np.zeros(patches, np.uint8)
        mask[: int(header["mask_ratio"] * patches)] = 1
        return {"ok": True, "loss": 0.5, "level_recovered": True}, {
            "mask": arrays.get("mask", mask),
            "reconstruction": images + header["seed"],
            "loss_by_band": np.ones(images.shape[1], np.float32),
        }
    if header["op"] == "errors":
        # Of patch p the error is p + the galaxy's peak − 100; patch 0 is never hidden.
        images, count = arrays["images"], header["count"]
        patches = (model["image"] // model["patch"]) ** 2
        times = np.full(patches, count, np.int32)
        times[0] = 0
        error = (np.arange(patches) + images.max() - 100) * times
        by_band = np.repeat(error[:, None], images.shape[1], axis=1).astype(np.float32)
        return {"ok": True}, {"error": by_band, "times": times}
    if header["op"] == "attention":
        patches = (model["image"] // model["patch"]) ** 2
        shares = np.zeros((model["depth"] + 1, 1 + patches), np.float32)
        shares[:, 0 if header["patch"] is None else header["patch"] + 1] = 1
        return {"ok": True}, {"attention": shares}
    return {"ok": True}, {}


def main() -> None:
    output = os.fdopen(os.dup(1), "wb")
    model: dict[str, Any] = {}
    while (message := read_message(sys.stdin.buffer)) is not None:
        write_message(output, *answer(*message, model))


if __name__ == "__main__":
    main()

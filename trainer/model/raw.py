"""Reading a checkpoint file into tensors, without ever running what a file might bring."""

from __future__ import annotations

import argparse
import pathlib
import pickle
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from trainer.cutouts.files import first_bytes
from trainer.errors import CheckpointError
from trainer.model.header import CheckpointHeader, header_from_metadata

# The original implementation saves its arguments, which may hold a path; Python 3.13
# calls the same class by another module.
_SAFE_GLOBALS: list[Any] = [
    argparse.Namespace,
    pathlib.PosixPath,
    (pathlib.PosixPath, "pathlib._local.PosixPath"),
]
_MODEL_KEYS = ("model", "state_dict", "model_state_dict")
_FOREIGN_CODE = re.compile(r"(?:GLOBAL|function|class)\s+([\w.]+\.[\w.]+)")
_SAFETENSORS_START = re.compile(rb"^.{8}\s*\{", re.DOTALL)
_WRAPPER_PREFIXES = ("module.", "_orig_mod.")


@dataclass
class RawCheckpoint:
    """What lies in a checkpoint file."""

    tensors: dict[str, torch.Tensor]
    """By the original implementation's names; wrappers' prefixes are stripped."""
    header: CheckpointHeader | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    """The command-line arguments that the original implementation saves along."""
    epoch: int | None = None
    kind: str = ""
    """The file's format, for people."""


def read_raw(path: Path) -> RawCheckpoint:
    """Read a safetensors or PyTorch file. Raises `CheckpointError`; never unpickles code."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(f"The checkpoint {path} can't be read: {reason}.") from error
    if _SAFETENSORS_START.match(start):
        raw = _read_safetensors(path)
    elif start[:2] == b"PK" or start[:1] == b"\x80":
        raw = _read_torch(path)
    else:
        raise CheckpointError(
            f"{path} is no checkpoint: a safetensors or a PyTorch file was expected, but it starts"
            f" with {first_bytes(path)}."
        )
    raw.tensors = {_bare_name(name): tensor for name, tensor in raw.tensors.items()}
    return raw


def _read_safetensors(path: Path) -> RawCheckpoint:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            f"{path} looks like a safetensors file but can't be read; it is damaged or"
            f" incomplete ({error})."
        ) from error
    header = header_from_metadata(path, metadata)
    return RawCheckpoint(tensors, header, kind="safetensors")


def _read_torch(path: Path) -> RawCheckpoint:
    try:
        with torch.serialization.safe_globals(_SAFE_GLOBALS), warnings.catch_warnings():
            # What torch has to say of a foreign file's pickle protocol, the refusal says better.
            warnings.simplefilter("ignore", UserWarning)
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # A foreign file can make the reader fail in any way; each means the same to the user.
        raise CheckpointError(_refusal(path, error)) from error
    if not isinstance(content, dict):
        raise CheckpointError(
            f"{path} holds a {type(content).__name__}, but a checkpoint's dictionary of tensors"
            " was expected."
        )
    state = next((content[k] for k in _MODEL_KEYS if isinstance(content.get(k), dict)), content)
    tensors = {
        name: value
        for name, value in state.items()
        if isinstance(name, str) and isinstance(value, torch.Tensor)
    }
    arguments = content.get("args")
    epoch = content.get("epoch")
    return RawCheckpoint(
        tensors,
        arguments=vars(arguments) if isinstance(arguments, argparse.Namespace) else {},
        epoch=epoch if isinstance(epoch, int) else None,
        kind="PyTorch",
    )


def _refusal(path: Path, error: Exception) -> str:
    found = _FOREIGN_CODE.search(str(error))
    if found is None and isinstance(error, pickle.UnpicklingError):
        return (
            f"{path} was refused: it is damaged, or it holds something other than tensors and"
            " plain settings, which could run foreign code when loaded."
        )
    if found is None:
        return f"{path} can't be read as a PyTorch file; it is damaged or incomplete."
    return (
        f"{path} was refused: beside tensors it asks for {found.group(1)}, and loading that"
        " could run foreign code. Save its weights alone (a plain dictionary of tensors, or"
        " safetensors) with the program that made it."
    )


def _bare_name(name: str) -> str:
    while name.startswith(_WRAPPER_PREFIXES):
        name = name.partition(".")[2]
    # A compiled part inside the model leaves its mark in the middle.
    return name.replace("._orig_mod.", ".")

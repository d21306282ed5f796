"""Writing tensors as safetensors, in one step."""

from __future__ import annotations

import os
import re
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from trainer.atomic import atomic_path

_OS_ERROR = re.compile(r"os error (\d+)")


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write named tensors and metadata; an old file is replaced when the new one is whole.

    Raises `WorkspaceError` where the file can't be written.
    """
    on_cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_path(path) as temporary:
        temporary.touch()
        mode = temporary.stat().st_mode
        try:
            save_file(on_cpu, temporary, metadata=metadata)
        except SafetensorError as error:
            # It hides the system's error; a full disk must be told as one.
            number = _OS_ERROR.search(str(error))
            if number is None:
                raise
            code = int(number.group(1))
            raise OSError(code, os.strerror(code), str(temporary)) from error
        # safetensors makes files that only their owner may read.
        temporary.chmod(mode)

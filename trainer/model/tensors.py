"""Writing tensors as safetensors, in one step."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from trainer.atomic import atomic_path


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write named tensors and metadata; an old file is replaced when the new one is whole.

    Raises `WorkspaceError` where the file can't be written.
    """
    on_cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_path(path) as temporary:
        temporary.touch()
        mode = temporary.stat().st_mode
        save_file(on_cpu, temporary, metadata=metadata)
        # safetensors makes files that only their owner may read.
        temporary.chmod(mode)

"""Weight quantization: a matrix as one byte per weight and one scale per row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SCALE = ".scale"  # suffix of the name of a matrix's scales
LARGEST = 127


def quantized(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return every matrix as int8 (rows, columns) and float32 scales (rows, 1); vectors stay float32.

    A weight is its byte times its row's scale; the largest of a row becomes 127 or -127.
    """
    import torch

    made = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2:
            made[name] = tensor.float()
            continue
        scale = (
            tensor.float().abs().amax(1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny) / LARGEST
        )
        made[name] = (tensor.float() / scale).round().to(torch.int8)
        made[f"{name}{SCALE}"] = scale
    return made


def dequantized(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Undo `quantized`, up to rounding: return float32 tensors."""
    return {
        name: in_single_precision(tensor, tensors.get(f"{name}{SCALE}"))
        for name, tensor in tensors.items()
        if not name.endswith(SCALE)
    }


def in_single_precision(tensor: Tensor, scale: Tensor | None) -> Tensor:
    """Return an int8 matrix (rows, columns) times its scales (rows, 1); without scales, the tensor itself."""
    return tensor if scale is None else tensor.float() * scale

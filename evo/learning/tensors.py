"""Tensors as arrays for `state_dict`, and back."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


def to_numpy(tensor: Tensor) -> np.ndarray:
    """A copy of `tensor` for `state_dict`."""
    return tensor.detach().cpu().numpy().copy()


def to_tensor(array: Any, like: Tensor) -> Tensor:
    """A tensor from `state_dict`, of the type and on the device of `like`."""
    return torch.as_tensor(np.array(array)).to(dtype=like.dtype, device=like.device)

"""Angles between tensors."""

import torch
from torch import Tensor


def angle(first: Tensor, second: Tensor) -> float:
    """Degrees between two tensors as vectors.

    NaN if one is zero. 90 is what independent random directions have.
    """
    first, second = first.detach(), second.detach()
    lengths = first.norm() * second.norm()
    if lengths == 0.0:
        return float("nan")
    return float(torch.rad2deg(torch.arccos(((first * second).sum() / lengths).clamp(-1.0, 1.0))))


def mean_angle(first: Tensor, second: Tensor, networks: int | None) -> float:
    """Degrees between two tensors, or the mean of several networks.

    Args:
        first: any shape; with `networks`, a leading axis of them.
        second: of the same shape.
        networks: how many are stacked, if they are.

    Returns:
        0 to 180, see `angle`.
    """
    if networks is None:
        return angle(first, second)
    return sum(angle(a, b) for a, b in zip(first, second, strict=True)) / networks

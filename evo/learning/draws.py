"""Random tensors from generators that are handed in."""

from collections.abc import Sequence

import torch
from torch import Tensor

Generators = torch.Generator | Sequence[torch.Generator]
"""One generator; or one for each network of a population, which then draws what it would alone."""


def uniform(
    generators: Generators, shape: Sequence[int], like: Tensor, networks: int | None = None
) -> Tensor:
    """Numbers uniform in [0, 1).

    Args:
        generators: one, or one for each network.
        shape: of what one network gets.
        like: a tensor of the type and on the device of the result.
        networks: how many are stacked, if they are.

    Returns:
        `shape`, or `(networks, *shape)`.
    """
    if isinstance(generators, torch.Generator):
        whole = tuple(shape) if networks is None else (networks, *shape)
        drawn = torch.rand(whole, generator=generators, dtype=like.dtype, device=generators.device)
    else:
        drawn = torch.stack(
            [
                torch.rand(tuple(shape), generator=g, dtype=like.dtype, device=g.device)
                for g in generators
            ]
        )
    return drawn.to(like.device)


def symmetric(
    generators: Generators, shape: Sequence[int], like: Tensor, networks: int | None = None
) -> Tensor:
    """Numbers uniform in [-1, 1).

    Args:
        generators: see `uniform`.
        shape: see `uniform`.
        like: see `uniform`.
        networks: see `uniform`.
    """
    return uniform(generators, shape, like, networks).mul_(2.0).sub_(1.0)


def normal(
    generators: Generators, shape: Sequence[int], like: Tensor, networks: int | None = None
) -> Tensor:
    """Standard normal numbers.

    Args:
        generators: see `uniform`.
        shape: see `uniform`.
        like: see `uniform`.
        networks: see `uniform`.
    """
    if isinstance(generators, torch.Generator):
        whole = tuple(shape) if networks is None else (networks, *shape)
        drawn = torch.randn(whole, generator=generators, dtype=like.dtype, device=generators.device)
    else:
        drawn = torch.stack(
            [
                torch.randn(tuple(shape), generator=g, dtype=like.dtype, device=g.device)
                for g in generators
            ]
        )
    return drawn.to(like.device)

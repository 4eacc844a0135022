"""Exact inverses of blocks, for square layers with invertible activations."""

import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning.networks.blocks import Block
from evo.learning.networks.operations.linear import Linear, Stacked
from evo.learning.networks.transfer import INVERTIBLE


def check_invertible(block: Block) -> None:
    """Refuse a block that `invert` cannot undo.

    Raises:
        UsageError: see the hint of the error.
    """
    function, weight = block.transfer, block.layer.weight
    square = isinstance(block.layer, (Linear, Stacked)) and weight.shape[-1] == weight.shape[-2]
    if not square or block.reshape or function is None or not function.invertible:
        raise UsageError(
            f"block {block.name!r} has no exact inverse: "
            f"{', '.join(str(module) for module in block.modules.values())}",
            f"exact inverses need square Linear layers, each with {INVERTIBLE}; or use inverse = "
            "learned",
        )


def invert(block: Block, values: Tensor) -> Tensor:
    """W^-1 (f^-1(values) - b): the inputs that `block` gives `values` for.

    See `check_invertible`.
    """
    if block.transfer is None:
        raise UsageError(f"block {block.name!r} has no exact inverse")
    weight, bias = block.layer.weight, block.layer.parameters["bias"]
    before = block.transfer.inverse(values)
    if bias is not None:
        before = before - (bias if bias.dim() == 1 else bias.unsqueeze(1))
    # unchecked: a matrix without inverse gives values that are not finite, and does not stop the
    # other networks of a stack
    return torch.linalg.solve_ex(weight, before.mT).result.mT

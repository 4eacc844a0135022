"""What a layer does between two states that drive one another.

Up, down, and the gradient of their product.
"""

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import Parameter

from evo.errors import UsageError
from evo.learning.networks.blocks import Block
from evo.learning.networks.operations.convolution import Convolution
from evo.learning.networks.operations.linear import Linear, Stacked

aten = torch.ops.aten


class Coupling(Protocol):
    """A block between the state below it and its own, above.

    Phi has the term above . P(W * below + b).
    """

    parameters: dict[str, Parameter | None]
    backward_weight: Tensor | None

    def up(self, below: Tensor, out: Tensor | None = None) -> tuple[Tensor, Any]:
        """P(W * below + b), in `out` where that is given, and the route that it took through P."""
        ...

    def down(self, above: Tensor, route: Any, into: Tensor) -> None:
        """Add W^T * P^-1(above) to the drive of the state below.

        Args:
            above: the block's own state.
            route: the way through P, from `up` or `route`.
            into: the drive, of the shape of the state below.
        """
        ...

    def route(self, below: Tensor) -> Any:
        """The route alone."""
        ...

    def add_gradients(self, above: Tensor, route: Any) -> None:
        """Add the derivatives of above . P(W * below + b) by W and b to their `.grad`.

        The state below is the one that the route began at.
        """
        ...

    def backward_gradient(self, above: Tensor, below: Tensor, route: Any) -> Tensor:
        """The derivative of P^-1(above) . (W * below) by W.

        Args:
            above: the block's own state.
            below: the state below it.
            route: the way through P, which is held.
        """
        ...


def coupling(block: Block, backward_weight: Tensor | None = None) -> Coupling:
    """That of a block; `backward_weight` drives the state below in place of the layer's weights."""
    if isinstance(block.layer, (Linear, Stacked)):
        return Dense(block, backward_weight)
    if isinstance(block.layer, Convolution) and not block.layer.explicit:
        return Convolved(block, backward_weight)
    raise UsageError(
        f"states cannot be coupled by {block.name!r}, {block.modules['layer']}",
        "convolutions are padded with zeros, evenly",
    )


class Dense:
    """A matrix between states; those of stacked networks have a leading axis."""

    def __init__(self, block: Block, backward_weight: Tensor | None) -> None:
        self.layer, self.parameters, self.backward_weight = (
            block.layer,
            block.layer.parameters,
            backward_weight,
        )
        self.networks, self.reshape = block.layer.networks, block.reshape

    def up(self, below: Tensor, out: Tensor | None = None) -> tuple[Tensor, Tensor]:
        weight, bias, shaped = self.layer.weight, self.parameters["bias"], self._shaped(below)
        rows = self._flat(shaped)
        result = None if out is None else self._flat(out)
        if self.networks is None:
            product = (
                torch.mm(rows, weight.t(), out=result)
                if bias is None
                else torch.addmm(bias, rows, weight.t(), out=result)
            )
        elif bias is None:
            product = torch.bmm(rows, weight.mT, out=result)
        else:
            product = torch.baddbmm(bias.unsqueeze(1), rows, weight.mT, out=result)
        if out is not None:
            return out, rows
        return (
            product if self.networks is not None else product.view(*shaped.shape[:-1], -1)
        ), rows

    def down(self, above: Tensor, route: Any, into: Tensor) -> None:
        weight = self.layer.weight if self.backward_weight is None else self.backward_weight
        target = into if self.networks is not None else into.view(-1, weight.shape[-1])
        (target.addmm_ if self.networks is None else target.baddbmm_)(self._flat(above), weight)

    def route(self, below: Tensor) -> Tensor:
        return self._rows(below)

    def add_gradients(self, above: Tensor, route: Tensor) -> None:
        self.layer.backward(route, self._flat(above), None)

    def backward_gradient(self, above: Tensor, below: Tensor, route: Any) -> Tensor:
        return self._flat(above).mT @ self._rows(below)

    def _rows(self, below: Tensor) -> Tensor:
        return self._flat(self._shaped(below))

    def _shaped(self, below: Tensor) -> Tensor:
        for operation in self.reshape:
            below, _ = operation.forward(below)
        return below

    def _flat(self, states: Tensor) -> Tensor:
        """`(samples, width)`, or `(networks, samples, width)`."""
        if self.networks is None:
            return states.reshape(-1, states.shape[-1])
        return states if states.dim() == 3 else states.expand(self.networks, *states.shape)


class Convolved:
    """A convolution between states, and the pooling of what it gives."""

    def __init__(self, block: Block, backward_weight: Tensor | None) -> None:
        if not isinstance(block.layer, Convolution):
            raise UsageError(f"{block.name!r} is no convolution")
        self.layer, self.parameters, self.backward_weight = (
            block.layer,
            block.layer.parameters,
            backward_weight,
        )
        self.pool, self.reshape = block.pool, block.reshape

    def up(self, below: Tensor, out: Tensor | None = None) -> tuple[Tensor, Any]:
        pooled, route = self._pooled(below)
        return (pooled if out is None else out.copy_(pooled)), route

    def down(self, above: Tensor, route: Any, into: Tensor) -> None:
        maps, pooled = route
        weight = self.layer.weight if self.backward_weight is None else self.backward_weight
        into.add_(
            self._convolution_backward(self._unpool(above, pooled), maps[0], weight, 0).view(
                into.shape
            )
        )

    def route(self, below: Tensor) -> Any:
        if self.pool is not None:
            return self._pooled(below)[1]
        for operation in self.reshape:
            below, _ = operation.forward(below)
        return (below, below.shape), None

    def add_gradients(self, above: Tensor, route: Any) -> None:
        maps, pooled = route
        self.layer.backward(maps, self._unpool(above, pooled), None)

    def backward_gradient(self, above: Tensor, below: Tensor, route: Any) -> Tensor:
        for operation in self.reshape:
            below, _ = operation.forward(below)
        return self._convolution_backward(
            self._unpool(above, route[1]), below, self.layer.weight, 1
        )

    def _pooled(self, below: Tensor) -> tuple[Tensor, Any]:
        for operation in self.reshape:
            below, _ = operation.forward(below)
        maps, saved = self.layer.forward(below)
        pooled, kept = (maps, None) if self.pool is None else self.pool.forward(maps)
        return pooled, (saved, kept)

    def _unpool(self, above: Tensor, kept: Any) -> Tensor:
        return above if self.pool is None else self.pool.backward(kept, above)

    def _convolution_backward(
        self, error: Tensor, inputs: Tensor, weight: Tensor, which: int
    ) -> Tensor:
        layer, mask = self.layer, [which == 0, which == 1, False]
        settings = (
            layer.stride,
            layer.padding,
            layer.dilation,
            False,
            [0] * len(layer.stride),
            layer.groups,
        )
        return aten.convolution_backward.default(error, inputs, weight, None, *settings, mask)[
            which
        ]

"""Random projections of the output error to where hidden values are.

The B of direct and indirect feedback alignment.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from evo.errors import UsageError
from evo.learning import states
from evo.learning.draws import Generators, symmetric, uniform
from evo.learning.tensors import to_numpy, to_tensor


@dataclass(frozen=True)
class Projection:
    """B: the error `(..., K)` of the outputs to values of some shape.

    A leading axis of networks on everything for P of them.

    Attributes:
        weights: `(d, K)`; `(d, connections)` if sparse; `(channels, K)` if broadcast.
        sources: `(d, connections)` outputs that each value hears of, if sparse.
        broadcast: whether all positions of a channel get the same.
        lead: how many leading dimensions are not features: networks, batch, and positions where
            outputs have the same.
    """

    weights: Tensor
    sources: Tensor | None
    broadcast: bool
    lead: int

    def __call__(self, error: Tensor, like: Tensor) -> Tensor:
        """The error of the outputs as an error in the shape of `like`."""
        flat = error if error.dim() == self.lead + 1 else error.flatten(self.lead)
        if self.sources is not None:
            return self._sparse(flat, self.sources).reshape(like.shape)
        projected = torch.matmul(flat, self.weights.mT)
        if self.broadcast:
            return projected.view(*projected.shape, *[1] * (like.dim() - projected.dim())).expand(
                like.shape
            )
        return projected if projected.shape == like.shape else projected.reshape(like.shape)

    def _sparse(self, error: Tensor, sources: Tensor) -> Tensor:
        parts = []
        for connection in range(sources.shape[-1]):
            index, weights = sources[..., connection], self.weights[..., connection]
            if index.dim() == 1:
                parts.append(error.index_select(-1, index) * weights)
            else:
                chosen = index.unsqueeze(1).expand(-1, error.shape[1], -1)
                parts.append(error.gather(-1, chosen) * weights.unsqueeze(1))
        return torch.stack(parts).sum(0) if len(parts) > 1 else parts[0]

    def state(self) -> dict[str, Any]:
        """For `state_dict`."""
        kept = {"weights": to_numpy(self.weights), "broadcast": self.broadcast, "lead": self.lead}
        return kept if self.sources is None else {**kept, "sources": to_numpy(self.sources)}

    @classmethod
    def from_state(cls, state: Any, name: str, like: Tensor) -> "Projection":
        """The projection `state[name]`.

        Args:
            state: of many projections by name.
            name: of this one.
            like: a tensor of the type and on the device of the result.

        Raises:
            UsageError: there is none. Whether it fits a network only a batch can show, see `fits`.
        """
        kept = states.section(state, name)
        sparse = "sources" in kept
        keys = ["weights", "broadcast", "lead", *(["sources"] if sparse else [])]
        kept = states.section(state, name, keys)
        weights, broadcast = kept["weights"], kept["broadcast"]
        if not isinstance(weights, np.ndarray) or not isinstance(broadcast, bool):
            raise states.mismatch(f"{name} is no projection")
        states.array(kept, "weights", like.new_empty(weights.shape, device="meta"))
        sources = None
        if sparse:
            outputs = torch.empty(weights.shape, dtype=torch.int64, device="meta")
            sources = torch.tensor(states.array(kept, "sources", outputs), device=like.device)
        return cls(to_tensor(weights, like), sources, broadcast, states.count(kept, "lead"))

    def fits(self, value: Tensor, outputs: Tensor, networks: int | None) -> bool:
        """Whether errors shaped as `outputs` become errors shaped as `value`.

        Args:
            value: of one batch, where the error arrives.
            outputs: of the same batch.
            networks: how many are stacked, if they are.
        """
        lead = () if networks is None else (networks,)
        if not len(lead) < self.lead < value.dim() or self.lead > outputs.dim():
            return False
        heard = math.prod(outputs.shape[self.lead :])
        maps = value.shape[self.lead] if self.broadcast else math.prod(value.shape[self.lead :])
        if self.weights.shape[:-1] != (*lead, maps):
            return False
        if self.sources is None:
            return self.weights.shape[-1] == heard
        return bool(((self.sources >= 0) & (self.sources < heard)).all())

    def check(self, name: str, value: Tensor, outputs: Tensor, networks: int | None) -> None:
        """Raise `UsageError` unless it `fits`.

        Args:
            name: of the layer whose values are `value`, for the error.
            value: see `fits`.
            outputs: see `fits`.
            networks: see `fits`.
        """
        if not self.fits(value, outputs, networks):
            raise states.mismatch(
                f"feedback {tuple(self.weights.shape)} of layer {name} does not fit values "
                f"{tuple(value.shape)} and outputs {tuple(outputs.shape)}"
            )


def projections(memory: Mapping[str, Any]) -> dict[str, Projection]:
    """The projections among what a rule remembers."""
    return {name: kept for name, kept in memory.items() if isinstance(kept, Projection)}


@dataclass(frozen=True)
class Draw:
    """How projections are drawn: uniform in ±scale / sqrt(outputs heard of).

    Attributes:
        scale: 1 works; under Adam it makes no difference.
        connections: how many outputs each value hears of; None is all.
        broadcast: whether convolutional maps get one weight per channel in place of one per value.
        most: bytes that one projection may take.
    """

    scale: float = 1.0
    connections: int | None = None
    broadcast: bool = False
    most: float = 4 * 2.0**30

    def __call__(
        self, generator: Generators, value: Tensor, outputs: Tensor, networks: int | None, name: str
    ) -> Projection:
        """A projection from errors of the outputs to errors of some values.

        Args:
            generator: draws it.
            value: of one batch, where the error arrives.
            outputs: of the same batch.
            networks: how many are stacked, if they are.
            name: of the layer that `value` comes from, for errors.

        Raises:
            UsageError: it would take too much memory, or these are not of one batch.
        """
        batch = 1 if networks is None else 2
        aligned = value.dim() == outputs.dim() and value.shape[:-1] == outputs.shape[:-1]
        lead = value.dim() - 1 if aligned else batch
        if value.shape[:lead] != outputs.shape[:lead]:
            raise UsageError(
                f"layer {name} has values {tuple(value.shape)}, the outputs are "
                f"{tuple(outputs.shape)}: not one batch",
                "keep the batch in the first dimension",
            )
        features, heard = math.prod(value.shape[lead:]), math.prod(outputs.shape[lead:])
        broadcast = self.broadcast and value.dim() - lead >= 2
        rows = value.shape[lead] if broadcast else features
        connections = (
            None if self.connections is None or broadcast else min(self.connections, heard)
        )
        columns = connections or heard
        size = rows * columns * value.element_size() * (networks or 1)
        if size > self.most:
            raise UsageError(
                f"the feedback of layer {name} would take {size / 2**30:.1f} GiB ({rows} values x "
                f"{columns} outputs)",
                "set connections = 1 (sparse), convolution = 'broadcast', or a larger memory",
            )
        weights = symmetric(generator, (rows, columns), value, networks).mul_(
            self.scale * columns**-0.5
        )
        sources = None
        if (
            connections is not None
        ):  # the first of a random order, so that no output is heard of twice
            order = uniform(generator, (rows, heard), value, networks).argsort(-1)
            sources = order[..., :connections].contiguous()
        return Projection(weights, sources, broadcast, lead)

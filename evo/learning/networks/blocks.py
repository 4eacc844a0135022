"""A network as a chain of blocks: one layer each, with what stands between it and the next."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from evo.errors import UsageError
from evo.learning.networks.graph import Graph
from evo.learning.networks.operations.base import Layer, Operation
from evo.learning.networks.operations.functions import Elementwise
from evo.learning.networks.operations.pooling import AvgPool, MaxPool
from evo.learning.networks.transfer import Transfer, transfer

IDENTITY = Elementwise(lambda x: x, lambda error, _: error, True)


@dataclass(eq=False)
class Block:
    """`reshape` (where there is one), `layer`, then `pool` (where there is one) and `function`.

    H_l from h_{l-1}.

    Attributes:
        name: of the layer in the network.
        modules: those behind `layer`, `pool` and `function`, by these names.
        transfer: what is known of `function`; None where its inverse and its energy are not.
    """

    name: str
    layer: Layer
    modules: dict[str, nn.Module]
    reshape: list[Operation] = field(default_factory=list)
    pool: Operation | None = None
    function: Elementwise = IDENTITY
    transfer: Transfer | None = field(default_factory=lambda: transfer(nn.Identity()))

    def forward(self, inputs: Tensor) -> tuple[Tensor, list[Any]]:
        """Outputs, and what `backward` needs."""
        saved = []
        for operation in self._operations():
            inputs, kept = operation.forward(inputs)
            saved.append(kept)
        return inputs, saved

    def backward(
        self, saved: list[Any], error: Tensor, weight: Tensor | None = None
    ) -> Tensor | None:
        """Add the layer's gradients.

        Args:
            saved: what `forward` gave beside the outputs.
            error: of the outputs.
            weight: what the inputs' error returns through; None for none.

        Returns:
            The inputs' error, or None.
        """
        for operation, kept in zip(reversed(self._operations()), reversed(saved), strict=True):
            if operation is self.layer:
                returned = self.layer.backward(kept, error, weight)
                if returned is None:
                    return None
                error = returned
            else:
                error = operation.backward(kept, error)
        return error

    def _operations(self) -> list[Operation]:
        return [
            *self.reshape,
            self.layer,
            *([] if self.pool is None else [self.pool]),
            self.function,
        ]


def blocks(graph: Graph, network: nn.Module, rule: str, pooling: bool = False) -> list[Block]:
    """The blocks of a network that is a plain chain of modules.

    Args:
        graph: the network as steps.
        network: the network.
        rule: the name of the rule that takes them, for errors.
        pooling: whether a block may have a pool.

    Raises:
        UsageError: there is a skip connection, a layer used twice, or a module that `rule` has no
            use for.
    """
    graph.refuse_links(rule, "its links skip levels, so that a layer has no single layer below it")
    after = "a pooling and an activation" if pooling else "an activation"
    allowed = (
        f"{rule} takes a chain of Linear and Conv modules, each with {after} after it, and Flatten"
    )
    without = f"leave pools out: --set network.pool=stride; {allowed}"
    modules = dict(network.named_modules())
    chain: list[Block] = []
    reshape: list[Operation] = []
    previous = 0
    for step in graph.steps:
        name, _, again = step.name.partition("#")
        module = modules.get(name, network if name == "0" else None)
        if (
            step.inputs != (previous,)
            or module is None
            or (again and isinstance(step.operation, Layer))
        ):
            raise UsageError(
                f"{rule} cannot follow step {step.name!r} of {type(network).__name__}",
                f"{allowed}; no skips, no functions",
            )
        previous, operation = step.output, step.operation
        if isinstance(operation, Layer):
            chain.append(Block(step.name, operation, {"layer": module}, reshape))
            reshape = []
        elif isinstance(module, nn.Identity):
            continue
        elif isinstance(module, (nn.Flatten, nn.Unflatten)):
            reshape.append(operation)
        elif (
            isinstance(operation, (MaxPool, AvgPool)) and pooling and _open(chain, reshape, "pool")
        ):
            if "function" in chain[-1].modules and isinstance(operation, AvgPool):
                raise UsageError(
                    f"{rule}: an average pool comes after "
                    f"{type(chain[-1].modules['function']).__name__}",
                    "set network.pool=max or network.pool=stride, or write network.layers with the "
                    "pool before it",
                )
            chain[-1].pool, chain[-1].modules["pool"] = operation, module
        elif isinstance(operation, Elementwise) and _open(chain, reshape, "function"):
            chain[-1].function, chain[-1].transfer, chain[-1].modules["function"] = (
                operation,
                transfer(module),
                module,
            )
        else:
            raise UsageError(
                f"{rule} has no use for {type(module).__name__} where step {step.name!r} stands",
                without if isinstance(operation, (MaxPool, AvgPool)) else allowed,
            )
    if reshape:
        raise UsageError(f"{rule} has no use for a reshape after the last layer", allowed)
    return chain


def _open(chain: list[Block], reshape: list[Operation], part: str) -> bool:
    """Whether the last block can still be given `part`."""
    return bool(chain) and not reshape and part not in chain[-1].modules

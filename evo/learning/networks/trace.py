"""From a torch module to the list of steps that it takes, without changing the module."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from evo.errors import UsageError
from evo.learning.draws import Generators
from evo.learning.networks.operations.base import Operation
from evo.learning.networks.operations.fallback import fallback
from evo.learning.networks.operations.shapes import Cat, Item, Reshape, Size
from evo.learning.networks.operations.table import FUNCTIONS, JOINS, METHODS, MODULES, NUMBERS, OWN

KNOWN = ", ".join(sorted(kind.__name__ for kind in MODULES if kind not in OWN))
SUPPORTED = (
    f"supported: the modules {KNOWN}; their functions; between them any module of torch from one "
    "tensor to one that draws nothing at random; +, -, *, cat, view, reshape, flatten, permute, "
    "mean"
)


@dataclass(frozen=True)
class TracedStep:
    """One operation: which slots it reads, and which one it writes.

    Slot 0 holds the network's inputs.
    """

    name: str
    operation: Operation
    inputs: tuple[int, ...]
    output: int


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in MODULES or super().is_leaf_module(m, module_qualified_name)


def trace(network: nn.Module, generators: Generators) -> tuple[list[TracedStep], int]:
    """The steps of `network` in the order it takes them, and the slot of its output.

    Raises:
        UsageError: its path depends on data, it has several inputs or outputs, or a step is not
            supported.
    """
    root = nn.Sequential(network) if type(network) in MODULES else network
    try:
        graph = _Tracer().trace(root)
    except (
        Exception
    ) as error:  # whatever the user's forward raises when it is run on stand-ins for tensors
        raise UsageError(
            f"the forward pass of {type(network).__name__} cannot be followed: {error}", SUPPORTED
        ) from error
    slots: dict[fx.Node, int] = {}
    steps: list[TracedStep] = []
    for node in graph.nodes:
        if node.op == "placeholder":
            if slots:
                raise UsageError(
                    f"{type(network).__name__} takes several inputs", "a network takes one tensor"
                )
            slots[node] = 0
        elif node.op == "output":
            (result,) = node.args
            if not isinstance(result, fx.Node):
                raise UsageError(
                    f"{type(network).__name__} gives several outputs", "a network gives one tensor"
                )
            _check_in_place(root, graph)
            return steps, slots[result]
        else:
            operation, read = _operation(root, node, generators)
            slots[node] = len(slots)
            steps.append(
                TracedStep(
                    _name(node, steps), operation, tuple(slots[each] for each in read), slots[node]
                )
            )
    raise UsageError(f"{type(network).__name__} gives no output", "a network gives one tensor")


def _name(node: fx.Node, steps: Sequence[TracedStep]) -> str:
    name = str(node.target) if node.op == "call_module" else node.name
    used = sum(step.name.partition("#")[0] == name for step in steps)
    return f"{name}#{used + 1}" if used else name


def _operation(
    root: nn.Module, node: fx.Node, generators: Generators
) -> tuple[Operation, list[fx.Node]]:
    """The operation that `node` stands for, and what it reads."""
    read = _nodes((node.args, node.kwargs))
    if node.op == "call_module":
        module = root.get_submodule(str(node.target))
        if type(module) in MODULES and (len(read) == 1 or type(module) in OWN):
            return MODULES[type(module)](module, generators), read
        if len(read) == 1 and (step := fallback(module)) is not None:
            return step, read
        raise UsageError(f"{node.target}: {type(module).__name__} is not supported", SUPPORTED)
    target, args, options = node.target, list(node.args), dict(node.kwargs)
    if node.op == "get_attr":
        raise UsageError(
            f"parameter or buffer {target!r} is used directly",
            "give weights to Linear, Conv or normalising modules",
        )
    try:
        operation = _shape_step(target, args, read) or _called(target, args, options, read)
    except TypeError as error:
        raise UsageError(f"{node.name}: {error}", SUPPORTED) from error
    if operation is None:
        raise UsageError(f"{getattr(target, '__name__', target)} is not supported", SUPPORTED)
    return operation, read


def _called(
    target: Any, args: list[Any], options: dict[str, Any], read: list[fx.Node]
) -> Operation | None:
    if target in (torch.cat, torch.concat):
        dim = args[1] if len(args) > 1 else options.get("dim", 0)
        return Cat(dim)
    if target in JOINS and len(read) == 2 and len(args) == 2:
        return JOINS[target](**options)
    if target in NUMBERS and len(read) == 1 and len(args) == 2:
        number = args[1] if isinstance(args[0], fx.Node) else args[0]
        if args[0] is number and target not in (operator.add, operator.mul):
            return None
        return NUMBERS[target](number) if isinstance(number, (int, float)) else None
    table = METHODS if isinstance(target, str) else FUNCTIONS
    if target in table and len(read) == 1:
        return table[target](
            *args[1:],
            **{key: value for key, value in options.items() if not isinstance(value, fx.Node)},
        )
    return None


def _shape_step(target: Any, args: list[Any], read: list[fx.Node]) -> Operation | None:
    """Steps about shapes: `x.size(0)`, `x.shape[0]`, and `x.view(...)` with such lengths in it."""
    if target is getattr and args[1] == "shape":
        return Size()
    if target == "size":
        return Size(args[1] if len(args) > 1 else None)
    if (
        target is operator.getitem
        and isinstance(args[1], int)
        and read[0].target in (getattr, "size")
    ):
        return Item(args[1])
    if target in ("view", "reshape", torch.reshape):
        lengths = (
            list(args[1]) if len(args) == 2 and isinstance(args[1], (tuple, list)) else args[1:]
        )

        def reshape(x: torch.Tensor, *sizes: Any) -> torch.Tensor:
            rest = iter(sizes)
            shape = [next(rest) if isinstance(length, fx.Node) else length for length in lengths]
            return x.reshape(shape[0] if isinstance(shape[0], torch.Size) else shape)

        return Reshape(reshape)
    return None


def _nodes(value: Any) -> list[fx.Node]:
    """All nodes within arguments, in order, also the same one twice."""
    if isinstance(value, fx.Node):
        return [value]
    if isinstance(value, dict):
        return [node for each in value.values() for node in _nodes(each)]
    if isinstance(value, (tuple, list)):
        return [node for each in value for node in _nodes(each)]
    return []


def _check_in_place(root: nn.Module, graph: fx.Graph) -> None:
    """Refuse in-place steps whose inputs are read again.

    All others are run out of place, which gives the same.
    """
    for node in graph.nodes:
        module = root.get_submodule(str(node.target)) if node.op == "call_module" else None
        in_place = (
            getattr(module, "inplace", False)
            or node.kwargs.get("inplace")
            or node.target in (operator.iadd, operator.imul)
        )
        sources = [each for each in node.all_input_nodes[:1] if in_place]
        for source in sources:
            if any(user is not node and node < user for user in source.users):
                raise UsageError(
                    f"{node.target} overwrites a value that is used again", "give it inplace=False"
                )

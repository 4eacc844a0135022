"""From names and settings to a training that is ready to run."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from evo import registry
from evo.errors import UsageError
from evo.learning import architectures, data, losses
from evo.learning.architectures import NetworkSettings
from evo.learning.data import Data
from evo.learning.optimisers import OptimiserSettings
from evo.learning.rules.base import Rule
from evo.learning.stopping import Epochs, Stop
from evo.learning.training import Training
from evo.rng import Role, Streams
from evo.settings import build


def find_rule(name: str) -> type[Rule]:
    """The class behind a rule's name."""
    return registry.load(registry.RULES, "rule", name)


def training(
    rule: str,
    on: str | Data,
    *,
    seed: int = 0,
    epochs: int = 20,
    loss: str = "cross-entropy",
    device: str = "auto",
    double: bool = False,
    settings: Mapping[str, Any] = {},
    network: Mapping[str, Any] = {},
    optimiser: Mapping[str, Any] = {},
    stop: Iterable[Stop] = (),
    **options: Any,
) -> Training:
    """A training ready to run.

    ``for epoch in training("dfa", "mnist5k", seed=1, epochs=5): print(epoch.validation.accuracy)``

    Args:
        on: data by name or as it is.
        device: "cpu", "cuda", or "auto" for a CUDA device if there is one.
        double: whether in float64, not float32.
        settings, network, optimiser: of the rule, of `NetworkSettings`, of `OptimiserSettings`.
        options: of `Training`.
    """
    kind = find_rule(rule)
    chosen = build(kind.Settings, settings, "rule")
    shape = build(NetworkSettings, network, "network")
    pace = build(OptimiserSettings, optimiser, "optimiser")
    where = find_device(device)
    streams = Streams(seed)
    source = data.data(on) if isinstance(on, str) else on
    examples = source.load(streams.generator(0, Role.DATA))
    if shape.layers is None and shape.kind == "mlp":
        examples = examples.flattened()
    made = architectures.build(
        shape, examples.shape, examples.classes, generator(streams, Role.WEIGHTS)
    )
    made.to(device=where, dtype=torch.float64 if double else torch.float32)
    learner = kind(made, losses.loss(loss), chosen, generator(streams, Role.RULE))
    return Training(
        learner,
        examples,
        pace,
        seed=seed,
        epochs=epochs,
        stop=[Epochs(epochs), *stop],
        device=where,
        **options,
    )


def generator(streams: Streams, role: Role) -> torch.Generator:
    """A generator of torch for one role of a run.

    On the CPU, so that every device gets the same numbers.
    """
    return torch.Generator().manual_seed(int(streams.seeds(0, role, 1)[0]) & (2**63 - 1))


def find_device(name: str) -> torch.device:
    """The device called "cpu", "cuda", or "auto"."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError(
            "torch sees no CUDA device",
            "use --device cpu, or install a build of torch for your CUDA version",
        )
    return torch.device(name)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads for torch.

    Part of the settings of a run, because sums of floats depend on it in the last bits.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)

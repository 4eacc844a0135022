"""A step of each rule against torch's backpropagation; networks at once against a loop.

A step is forward pass, loss and gradients, without the optimiser; all contestants get the same
network and batch, and one thread. The loop over networks is what a torch user writes: zero_grad,
cross-entropy, backward and SGD step for each network in turn; the population does all of that as
well.
"""

import copy
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.measure import Measurement, interleaved
from evo.learning.losses import CrossEntropy
from evo.learning.networks.stacked import PopulationSGD, stack
from evo.learning.rules.base import Rule
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.fa import FA
from evo.learning.rules.ifa import IFA

RULES: dict[str, type[Rule]] = {"BP": BP, "FA": FA, "DFA": DFA, "IFA": IFA}
BATCH, NETWORKS = 64, 64


def perceptron() -> nn.Module:
    return nn.Sequential(
        nn.Linear(784, 256), nn.Tanh(), nn.Linear(256, 256), nn.Tanh(), nn.Linear(256, 10)
    )


def convolutions() -> nn.Module:
    first = (nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(
        *first, nn.Conv2d(32, 64, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1024, 10)
    )


def torch_step(network: nn.Module, inputs: Tensor, targets: Tensor) -> None:
    network.zero_grad()
    functional.cross_entropy(network(inputs), targets).backward()


def rule_step(rule: Rule, inputs: Tensor, targets: Tensor) -> None:
    rule.network.zero_grad()
    rule.gradients(inputs, targets)


def steps(name: str, network: nn.Module, inputs: Tensor, rounds: int) -> list[Measurement]:
    targets = torch.randint(10, (BATCH,), generator=torch.Generator().manual_seed(2))
    contestants: dict[str, Callable[[], None]] = {
        "torch": partial(torch_step, copy.deepcopy(network), inputs, targets)
    }
    for kind in RULES.values():
        rule = kind(
            copy.deepcopy(network),
            CrossEntropy(),
            kind.Settings(),
            torch.Generator().manual_seed(3),
        )
        contestants[kind.__name__] = partial(rule_step, rule, inputs, targets)
    seconds = interleaved(contestants, rounds, warm_up=3)
    peer = {"torch backward()": 1e3 * seconds["torch"]}
    notes = f"medians of {rounds} turns, one thread"
    return [
        Measurement(f"{rule}, {name}, batch {BATCH}", "CPU ms", 1e3 * seconds[rule], peer, notes)
        for rule in RULES
    ]


def loop(networks: list[nn.Module], inputs: Tensor, targets: Tensor) -> Callable[[], None]:
    optimisers = [torch.optim.SGD(network.parameters(), lr=0.1) for network in networks]

    def work() -> None:
        for network, optimiser in zip(networks, optimisers, strict=True):
            torch_step(network, inputs, targets)
            optimiser.step()

    return work


def together(
    kind: type[Rule], networks: list[nn.Module], inputs: Tensor, targets: Tensor
) -> Callable[[], None]:
    stacked = stack(networks)
    rule = kind(stacked, CrossEntropy(), kind.Settings(), torch.Generator().manual_seed(3))
    optimiser = PopulationSGD(stacked.parameters(), torch.full((len(networks),), 0.1))

    def work() -> None:
        rule_step(rule, inputs, targets)
        optimiser.step()

    return work


def population(sizes: tuple[int, int, int], rounds: int) -> list[Measurement]:
    inputs, hidden, outputs = sizes
    drawn = torch.Generator().manual_seed(1)
    batch = (
        torch.rand(BATCH, inputs, generator=drawn),
        torch.randint(outputs, (BATCH,), generator=drawn),
    )
    networks: list[nn.Module] = [
        nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))
        for _ in range(NETWORKS)
    ]
    contestants = {kind.__name__: together(kind, networks, *batch) for kind in (BP, FA, DFA)}
    seconds = interleaved(
        {"loop": loop(copy.deepcopy(networks), *batch), **contestants}, rounds, warm_up=3
    )
    what = f"{NETWORKS} networks {inputs}-{hidden}-{outputs} at once, batch {BATCH}"
    peer = {"loop of nn.Module + SGD": 1e3 * seconds["loop"]}
    notes = f"a step of all networks; medians of {rounds} turns, one thread"
    return [
        Measurement(f"{name}, {what}", "CPU ms", 1e3 * seconds[name], peer, notes)
        for name in contestants
    ]


def measure(quick: bool = False) -> list[Measurement]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    pictures = torch.rand(BATCH, 1, 28, 28)
    try:
        return [
            *steps("784-256-256-10 tanh", perceptron(), pictures.flatten(1), 10 if quick else 200),
            *steps(
                "two convolutions 5x5 (32, 64) with max-pooling",
                convolutions(),
                pictures,
                3 if quick else 50,
            ),
            *population((64, 32, 10), 3 if quick else 50),
        ]
    finally:
        torch.set_num_threads(threads)

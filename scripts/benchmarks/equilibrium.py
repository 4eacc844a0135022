"""A step of equilibrium propagation in closed form, against autograd of the primitive function.

A step is the free phase, both nudged phases and the gradients of all parameters, without the
optimiser. The peer does what published code for equilibrium propagation does: every step of
settling builds Phi - beta L as an autograd graph and differentiates it by the states, and the
parameters' gradients come from differentiating (Phi(second) - Phi(first)) / (2 beta n). Both settle
to the same states.
"""

import copy
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks.measure import Measurement, interleaved
from evo.learning.losses import SquaredError
from evo.learning.measures.bptt import primitive
from evo.learning.rules.ep import EP

BATCH = 64


def perceptron() -> nn.Module:
    return nn.Sequential(
        nn.Linear(784, 256), nn.Hardtanh(0.0, 1.0), nn.Linear(256, 10), nn.Hardtanh(0.0, 1.0)
    )


def convolutions() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 5),
        nn.MaxPool2d(2),
        nn.Hardtanh(0.0, 1.0),
        nn.Conv2d(16, 32, 5),
        nn.MaxPool2d(2),
        nn.Hardtanh(0.0, 1.0),
        nn.Flatten(),
        nn.Linear(512, 10),
        nn.Hardtanh(0.0, 1.0),
    )


def closed_form(rule: EP, inputs: Tensor, targets: Tensor) -> None:
    rule.network.zero_grad()
    rule.gradients(inputs, targets)


def autograd(rule: EP, inputs: Tensor, targets: Tensor) -> None:
    """The same step, on the same network and settings, by graphs of Phi."""
    chain, settings = rule.system.chain, rule.settings
    functions = [block.modules["function"] for block in chain]
    wanted = nn.functional.one_hot(targets, 10).to(inputs.dtype)

    def settle(states: Sequence[Tensor], steps: int, beta: float) -> list[Tensor]:
        now = [state.detach().requires_grad_() for state in states]
        for _ in range(steps):
            total = primitive(chain, inputs, now)
            if beta:
                total = total - beta * 0.5 * (now[-1] - wanted).square().sum()
            drives = torch.autograd.grad(total, now)
            now = [
                function(drive).detach().requires_grad_()
                for function, drive in zip(functions, drives, strict=True)
            ]
        return now

    rule.network.zero_grad()
    with torch.no_grad():
        zeros = rule.system.begin(inputs)[1]
    free = settle(zeros, settings.free_steps, 0.0)
    second = settle(free, settings.nudged_steps, settings.beta)
    first = settle(free, settings.nudged_steps, -settings.beta)
    change = primitive(chain, inputs, second) - primitive(chain, inputs, first)
    (change / (-2.0 * settings.beta * len(inputs))).backward()


def step(name: str, network: nn.Module, inputs: Tensor, rounds: int) -> Measurement:
    targets = torch.randint(10, (BATCH,), generator=torch.Generator().manual_seed(2))
    settings = EP.Settings(beta=0.5, free_steps=20, nudged_steps=6)
    contestants: dict[str, Callable[[], None]] = {}
    found = []
    for label, work in (("evo", closed_form), ("autograd", autograd)):
        rule = EP(
            copy.deepcopy(network), SquaredError(), settings, torch.Generator().manual_seed(3)
        )
        contestants[label] = partial(work, rule, inputs, targets)
        contestants[label]()
        found.append([parameter.grad for parameter in rule.network.parameters()])
    for ours, theirs in zip(*found, strict=True):
        # Not closer in single precision: max pooling does not come to rest, and a rounding decides
        # which of two values it takes.
        if (ours - theirs).norm() > 1e-2 * theirs.norm():
            raise ArithmeticError(f"{name}: the closed form and the graphs of Phi disagree")
    seconds = interleaved(contestants, rounds, warm_up=2)
    peer = {"autograd graphs of Phi": 1e3 * seconds["autograd"]}
    notes = f"medians of {rounds} turns, one thread; both give the same gradients"
    return Measurement(
        f"EP step, {name}, batch {BATCH}, T1 20, T2 6, three-phase",
        "CPU ms",
        1e3 * seconds["evo"],
        peer,
        notes,
    )


def measure(quick: bool = False) -> list[Measurement]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(0)
        rounds = 3 if quick else 41
        pictures = torch.rand(BATCH, 1, 28, 28)
        return [
            step("784-256-10", perceptron(), pictures.flatten(1), rounds),
            step("2 convolutions with max pooling", convolutions(), pictures, 2 if quick else 11),
        ]
    finally:
        torch.set_num_threads(threads)

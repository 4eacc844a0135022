"""A generation that learns in stacked tensors, against a loop over its networks.

Networks of 64-32-10 in double precision, each with 20 steps of 32 examples in an order of its own,
and feedback or decoders of its own. The peer does for each network what learning takes in torch:
the module, the rule, SGD and its steps. It is timed on a few networks and counted for all of them.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import nn

from benchmarks.measure import Measurement, cpu_seconds, interleaved
from evo.learning.lifetimes import stacked
from evo.learning.lifetimes.curriculum import Curriculum
from evo.learning.losses import CrossEntropy
from evo.learning.rules.base import Rule
from evo.learning.rules.ifa import IFA
from evo.learning.rules.kolen_pollack import KolenPollack
from evo.learning.rules.sdtp import SDTP
from evo.networks.fixed import FixedTopology
from evo.networks.flat import Networks
from evo.networks.layers import find_layers
from evo.phenotype import Network

RULES: dict[str, type[Rule]] = {"ifa": IFA, "kolen-pollack": KolenPollack, "sdtp": SDTP}
INPUTS, HIDDEN, OUTPUTS, STEPS, BATCH, EXAMPLES = 64, 32, 10, 20, 32, 1000
FEW, MANY = 60, 500


def population(count: int) -> tuple[Networks, Curriculum]:
    rng = np.random.default_rng(0)
    topology = FixedTopology(
        Network(INPUTS, OUTPUTS), FixedTopology.Settings(hidden=(HIDDEN,), activation="tanh")
    )
    networks = topology(rng.uniform(-0.2, 0.2, (count, topology.needs.dimensions)))
    lives = Curriculum(
        rng.normal(size=(EXAMPLES, INPUTS)),
        np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=EXAMPLES)],
        rng.integers(0, EXAMPLES, (count, STEPS, BATCH)).astype(np.int32),
        rng.integers(0, 2**63, count).astype(np.uint64),
        rate=0.1,
        momentum=0.0,
        loss="cross-entropy",
    )
    return networks, lives


def generation(kind: type[Rule], count: int) -> Callable[[], object]:
    networks, lives = population(count)
    layers = find_layers(networks)
    assert layers is not None
    return lambda: stacked.teach(networks, layers, lives, kind, kind.Settings())


def one_by_one(kind: type[Rule], networks: Networks, lives: Curriculum, rows: range) -> None:
    """The same learning of some rows, as modules."""
    inputs, answers = torch.from_numpy(lives.inputs), torch.from_numpy(lives.answers)
    layers = find_layers(networks)
    assert layers is not None
    hidden, output = layers.weights(networks)
    for row in rows:
        network = nn.Sequential(
            nn.Linear(INPUTS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, OUTPUTS)
        ).double()
        values = (hidden.weight[row], hidden.bias[row], output.weight[row], output.bias[row])
        for parameter, value in zip(network.parameters(), values, strict=True):
            parameter.data.copy_(torch.from_numpy(value))
        drawn = torch.Generator().manual_seed(int(lives.feedback_seeds[row]))
        rule = kind(network, CrossEntropy(), kind.Settings(), drawn)
        optimiser = torch.optim.SGD(network.parameters(), lives.rate)
        for chosen in torch.from_numpy(lives.order[row].astype(np.int64)):
            optimiser.zero_grad()
            rule.gradients(inputs[chosen], answers[chosen])
            optimiser.step()
            rule.after_step()


def compared(name: str, kind: type[Rule], rounds: int, sample: int) -> list[Measurement]:
    counts = (FEW,) if rounds < 3 else (FEW, MANY)
    seconds = interleaved({str(count): generation(kind, count) for count in counts}, rounds)
    loop = partial(one_by_one, kind, *population(sample))
    loop(range(1))
    each = cpu_seconds(partial(loop, range(sample))) / sample
    return [
        Measurement(
            f"{name}, {count} networks {INPUTS}-{HIDDEN}-{OUTPUTS}, {STEPS} steps of {BATCH}",
            "CPU ms",
            1e3 * seconds[str(count)],
            {"loop of modules": 1e3 * each * count},
            f"median of {rounds} turns; the loop timed on {sample} networks, counted for {count}",
        )
        for count in counts
    ]


def measure(quick: bool = False) -> list[Measurement]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    rounds, sample = (2, 2) if quick else (9, 30)
    try:
        return [
            measurement
            for name, kind in RULES.items()
            for measurement in compared(name, kind, rounds, sample)
        ]
    finally:
        torch.set_num_threads(threads)

"""Networks of any shape learning in compiled code, against the loop through torch.

A generation is 150 networks, each with 20 steps of 32 examples in an order of its own. The peer
does for each network what learning on an evolved network takes in torch: the module, the rule, SGD
and its steps. It is timed on a few networks and counted for all of them.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from benchmarks.measure import Measurement, cpu_seconds, interleaved
from evo.learning.losses import SquaredError
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.base import Rule
from evo.learning.rules.bp import BP
from evo.learning.rules.dfa import DFA
from evo.learning.rules.ep import EP
from evo.learning.rules.fa import FA
from evo.networks.flat import Networks
from evo.networks.functions import Activation
from evo.networks.learning import draw_feedback, learn

RULES: dict[str, type[Rule]] = {"bp": BP, "fa": FA, "dfa": DFA, "ep": EP}
NETWORKS, STEPS, BATCH, EXAMPLES, INPUTS, OUTPUTS = 150, 20, 32, 256, 4, 2
RATE = 0.01


def grown(links: int, rng: np.random.Generator) -> Networks:
    """Networks of `links` links each, some three into a node, from any earlier positions."""
    nodes = max(OUTPUTS + 1, round(links / 3))
    starts, sources = [0], []
    for _ in range(NETWORKS):
        fans = np.full(nodes, links // nodes)
        fans[rng.permutation(nodes)[: links - fans.sum()]] += 1
        for node, fan in enumerate(fans):
            known = INPUTS + node
            sources.append(rng.choice(known, size=min(fan, known), replace=False))
            starts.append(starts[-1] + len(sources[-1]))
    flat = np.concatenate(sources).astype(np.int32)
    total = NETWORKS * nodes
    return Networks(
        inputs=INPUTS,
        outputs=OUTPUTS,
        recurrent=False,
        nodes=np.arange(NETWORKS + 1) * nodes,
        bias=rng.normal(size=total),
        activation=rng.choice([int(Activation.TANH), int(Activation.SIGMOID)], total).astype(
            np.uint8
        ),
        aggregation=np.zeros(total, np.uint8),
        links=np.array(starts),
        sources=flat,
        weights=0.5 * rng.normal(size=len(flat)),
        output=np.tile(np.arange(OUTPUTS) + INPUTS + nodes - OUTPUTS, (NETWORKS, 1)).astype(
            np.int32
        ),
    )


def through_torch(
    kind: type[Rule],
    networks: Networks,
    inputs: np.ndarray,
    targets: np.ndarray,
    order: np.ndarray,
    rows: range,
) -> None:
    """The same learning of some rows, as modules."""
    x, y = torch.from_numpy(inputs), torch.from_numpy(targets)
    for row in rows:
        module = EvolvedNetwork(networks, row)
        rule = kind(
            module, SquaredError(), kind.Settings(), torch.Generator().manual_seed(int(row))
        )
        optimiser = torch.optim.SGD(module.parameters(), lr=RATE)
        for batch in order[row]:
            optimiser.zero_grad()
            rule.gradients(x[batch], y[batch])
            optimiser.step()
        module.networks()


def generation(
    rule: str, networks: Networks, inputs: np.ndarray, targets: np.ndarray, order: np.ndarray
) -> Callable[[], object]:
    def work() -> object:
        feedback = (
            draw_feedback(networks, rule, np.arange(NETWORKS)) if rule in ("fa", "dfa") else None
        )
        return learn(networks, inputs, targets, order, RATE, rule=rule, feedback=feedback)

    return work


def compared(links: int, rounds: int, sample: int) -> list[Measurement]:
    rng = np.random.default_rng(0)
    networks = grown(links, rng)
    inputs, targets = rng.normal(size=(EXAMPLES, INPUTS)), rng.normal(size=(EXAMPLES, OUTPUTS))
    order = rng.integers(0, EXAMPLES, (NETWORKS, STEPS, BATCH)).astype(np.int32)
    figures = []
    for name, kind in RULES.items():
        mine = interleaved({name: generation(name, networks, inputs, targets, order)}, rounds)
        peers = {}
        if sample:
            loop = partial(through_torch, kind, networks, inputs, targets, order)
            loop(range(1))
            seconds = cpu_seconds(partial(loop, range(sample))) * NETWORKS / sample
            peers = {"loop through torch": 1e3 * seconds}
        figures.append(
            Measurement(
                f"{name}, {NETWORKS} networks of {links} links, {STEPS} steps of {BATCH}",
                "CPU ms",
                1e3 * mine[name],
                peers,
                f"median of {rounds} turns"
                + (f"; torch timed on {sample} networks, counted for {NETWORKS}" if sample else ""),
            )
        )
    return figures


def measure(quick: bool = False) -> list[Measurement]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    rounds, sample = (2, 1) if quick else (9, 15)
    try:
        return [
            *compared(24, rounds, sample),
            *([] if quick else [*compared(200, rounds, sample), *compared(2000, 3, 0)]),
        ]
    finally:
        torch.set_num_threads(threads)

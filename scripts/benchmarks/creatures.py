"""Creatures: what a brain costs beside the physics, and how many lives there are in a second.

- *closed loop*: a chain of parts on land that senses, thinks with a network of 16 hidden units and
  is measured fifty times a second, as when it is scored; the peer is `mujoco.rollout` with the same
  model and the same controls, which were written down before. Both end in the same state, which is
  checked. At least 0.9 is wanted.
- *genome to model*: developing random graphs and building their models. At most 4 ms is wanted.
- *evaluations*: ten seconds of walking for creatures of up to ten parts, first and mutated ones,
  from genome to score, those that a guard stops included. At least 40 a second are wanted.
- *two threads*: the same evaluations shared by two threads, in seconds of the clock, so it needs a
  machine with nothing else to do. At least 1.7 times one thread is wanted.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import mujoco
import numpy as np
from evo_envs.creatures import kernels as physics
from evo_envs.creatures.body import Body, Part
from evo_envs.creatures.native import addresses
from evo_envs.creatures.worlds import TICK, World
from mujoco import rollout

import evo.compose
from benchmarks.measure import Measurement, cpu_seconds, interleaved
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.representation import Bodies
from evo.networks.brains.columns import Brain, wired
from evo.networks.brains.kernels import think, wake
from evo.networks.fixed import FixedTopology
from evo.phenotype import Network
from evo.population import Floats
from evo.problems.creatures.guards import NO_LIMITS
from evo.problems.creatures.life import Lives
from evo.problems.creatures.task import CreatureTask

SECONDS, HIDDEN, CHAINS = 10.0, 16, (3, 6, 12)


def chain(parts: int) -> Body:
    """Boxes in a row, with hinges that bend it to the sides and upwards by turns."""
    root = Part(-1, "box", (0.2, 0.1, 0.06))
    quarter = (float(np.sqrt(0.5)), float(np.sqrt(0.5)), 0.0, 0.0)
    others = [
        Part(k, "box", (0.2, 0.08, 0.08), "hinge", (0.2, 0.0, 0.0), quarter, (0.6, 0.6, 0.6), 0.5)
        for k in range(parts - 1)
    ]
    return Body((root, *others))


def brain_of(body: Body) -> Brain:
    """A network from all senses over 16 hidden units to all joints."""
    senses, dofs = body.senses(0), body.degrees_of_freedom
    topology = FixedTopology(
        Network(senses, dofs), FixedTopology.Settings(hidden=(HIDDEN,), activation="tanh")
    )
    weights = np.random.default_rng(0).normal(0.0, 0.5, (1, topology.needs.dimensions))
    return wired(topology(weights), senses, dofs)


def controls_of(lives: Lives) -> Floats:
    """`(decisions, dofs)` what the joints are told in a life; the physics are at its end then."""
    stage, parts = lives.stage, lives.brain.parts()
    layout, told = stage.creatures[0], np.zeros(lives.body.degrees_of_freedom)
    native, nothing = addresses(stage.model, stage.data), np.zeros((0, 3))
    stage.reset()
    wake(parts)
    controls = []
    for now in range(round(SECONDS / TICK)):
        physics.sense(stage.views, layout, now * TICK, nothing, parts.signals)
        think(parts, now * TICK, TICK, now, False, told)
        stage.data.ctrl[:] = told
        physics.advance(native, stage.world.frame)
        controls.append(told.copy())
    return np.array(controls)


def closed_loop(parts: int, rounds: int) -> Measurement:
    body = chain(parts)
    lives = Lives.of(body, brain_of(body), World("land"), NO_LIMITS, rests=False, touch=True)
    model, data, frame = lives.stage.model, lives.stage.data, lives.stage.world.frame
    controls = controls_of(lives)
    ends = data.qpos.copy()
    kick, nothing = np.zeros(body.degrees_of_freedom), np.zeros((0, 3))

    lives.stage.reset()
    size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    start = np.zeros(size)
    mujoco.mj_getState(model, data, start, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    told = np.repeat(controls, frame, axis=0)[None]
    states, other = np.zeros((1, told.shape[1], size)), mujoco.MjData(model)

    def closed() -> None:
        lives.live(SECONDS, kick, nothing)

    def opened() -> None:
        rollout.rollout(model, other, start[None], told, state=states)

    opened()
    closed()
    # a state of MuJoCo begins with the time
    for found in (data.qpos, states[0, -1, 1 : 1 + model.nq]):
        if np.abs(found - ends).max() > 1e-6:
            raise ArithmeticError(f"chain of {parts}: the same controls lead elsewhere")
    seconds = interleaved({"closed": closed, "open": opened}, rounds, warm_up=2)
    steps = told.shape[1]
    return Measurement(
        f"closed loop, chain of {parts}, network of {HIDDEN} hidden units",
        "steps per CPU s",
        steps / seconds["closed"],
        {"mujoco.rollout, open loop": steps / seconds["open"]},
        f"medians of {rounds} turns of {SECONDS:g} s; senses, network and measuring included",
    )


@dataclass(frozen=True)
class Herd:
    """Creatures that are evaluated in a task.

    Attributes:
        task: the problem.
        bodies: how they vary and develop.
        genomes: half of them first ones, half of them mutated ten times.
    """

    task: CreatureTask
    bodies: Bodies
    genomes: BodyGenomes

    @classmethod
    def of(cls, count: int, brain: str) -> "Herd":
        task = evo.compose.problem("walk", brain={"kind": brain})
        assert isinstance(task, CreatureTask)
        bodies, rng = Bodies(task.needs), np.random.default_rng(1)
        first = bodies.start(count, rng)
        mutated = first.take(slice(count // 2))
        for _ in range(10):
            mutated = bodies.mutate(mutated, rng)
        genomes = BodyGenomes.concat([mutated, first.take(slice(count // 2, None))])
        return cls(task, bodies, genomes)

    def models(self) -> None:
        """From genomes to creatures that could live."""
        made = self.bodies.development()(self.genomes)
        for row in range(len(made)):
            self.task.lives(*self.task.creature(made, row))

    def evaluate(self, rows: slice = slice(None)) -> int:
        """From genomes to scores, and how many creatures no guard stopped."""
        genomes = self.genomes.take(rows)
        made = self.bodies.development()(genomes)
        seeds = np.arange(len(genomes), dtype=np.uint64)
        return int(np.isfinite(self.task.evaluate(made, seeds).fitness).sum())


def models(herd: Herd, rounds: int) -> Measurement:
    count = len(herd.genomes)
    seconds = interleaved({"models": herd.models}, rounds)["models"]
    return Measurement(
        "genome to model, random bodies of up to 10 parts",
        "CPU ms",
        1e3 * seconds / count,
        notes=f"median of {rounds} turns of {count} bodies; at most 4 is wanted",
    )


def evaluations(herd: Herd, brain: str, rounds: int) -> Measurement:
    count, whole = len(herd.genomes), herd.evaluate()
    seconds = sorted(cpu_seconds(herd.evaluate) for _ in range(rounds))[rounds // 2]
    return Measurement(
        f"evaluations of {SECONDS:g} s of walking, {brain}, up to 10 parts",
        "per CPU s",
        count / seconds,
        notes=f"median of {rounds} turns of {count} creatures, {count - whole} of which a guard "
        "stopped; at least 40 are wanted",
    )


def two_threads(herd: Herd, rounds: int) -> Measurement:
    """Creatures per second of the clock, with two threads and with one.

    Turns are short and many, and the fastest counts: one in which nothing else ran.
    """
    count = len(herd.genomes)
    halves = [slice(k, None, 2) for k in range(2)]

    def both() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(herd.evaluate, halves))

    def alone() -> None:
        for half in halves:
            herd.evaluate(half)

    turns = [(clocked(both), clocked(alone)) for _ in range(rounds)]
    together, one = (min(seconds) for seconds in zip(*turns, strict=True))
    return Measurement(
        "evaluations in two threads",
        "per s",
        count / together,
        {"one thread": count / one},
        f"fastest of {rounds} turns of {count}, by the clock; {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; 1.7 is wanted",
    )


def clocked(work: Callable[[], object]) -> float:
    """Seconds of the clock that one call of `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(quick: bool = False) -> list[Measurement]:
    rounds, count = (3, 20) if quick else (15, 200)
    herds = {brain: Herd.of(count, brain) for brain in ("sine", "neurons")}
    few = max(2, rounds // 4)
    return [
        *(closed_loop(parts, rounds) for parts in CHAINS),
        models(herds["sine"], few),
        *(evaluations(herd, brain, few) for brain, herd in herds.items()),
        two_threads(Herd.of(count // 5, "sine"), 4 * few),
    ]

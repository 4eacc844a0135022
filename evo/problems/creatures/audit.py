"""The audit of a creature: whether it does what it does in other conditions than those it met.

A cheat lives from what is special about a simulation: the length of its steps, one exact start, one
friction, an end after ten seconds. An honest creature does about the same without them.

Source: chosen here; medians over kicked starts, because gaits are chaotic and single runs differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from evo_envs.creatures.contest import advantage

from evo.problems.creatures.compete import Compete
from evo.problems.creatures.guards import GUARDS, OF_OUTCOMES, broken
from evo.problems.creatures.task import CreatureTask

SHARE = 0.2
"""How far the median may fall behind: a fifth, with finer steps; see `Condition.least`."""
LONGER = 3.0


@dataclass(frozen=True)
class Condition:
    """What is different from an evaluation.

    Attributes:
        name: for people.
        refined: by what the steps of the physics are divided.
        friction: by what the friction of the ground is multiplied.
        kick: by what the kicks at the start are multiplied.
        longer: by what the time is multiplied; the figure is then taken per time.
        least: the share of the figure that is expected at least.
        most: and at most.
    """

    name: str
    refined: int = 1
    friction: float = 1.0
    kick: float = 1.0
    longer: float = 1.0
    least: float = 1.0 - SHARE
    most: float = 1.0 + SHARE


AS_EVALUATED = Condition("as evaluated")
GUARDED = Condition("under all guards")
"""Of what evolved without guards."""
CONDITIONS = (
    Condition("steps of a half", refined=2),
    Condition("steps of a quarter", refined=4),
    Condition("kicks twice as hard", kick=2.0),
    Condition("friction 0.7 times", friction=0.7, least=0.4, most=2.0),
    Condition("friction 1.3 times", friction=1.3, least=0.4, most=2.0),
    Condition("three times as long", longer=LONGER, least=0.6, most=1.5),
)


@dataclass(frozen=True)
class Finding:
    """What came of one condition.

    Attributes:
        condition: its name.
        figures: of each start; 0 where a guard was broken.
        median: of the figures.
        expected: from where to where the median is expected; None for the first.
        guards: the guards that were broken.
        passed: whether the median is there; as evaluated, whether most starts break no guard; in
            contests, whether most are won.
        won: how many contests were won; None elsewhere.
    """

    condition: str
    figures: tuple[float, ...]
    median: float
    expected: tuple[float, float] | None
    guards: tuple[str, ...]
    passed: bool
    won: int | None = None


def audit(task: CreatureTask, phenotype: Any, seeds: Any) -> Iterator[Finding]:
    """Live a creature again in each condition, first as it was evaluated.

    Args:
        task: what it was evolved for.
        phenotype: a batch of one.
        seeds: of the kicked starts.
    """
    base = _found(task, phenotype, seeds, AS_EVALUATED, None)
    yield base
    if not task.guarded:
        yield _found(_guarded(task), phenotype, seeds, GUARDED, base.median)
    for condition in CONDITIONS:
        if condition.friction != 1.0 and task.world.kind == "water":
            continue
        if condition.longer != 1.0 and not task.lasting:
            continue
        yield _found(task, phenotype, seeds, condition, base.median)


def contest(task: Compete, phenotype: Any, rival: Any, seeds: Any, name: str) -> Finding:
    """Let a creature compete with a rival in one bout for each start; most are to be won.

    Args:
        task: what both were evolved for.
        phenotype, rival: batches of one.
        seeds: of the kicked starts.
        name: of the condition.
    """
    mine, other = task.creature(phenotype, 0), task.creature(rival, 0)
    figures, guards = [], []
    for seed in seeds:
        bout = task.bout(mine, other, int(seed))
        guard = OF_OUTCOMES.get(bout.life.outcome)
        guards += [] if guard is None else [guard]
        figures.append(advantage(bout.gaps) if guard is None else -1.0)
    named = tuple(guard for guard in GUARDS if guard in guards)
    won = sum(figure > 0.0 for figure in figures)
    median = float(np.median(figures))
    return Finding(name, tuple(figures), median, (0.0, 1.0), named, 2 * won > len(figures), won)


def _guarded(task: CreatureTask) -> CreatureTask:
    """The same task, in which cheats are refused."""
    return task.with_settings(guards="strict")


def _found(
    task: CreatureTask, phenotype: Any, seeds: Any, condition: Condition, base: float | None
) -> Finding:
    body, brain = task.creature(phenotype, 0)
    world = task.world
    world = replace(
        world,
        refined=condition.refined * world.refined,
        friction=condition.friction * world.friction,
    )
    # what sits on a limit breaks it now and then in other conditions, by a little
    limits = replace(
        task.limits,
        speed=(1.0 + SHARE) * task.limits.speed,
        power=(1.0 + SHARE) * task.limits.power,
    )
    lives = task.lives(body, brain, world, limits)
    figures, guards = [], []
    for seed in seeds:
        each = []
        for number in range(task.settings.starts):
            kick, targets = task.start(int(seed), body, number)
            seconds = condition.longer * task.settings.seconds
            life = lives.live(seconds, condition.kick * kick, targets)
            guard = broken(life, limits) if task.guarded or not life.complete else None
            guards += [] if guard is None else [guard]
            worth = 0.0 if guard is not None else task.worth(life, targets)
            each.append(worth / condition.longer)
        figures.append(float(np.mean(each)))
    median, expected = float(np.median(figures)), None
    passed = np.isfinite(median) and 2 * len(guards) < len(seeds) * task.settings.starts
    if base is not None:
        low, high = sorted((condition.least * base, condition.most * base))
        expected = low, high
        passed = np.isfinite(median) and low <= median <= high
    named = tuple(name for name in GUARDS if name in guards)
    return Finding(condition.name, tuple(figures), median, expected, named, bool(passed))


def described(finding: Finding) -> Mapping[str, Any]:
    """A finding as plain data."""
    return {name: getattr(finding, name) for name in Finding.__dataclass_fields__}

"""Changes of a control task within an episode: from some step on, the task is another one.

The step is drawn anew for each episode, so that no network can count it off. A network whose
weights stay as they are can only be right before the change or after it; one that learns while it
acts can be right both times.

Source: E. A. Di Paolo, Homeostatic Adaptation to Inversion of the Visual Field and Other
Sensorimotor Disruptions, SAB 2000, for a reversal; E. Najarro, S. Risi, Meta-Learning through
Hebbian Plasticity in Random Networks, NeurIPS 33 (2020), section 4, for a part that fails.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.jit import kernel
from evo.networks.kernels import int64, void
from evo.problems.spaces import Acts, Senses
from evo.problems.wiring import Wiring, wiring_type

Floats = NDArray[np.float64]
Kind = Literal["none", "reversed-actions", "broken-action", "blind-sensor"]
NONE, REVERSED_ACTIONS, BROKEN_ACTION, BLIND_SENSOR = range(4)
CODES: Mapping[Kind, int] = {
    "none": NONE,
    "reversed-actions": REVERSED_ACTIONS,
    "broken-action": BROKEN_ACTION,
    "blind-sensor": BLIND_SENSOR,
}
STRETCHES = 4
"""Stretches of an episode, see `end_of`."""
BEFORE, AFTER = 1, 3
"""The quarter before the change, and the last one, among them."""
STREAM = 0x6368616E6765
"""Separates the draws of a change from those of the environment, which has the same seed."""


class Change(NamedTuple):
    """The change of one episode.

    Attributes:
        kind: REVERSED_ACTIONS, BROKEN_ACTION, BLIND_SENSOR, or NONE.
        step: the first step that is changed, counted from 0.
        component: which number of an action or of an observation fails, where one does.
    """

    kind: int
    step: int
    component: int


NO_CHANGE = Change(NONE, 0, 0)
change_type = types.NamedUniTuple(int64, 3, Change)


@kernel(void(wiring_type, change_type))
def alter(wiring: Wiring, change: Change) -> None:
    """Turn the connections of a task that has not changed yet into those after the change.

    Reversed, choice k of n acts as choice n - 1 - k, and a number as its mirror image at the centre
    of its bounds, or at 0 where it has no two of them. A broken action stays there. A blind sensor
    reads 0, whatever the scale.
    """
    if change.kind == REVERSED_ACTIONS:
        for k in range(len(wiring.low)):
            if wiring.discrete:
                wiring.centre[k] += wiring.half[k] * wiring.high[k]
            else:
                # so that whatever the mirror image is, it is within the bounds
                low = wiring.low[k]
                wiring.low[k] = -wiring.high[k]
                wiring.high[k] = -low
            wiring.half[k] = -wiring.half[k]
    elif change.kind == BROKEN_ACTION:
        nearest = min(max(0.0, wiring.low[change.component]), wiring.high[change.component])
        wiring.low[change.component] = nearest
        wiring.high[change.component] = nearest
    elif change.kind == BLIND_SENSOR:
        wiring.scale[change.component] = 0.0
        wiring.shift[change.component] = 0.0


@kernel(int64(change_type, int64, int64))
def end_of(change: Change, stretch: int, max_steps: int) -> int:
    """After how many steps a stretch of an episode ends.

    The four are: all but a quarter of what is before the change; that quarter; what is after it but
    for the last quarter of the episode; that quarter. Without a change the first one is everything.

    Args:
        change: of this episode.
        stretch: from 0 on.
        max_steps: steps of an episode that nothing ends earlier; a quarter is that of these.
    """
    quarter = max_steps // 4
    if change.kind == NONE or stretch == AFTER:
        return max_steps
    if stretch == 0:
        return change.step - quarter
    if stretch == BEFORE:
        return change.step
    return max_steps - quarter


@dataclass(frozen=True)
class Changes:
    """The changes of all episodes of a task.

    Attributes:
        kind: of them all, see `Change`; NONE for a task that stays the same.
        earliest: the first step at which an episode may change, counted from 0.
        latest: the last one.
        components: how many numbers there are, one of which fails.
    """

    kind: int
    earliest: int
    latest: int
    components: int

    def __bool__(self) -> bool:
        return self.kind != NONE

    def drawn(self, seed: int) -> Change:
        """The change of the episode that starts from this seed."""
        if not self:
            return NO_CHANGE
        sequence = np.random.SeedSequence(int(seed), spawn_key=(STREAM,))
        rng = np.random.Generator(np.random.PCG64(sequence))
        step = int(rng.integers(self.earliest, self.latest + 1))
        return Change(self.kind, step, int(rng.integers(self.components)))


class Rewards:
    """Adds up the rewards of each stretch of one episode, see `end_of`.

    Args:
        change: of this episode.
        max_steps: steps of an episode that nothing ends earlier.

    Attributes:
        sums: `(STRETCHES,)`.
    """

    def __init__(self, change: Change, max_steps: int) -> None:
        self.change, self.max_steps = change, max_steps
        self.step, self.stretch, self.sums = 0, 0, np.zeros(STRETCHES)

    def __call__(self, observation: Any, action: Any, reward: float) -> None:
        """Take note of a step."""
        while self.step >= end_of(self.change, self.stretch, self.max_steps):
            self.stretch += 1
        self.sums[self.stretch] += reward
        self.step += 1


def changes_of(
    id: str,
    kind: Kind,
    between: tuple[float, float],
    limit: int | None,
    senses: Senses,
    acts: Acts,
) -> Changes:
    """The changes that settings ask for.

    Args:
        id: the environment, for the words of an error.
        kind: what happens to it.
        between: shares of the step limit between which it happens.
        limit: steps of an episode at most; None where neither environment nor settings say so.
        senses: how observations become inputs.
        acts: how outputs become actions.

    Raises:
        UsageError: the environment cannot change in this way.
    """
    if kind == "none":
        return Changes(NONE, 0, 0, 1)
    if limit is None:
        raise UsageError(
            f"{id} has no step limit, and problem.change needs one: its step is drawn between two "
            "shares of the limit",
            "set problem.max_steps",
        )
    if limit < 4:
        raise UsageError(
            f"problem.max_steps = {limit}: episodes are too short to change within",
            "problem.change needs 4 steps or more",
        )
    if kind == "broken-action" and (acts.discrete or acts.size == 1):
        has = f"{acts.size} choices" if acts.discrete else "one number"
        raise UsageError(
            f"problem.change = 'broken-action' needs actions of several numbers, those of {id} "
            f"are {has}",
            "reversed-actions and blind-sensor suit all actions",
        )
    components = senses.size if kind == "blind-sensor" else acts.size
    earliest, latest = math.ceil(between[0] * limit), math.floor(between[1] * limit)
    return Changes(CODES[kind], earliest, max(earliest, latest), components)


def mean_rewards(sums: Floats, max_steps: int) -> dict[str, Floats]:
    """`(n, episodes)` rewards per step before and after the change.

    Args:
        sums: `(n, episodes, STRETCHES)` sums of rewards, see `end_of`.
        max_steps: steps of an episode that nothing ends earlier. Steps after an early end count as
            rewards of 0.
    """
    quarter = max_steps // 4
    return {"before": sums[:, :, BEFORE] / quarter, "after": sums[:, :, AFTER] / quarter}

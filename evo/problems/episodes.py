"""Episodes in real environments: a network acts, Gymnasium steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evo.networks.flat import Networks
from evo.networks.kernels import buffer, columns, forget
from evo.networks.plasticity_kernels import RIGID, Plasticity, be_born, experience
from evo.problems.changes import NO_CHANGE, NONE, Change, alter
from evo.problems.environments import Env
from evo.problems.rollout_kernels import FINE, INFINITE_RETURN, REASONS, respond
from evo.problems.spaces import Acts, Senses
from evo.problems.wiring import rewire, wiring


class Rollouts(NamedTuple):
    """What came of the episodes of n networks.

    Attributes:
        returns: `(n, episodes)`; NaN where an episode failed.
        steps: `(n, episodes)` steps played.
        rewards: `(n, episodes, STRETCHES)` sums of the rewards of each stretch, see `end_of`.
        errors: why a row failed.
        weights: `(links,)` of plastic networks after their last episodes; of others as they were.
    """

    returns: NDArray[np.float64]
    steps: NDArray[np.int64]
    rewards: NDArray[np.float64]
    errors: dict[int, str]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """The result of an episode.

    Attributes:
        total: its return; NaN if it failed.
        steps: how many were taken.
        error: why it failed; None if it did not.
    """

    total: float
    steps: int
    error: str | None = None


class CannotAct(Exception):
    """A network cannot go on acting; the text says why."""


def episode_seeds(seed: int, count: int) -> NDArray[Any]:
    """Seeds for the resets of `count` episodes; the first k do not depend on `count`."""
    return np.random.SeedSequence(int(seed)).generate_state(count)


class Actor:
    """Networks connected to a task, one of them (`row`) acting.

    A recurrent one remembers until `start`, and a plastic one learns until then.

    Args:
        networks: those that may act.
        senses: how observations become inputs.
        acts: how outputs become actions.
        plasticity: how links change while a network acts.
    """

    def __init__(
        self, networks: Networks, senses: Senses, acts: Acts, plasticity: Plasticity = RIGID
    ) -> None:
        self.columns = columns(networks, plasticity.plastic)
        self.values, self.recurrent = buffer(networks), networks.recurrent
        self.plasticity = plasticity
        self.senses, self.acts = senses, acts
        self.wiring, self.current = wiring(senses, acts), wiring(senses, acts)
        self.numbers = np.zeros(acts.size)
        self.start(0)

    def start(self, row: int, change: Change = NO_CHANGE) -> None:
        """Let network `row` act from now on, without memory, in an episode with this change."""
        forget(self.columns, self.senses.size, row, self.values)
        be_born(self.columns, self.plasticity, row)
        self.row, self.old, self.new = row, 0, 0
        self.change, self.step = change, 0
        rewire(self.wiring, self.current)

    def __call__(self, observation: Any) -> Any:
        """The action upon an observation. Raises `CannotAct` if a number is NaN."""
        if self.recurrent:
            self.old, self.new = self.new, 1 - self.new
        if self.change.kind != NONE and self.step == self.change.step:
            alter(self.current, self.change)
        seen = self.senses.numbers(observation)
        outcome = respond(
            self.columns,
            self.row,
            self.current,
            seen,
            self.values,
            self.old,
            self.new,
            self.numbers,
        )
        if outcome != FINE:
            raise CannotAct(REASONS[outcome])
        self.step += 1
        return self.acts.action(self.numbers)

    def experience(self, reward: float) -> None:
        """Let the network learn from the reward that followed its action, where it is plastic."""
        if self.plasticity.plastic:
            where = self.row, self.values, self.old, self.new
            experience(self.columns, self.plasticity, self.senses.size, *where, reward)


def play(
    env: Env,
    actor: Actor,
    seed: int,
    on_frame: Callable[[Any], None] | None = None,
    on_step: Callable[[Any, Any, float], None] | None = None,
) -> Episode:
    """One episode from ``env.reset(seed=seed)``.

    Args:
        env: the environment, whose steps are limited.
        actor: chooses the actions.
        seed: where the episode starts.
        on_frame: gets what `env` renders, before the first and after every step.
        on_step: gets what was observed, the action that followed, and its reward.

    Returns:
        Return and steps of the episode, or why it failed.

    Raises:
        Exception: whatever the environment raises.
    """
    total, steps, over = 0.0, 0, False
    observation, _ = env.reset(seed=int(seed))
    if on_frame:
        on_frame(env.render())
    while not over:
        try:
            action = actor(observation)
        except CannotAct as reason:
            return Episode(float("nan"), steps, str(reason))
        seen = observation
        observation, reward, terminated, truncated, _ = env.step(action)
        if on_step:
            on_step(seen, action, float(reward))
        actor.experience(float(reward))
        total += float(reward)
        steps += 1
        over = terminated or truncated
        if on_frame:
            on_frame(env.render())
    return (
        Episode(total, steps)
        if np.isfinite(total)
        else Episode(float("nan"), steps, REASONS[INFINITE_RETURN])
    )

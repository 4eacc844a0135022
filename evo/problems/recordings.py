"""One episode as plain data: what was observed and done, step by step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

MOST_STEPS, MOST_OBSERVED, MOST_ACTIONS = 1_000, 64, 64
"""What a recording keeps: steps, numbers of an observation (of larger ones none), of an action."""


class Recorder:
    """Keeps the steps of an episode; of a long one every second, fourth, eighth … step.

    Args:
        seen: the space of observations.
        done: the space of actions.
    """

    def __init__(self, seen: spaces.Space[Any], done: spaces.Space[Any]) -> None:
        self.seen, self.done = seen, done
        self.every, self.count = 1, 0
        self.steps: list[tuple[list[float], Any, float]] = []

    def __call__(self, observation: Any, action: Any, reward: float) -> None:
        """Take note of a step."""
        if self.count % self.every == 0:
            if len(self.steps) == MOST_STEPS:
                self.steps, self.every = self.steps[::2], 2 * self.every
            if self.count % self.every == 0:
                self.steps.append((self._observed(observation), self._done(action), reward))
        self.count += 1

    def _observed(self, observation: Any) -> list[float]:
        return _numbers(observation, MOST_OBSERVED)

    def _done(self, action: Any) -> Any:
        if isinstance(self.done, spaces.Discrete):
            return int(action) - int(self.done.start)
        return _numbers(action, MOST_ACTIONS)

    def description(
        self,
        seed: int,
        total: float,
        observation_names: Sequence[str] | None,
        action_names: Sequence[str] | None,
    ) -> dict[str, Any]:
        """The episode, to be drawn.

        Args:
            seed: where it started.
            total: its return.
            observation_names: a name for each number of an observation.
            action_names: a name for each choice, or for each number of an action.
        """
        width = len(self.steps[0][0]) if self.steps else 0
        discrete = isinstance(self.done, spaces.Discrete)
        if isinstance(self.seen, spaces.Discrete):
            observation_names = ["state"]
        if isinstance(self.done, spaces.Discrete):
            choices = int(self.done.n)
        else:
            choices = len(self.steps[0][1]) if self.steps else 0
        return {
            "kind": "episode",
            "seed": seed,
            "return": total,
            "steps": self.count,
            "every": self.every,
            "choices": choices if discrete else 0,
            "observation_names": _named(observation_names, width, "observation"),
            "action_names": _named(action_names, choices, "action"),
            "observations": [seen for seen, _, _ in self.steps],
            "actions": [action for _, action, _ in self.steps],
            "rewards": [_rounded(reward) for _, _, reward in self.steps],
        }


def _numbers(value: Any, most: int) -> list[float]:
    """The numbers of a value; none if they are more than `most`, as those of an image."""
    flat = np.asarray(value, np.float64).ravel()
    return [_rounded(number) for number in flat.tolist()] if flat.size <= most else []


def _rounded(number: float) -> float:
    """Six digits: enough for a picture, and a third of the text."""
    return float(f"{number:.6g}")


def _named(names: Sequence[str] | None, count: int, else_called: str) -> list[str]:
    if names is not None and len(names) == count:
        return list(names)
    return [f"{else_called} {number}" for number in range(count)]

"""Small environments that do what few real ones do."""

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces


class Probe(gymnasium.Env):
    """Pays the number of its steps, and keeps the actions it gets in `actions`."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}
    observation_space = spaces.Box(-1, 1, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, **spaces_by_name):
        self.__dict__.update(spaces_by_name)
        self.actions = []

    def observation(self):
        return self.observation_space.sample()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        self.steps = 0
        return self.observation(), {}

    def step(self, action):
        assert self.action_space.contains(action), action
        self.actions.append(action)
        self.steps += 1
        return self.observation(), self.reward(), self.steps >= 5, False, {}

    def reward(self):
        return self.steps


class Blind(Probe):
    """Its third observation is NaN in every other episode."""

    def observation(self):
        return (
            np.full(2, np.nan, np.float32)
            if self.steps == 2 and self.np_random.random() < 0.5
            else np.ones(2, np.float32)
        )


class Rich(Probe):
    """Pays more than there is."""

    def reward(self):
        return float("inf")


class Fragile(Probe):
    """Breaks under action 1, and is of no use afterwards."""

    broken = False

    def step(self, action):
        if action == 1 or self.broken:
            self.broken = True
            raise RuntimeError("a joint came loose")
        return super().step(action)


class Short(Probe):
    """Shows less than it promised."""

    def observation(self):
        return np.zeros(1, np.float32)


class Picky(Probe):
    """Cannot be made."""

    def __init__(self):
        raise RuntimeError("no simulator found")


for kind in (Probe, Blind, Rich, Fragile, Short, Picky):
    gymnasium.register(f"Test{kind.__name__}-v0", kind)

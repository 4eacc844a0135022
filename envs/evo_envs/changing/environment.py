"""A Gymnasium environment around compiled dynamics."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import gymnasium
import numpy as np
from numpy.typing import NDArray

from evo_envs.dynamics import Dynamics, Floats


class CompiledEnv(gymnasium.Env[NDArray[np.float32], Any], ABC):
    """An environment that its own compiled dynamics step, so that both are the same task.

    Args:
        render_mode: "rgb_array" for pictures; None for none.

    Attributes:
        state: what the dynamics step, see `Dynamics`.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}  # noqa: RUF012
    dynamics: ClassVar[Dynamics]

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.state: Floats = np.zeros(self.dynamics.state_size)

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Floats:
        """The state in which an episode starts."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        self.state = self.start(self.np_random)
        return self._observed(), {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        numbers = np.array(action, np.float64).reshape(-1)
        reward = float(self.dynamics.step(self.state, numbers))
        return self._observed(), reward, bool(self.state[-1]), False, {}

    def _observed(self) -> NDArray[np.float32]:
        observation = np.zeros(self.dynamics.observation_size)
        self.dynamics.observe(self.state, observation)
        return observation.astype(np.float32)

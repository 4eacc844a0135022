"""What compiled dynamics consist of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_buffer = types.float64[::1]
STEP = types.float64(_buffer, _buffer)
OBSERVE = types.void(_buffer, _buffer)

# No kernel makes an array, so none has to count references.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
step_kernel = njit(STEP, **_OPTIONS)
"""Compiles ``step(state, action) -> reward``, which moves `state` on by one step.

It sets the last number of `state` to 1 if the episode ends there.
"""
observe_kernel = njit(OBSERVE, **_OPTIONS)
"""Compiles ``observe(state, observation)``, which fills `observation`.

Rounding to float32 is the caller's business.
"""


@dataclass(frozen=True)
class Dynamics:
    """A Gymnasium task as kernels over a flat state.

    The observation space must be a float32 `Box`, the action space `Discrete` or a float32 `Box`.
    An episode starts where the real environment starts, so that seeds mean the same; how long it
    may last is not the dynamics' business.

    Attributes:
        id: of the Gymnasium task.
        state_size: numbers of the state; the last one says whether the episode has ended.
        observation_size: numbers of a flattened observation.
        step: ``step(state, action) -> reward``, see `step_kernel`; `action[0]` is the number of a
            discrete action.
        observe: ``observe(state, observation)``, see `observe_kernel`.
        initial_state: reads the `(state_size,)` state off a real environment after its `reset`.
        arguments: those of the environment that its state knows of; with any other argument than
            the default one, the dynamics are not those of the environment.
    """

    id: str
    state_size: int
    observation_size: int
    step: Callable[[Any, Any], float]
    observe: Callable[[Any, Any], None]
    initial_state: Callable[[gymnasium.Env[Any, Any]], Floats]
    arguments: frozenset[str] = frozenset()


def initial_state(*extra: float) -> Callable[[gymnasium.Env[Any, Any]], Floats]:
    """Reads `env.unwrapped.state`, and puts `extra` numbers (the last: not ended) behind it."""

    def read(env: gymnasium.Env[Any, Any]) -> Floats:
        return np.array([*getattr(env.unwrapped, "state"), *extra], np.float64)  # noqa: B009

    return read

"""An own control task, compiled: hover at height 0.

A Gymnasium environment around two kernels, and NEAT on it.
"""

import gymnasium
import numpy as np
from evo_envs import Dynamics, initial_state, observe_kernel, register_compiled, step_kernel

import evo


@step_kernel
def step(state, action):
    state[1] += 0.1 * action[0] - 0.05  # speed (m/s): thrust or gravity
    state[0] += 0.1 * state[1]  # height (m)
    state[2] = abs(state[0]) > 1.0  # ended
    return 1.0 - abs(state[0])


@observe_kernel
def observe(state, observation):
    observation[0], observation[1] = state[0], state[1]


class Hover(gymnasium.Env):
    observation_space, action_space = (
        gymnasium.spaces.Box(-2.0, 2.0, (2,), np.float32),
        gymnasium.spaces.Discrete(2),
    )

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = np.append(self.np_random.uniform(-0.5, 0.5, 2), 0.0)
        return self.state[:2].astype(np.float32), {}

    def step(self, action):
        reward = step(self.state, np.array([float(action)]))
        return self.state[:2].astype(np.float32), reward, bool(self.state[2]), False, {}


gymnasium.register("Hover-v0", Hover, max_episode_steps=200)
register_compiled("Hover-v0", f"{__name__}:DYNAMICS")
DYNAMICS = Dynamics("Hover-v0", 3, 2, step, observe, initial_state())
for record in evo.evolution("neat", "Hover-v0", seed=1, generations=15):
    print(
        f"generation {record.generation}: best {record.best:.1f}, mean {record.mean:.1f} of at "
        "most 200"
    )

"""Episodes of control tasks through compiled dynamics."""

import numpy as np
from evo_envs import Dynamics
from numpy.typing import NDArray

from evo.errors import UsageError
from evo.networks.flat import Networks
from evo.networks.kernels import buffer, columns
from evo.networks.plasticity_kernels import Plasticity
from evo.problems.changes import STRETCHES, Changes
from evo.problems.environments import Env
from evo.problems.episodes import Rollouts, episode_seeds
from evo.problems.rollout_kernels import REASONS, rollout
from evo.problems.spaces import Acts, Senses
from evo.problems.wiring import wiring


def rollouts(
    networks: Networks,
    plasticity: Plasticity,
    seeds: NDArray[np.uint64],
    env: Env,
    dynamics: Dynamics,
    senses: Senses,
    acts: Acts,
    changes: Changes,
    episodes: int,
    max_steps: int,
) -> Rollouts:
    """Episodes of n networks from the states in which the real environment starts them.

    Args:
        networks: the networks that act.
        plasticity: how their links change while they do.
        seeds: `(n,)` seeds; a network starts its episodes as its seed says.
        env: the real environment, which is reset and never stepped.
        dynamics: what is stepped instead.
        senses: how observations become inputs.
        acts: how outputs become actions.
        changes: what happens to the task within each episode.
        episodes: how many each network plays.
        max_steps: steps after which an episode ends at the latest.

    Returns:
        What came of the episodes.

    Raises:
        UsageError: the dynamics are not those of `env`.
    """
    if dynamics.observation_size != senses.size:
        raise UsageError(
            f"the compiled dynamics of {dynamics.id} observe {dynamics.observation_size} numbers, "
            f"the environment {senses.size}",
            "correct observation_size of its Dynamics, or set problem.backend=gymnasium",
        )
    distinct, start = np.unique(seeds, return_inverse=True)
    states = np.empty((len(distinct), episodes, dynamics.state_size))
    observations = np.empty((len(distinct), episodes, senses.size))
    drawn = np.zeros((len(distinct), episodes, 2), np.int64)
    for i, seed in enumerate(distinct):
        for k, first in enumerate(episode_seeds(seed, episodes)):
            seen, _ = env.reset(seed=int(first))
            states[i, k], observations[i, k] = dynamics.initial_state(env), senses.numbers(seen)
            drawn[i, k] = changes.drawn(first)[1:]

    shape = len(networks), episodes
    returns, steps, failure = (
        np.empty(shape),
        np.empty(shape, np.int64),
        np.empty(len(networks), np.uint8),
    )
    rewards = np.empty((*shape, STRETCHES))
    state, observation, action = (
        np.empty(dynamics.state_size),
        np.empty(senses.size),
        np.empty(acts.size),
    )
    net = columns(networks, plasticity.plastic)
    rollout(
        dynamics.step,
        dynamics.observe,
        net,
        plasticity,
        networks.recurrent,
        wiring(senses, acts),
        start,
        states,
        observations,
        changes.kind,
        drawn,
        max_steps,
        wiring(senses, acts),
        buffer(networks),
        state,
        observation,
        action,
        returns,
        steps,
        rewards,
        failure,
    )
    errors = {int(row): REASONS[failure[row]] for row in np.flatnonzero(failure)}
    return Rollouts(returns, steps, rewards, errors, net.weights)

"""A creature learns to walk by PPO, written out with torch.

    python train_creature.py [steps] [seed]

Half a million steps take about five minutes on one core.

Source: J. Schulman et al., Proximal Policy Optimization Algorithms, arXiv:1707.06347 (2017).
"""

import sys

import gymnasium
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from torch import nn

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
COPIES, HORIZON, EPOCHS, BATCH = 8, 256, 8, 256
DISCOUNT, TRACE, CLIP, RATE = 0.99, 0.95, 0.2, 3e-4
SCALE = 50.0  # a decision is worth centimetres
EPISODES = 8 if STEPS > 10_000 else 1  # that are judged
rng = torch.Generator().manual_seed(SEED)
torch.set_num_threads(1)


def make(copies):
    return gymnasium.make_vec(
        "evo_envs:evo/Walk-v0",
        copies,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.NEXT_STEP},
    )


def network(inputs, outputs, last):
    layers = []
    for width, gain in ((64, 2**0.5), (64, 2**0.5), (outputs, last)):
        layer = nn.Linear(inputs, width)
        nn.init.orthogonal_(layer.weight, gain, generator=rng)
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.Tanh()]
        inputs = width
    return nn.Sequential(*layers[:-1])


envs = make(COPIES)
senses, joints = envs.single_observation_space.shape[0], envs.single_action_space.shape[0]
actor, critic = network(senses, joints, 0.01), network(senses, 1, 1.0)
spread = nn.Parameter(torch.full((joints,), -0.7))
learned = [*actor.parameters(), *critic.parameters(), spread]
optimiser = torch.optim.Adam(learned, RATE)


def likelihood(seen, done):
    return torch.distributions.Normal(actor(seen), spread.exp()).log_prob(done).sum(-1)


def mean_return():
    """The mean return of whole episodes without noise, in m."""
    trials = make(EPISODES)
    seen, _ = trials.reset(seed=1000)
    total, going = np.zeros(EPISODES), np.ones(EPISODES, bool)
    while going.any():
        with torch.no_grad():
            seen, reward, ended, late, _ = trials.step(actor(torch.tensor(seen)).numpy())
        total += reward * going
        going &= ~(ended | late)
    return total.mean()


def collect(seen, fresh):
    """`HORIZON` steps of each copy: what was seen, done, how likely, advantages, returns."""
    rows, rewards, ends, overs, values = [], [], [], [], []
    for _ in range(HORIZON):
        with torch.no_grad():
            view = torch.tensor(seen)
            action = actor(view) + spread.exp() * torch.randn(COPIES, joints, generator=rng)
            rows.append((view, action, likelihood(view, action), torch.tensor(~fresh)))
            values.append(critic(view)[:, 0])
        seen, reward, ended, late, _ = envs.step(action.numpy())
        rewards.append(torch.tensor(SCALE * reward, dtype=torch.float32))
        ends.append(torch.tensor(ended, dtype=torch.float32))
        fresh = ended | late  # the next step of these copies only starts them anew
        overs.append(torch.tensor(fresh, dtype=torch.float32))
    with torch.no_grad():
        after, advantage, advantages = critic(torch.tensor(seen))[:, 0], torch.zeros(COPIES), []
    for reward, end, over, value in list(zip(rewards, ends, overs, values, strict=True))[::-1]:
        surprise = reward + DISCOUNT * (1 - end) * after - value
        advantage = surprise + DISCOUNT * TRACE * (1 - over) * advantage
        advantages.append(advantage)
        after = value
    data = [torch.cat(column) for column in zip(*rows, strict=True)]
    gains, known = torch.cat(advantages[::-1]), torch.cat(values)
    kept = data.pop()
    return seen, fresh, [column[kept] for column in (*data, gains, gains + known)]


def learn(seens, actions, before, gains, returns):
    gains = (gains - gains.mean()) / (gains.std() + 1e-8)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(seens), generator=rng).split(BATCH):
            ratio = (likelihood(seens[rows], actions[rows]) - before[rows]).exp()
            clipped = ratio.clip(1 - CLIP, 1 + CLIP)
            gain = torch.minimum(ratio * gains[rows], clipped * gains[rows]).mean()
            error = (critic(seens[rows])[:, 0] - returns[rows]).square().mean()
            optimiser.zero_grad()
            (0.5 * error - gain).backward()
            nn.utils.clip_grad_norm_(learned, 0.5)
            optimiser.step()


print(f"before: {mean_return():.5f} m in an episode", flush=True)
seen, fresh = envs.reset(seed=SEED)[0], np.zeros(COPIES, bool)
for _ in range(max(1, STEPS // (COPIES * HORIZON))):
    seen, fresh, data = collect(seen, fresh)
    learn(*data)
print(f"after {STEPS} steps: {mean_return():.5f} m in an episode")

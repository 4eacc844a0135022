"""OpenAI's ES, generation by generation beside a second one in plain NumPy.

Source: T. Salimans et al., arXiv:1703.03864 (2017), Algorithm 1 and section 2.1; D. P. Kingma, J.
Ba, arXiv:1412.6980 (2015), Algorithm 1.

Seen when planted: the gradient is not divided by sigma (weight decay then weighs more), samples
around the centre of the generation before, step lengths of the generation before. From where the
noise is measured cannot be seen and does not matter: centred ranks sum to 0, so a shift cancels.
"""

import numpy as np
import pytest
from scipy import stats

import evo

SETTINGS = {
    "population": 30,
    "sigma": 0.05,
    "learning_rate": 0.2,
    "decay": 0.9,
    "weight_decay": 0.3,
}


def test_every_step_is_adam_along_the_estimated_gradient() -> None:
    problem = evo.problem("sphere", dimensions=6)
    half = 0.5 * (problem.needs.upper - problem.needs.lower)
    slope = np.array([3.0, -2.0, 1.0, 0.5, -1.0, 5.0])
    search = evo.evolution("openai-es", problem, seed=3, settings=SETTINGS)
    m = v = np.zeros(6)
    samples = search.ask().genomes
    theta = samples.mean(axis=0)
    for t in range(1, 25):
        sigma, rate = (
            half * 0.9 ** (t - 1) * SETTINGS[name] for name in ("sigma", "learning_rate")
        )
        fitness = samples @ slope - np.square(samples).sum(axis=1)
        record = search.tell(fitness)
        assert record.metrics["mean_norm"] == pytest.approx(np.linalg.norm(theta))

        n = len(samples)
        utility = (stats.rankdata(fitness) - 1.0) / (n - 1.0) - 0.5
        noise = (samples - theta) / sigma
        g = sum(u * e for u, e in zip(utility, noise, strict=True)) / (n * sigma)
        g = g - SETTINGS["weight_decay"] * theta
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        theta = theta + rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

        samples = search.ask().genomes
        np.testing.assert_allclose(samples.mean(axis=0), theta, rtol=1e-5, atol=1e-6)
        assert np.allclose(samples[:15] - theta, theta - samples[15:], atol=1e-5)

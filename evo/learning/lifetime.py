"""Evolve, then learn: a problem in which individuals learn before they are scored.

Source: G. E. Hinton, S. J. Nowlan, How Learning Can Guide Evolution, Complex Systems 1 (1987), for
the Baldwin effect; D. Whitley, V. S. Gordon, K. Mathias, Lamarckian Evolution, The Baldwin Effect
and Function Optimization, PPSN III (1994), for the three that are compared.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field

from evo import registry
from evo.errors import UsageError
from evo.learning.losses import SquaredError
from evo.learning.networks.evolved import EvolvedNetwork
from evo.learning.rules.base import Rule
from evo.networks.flat import Networks
from evo.phenotype import Network
from evo.population import Evaluation, Floats
from evo.problems.base import Lessons, Problem
from evo.scenes import Scene, Setting
from evo.settings import Settings as BaseSettings
from evo.settings import one_of


class Lifetime(Problem):
    """A problem around another: develop, learn from its lessons, then be scored by it.

    Every network learns by itself, from its own seed, so results do not depend on batches.

    Args:
        inner: the problem that gives lessons and scores; it needs networks.
        settings: how individuals learn, and what of it is inherited.

    Raises:
        UsageError: the inner problem has no lessons, or needs no networks.
    """

    class Settings(BaseSettings):
        """How individuals learn, and what of it is inherited."""

        rule: Annotated[str, one_of("rule", registry.RULES, own=True)] = Field(
            "bp", description="the learning rule, with its default settings"
        )
        steps: int = Field(20, ge=0, le=1_000_000, description="steps in a life, on all lessons")
        learning_rate: float = Field(0.2, gt=0, description="of plain gradient descent")
        inherit: Literal["darwin", "baldwin", "lamarck"] = Field(
            "lamarck",
            description="darwin: nobody learns; baldwin: learning counts for the score; lamarck: "
            "what is learnt goes back into the genome too",
        )

    settings: Settings

    def __init__(self, inner: Problem, settings: Any = None) -> None:
        super().__init__(settings)
        name = type(inner).__name__
        if not isinstance(inner.needs, Network):
            raise UsageError(
                f"{name} needs {inner.needs.words}, and only networks can learn here",
                "leave the section lifetime out",
            )
        if inner.lessons(np.random.default_rng(0)) is None:
            raise UsageError(
                f"{name} has no lessons to learn from",
                "xor has; a problem of your own gives them by lessons()",
            )
        self.inner = inner
        self.needs, self.scores, self.descriptors = inner.needs, inner.scores, inner.descriptors
        self.noisy, self.common_random_numbers = inner.noisy, inner.common_random_numbers
        self.writes_back = self.settings.inherit == "lamarck"

    def arrange(self, setting: Setting) -> Scene | None:
        """What the inner problem arranges."""
        return self.inner.arrange(setting)

    def evaluate(self, phenotypes: Networks, seeds: NDArray[np.uint64]) -> Evaluation:
        """What n networks are worth after their lives."""
        learnt = self.educated(phenotypes, seeds)
        return self._told(learnt, self.inner.evaluate(learnt, seeds))

    def evaluate_among(
        self, phenotypes: Networks, seeds: NDArray[np.uint64], scene: Scene
    ) -> Evaluation:
        """What n networks are worth in a scene after their lives; those in the scene are unborn."""
        learnt = self.educated(phenotypes, seeds)
        return self._told(learnt, self.inner.evaluate_among(learnt, seeds, scene))

    def lessons(self, rng: np.random.Generator) -> Lessons | None:
        """The lessons of the inner problem."""
        return self.inner.lessons(rng)

    def connections(self) -> dict[str, Any] | None:
        return self.inner.connections()

    def describe(self, phenotypes: Networks, row: int = 0) -> dict[str, Any]:
        """A network as it is born."""
        return self.inner.describe(phenotypes, row)

    def validate(self, phenotype: Networks, seeds: NDArray[np.uint64]) -> Floats:
        """Figures of one network that lives anew under each seed."""
        figures = [
            self.inner.validate(self.educated(phenotype, seeds[i : i + 1]), seeds[i : i + 1])
            for i in range(len(seeds))
        ]
        return np.concatenate(figures)

    def educated(self, networks: Networks, seeds: NDArray[np.uint64]) -> Networks:
        """The n networks after their lives; network i learns as `seeds[i]` says.

        Raises:
            UsageError: a network is recurrent, or has functions that the rule cannot teach.
        """
        if self.settings.inherit == "darwin" or self.settings.steps == 0:
            return networks
        bias, weights = networks.bias.copy(), networks.weights.copy()
        for row, seed in enumerate(seeds):
            taught = self._taught(networks, row, int(seed))
            a, b = networks.nodes[row], networks.nodes[row + 1]
            bias[a:b] = taught.bias
            weights[networks.links[a] : networks.links[b]] = taught.weights
        return replace(networks, bias=bias, weights=weights)

    def _taught(self, networks: Networks, row: int, seed: int) -> Networks:
        draw, feedback = np.random.SeedSequence(seed).spawn(2)
        lessons = self.inner.lessons(np.random.default_rng(draw))
        assert lessons is not None
        inputs, answers = torch.from_numpy(lessons.inputs), torch.from_numpy(lessons.answers)
        network = EvolvedNetwork(networks, row)
        kind = registry.load(registry.RULES, "rule", self.settings.rule, Rule)
        generator = torch.Generator().manual_seed(int(feedback.generate_state(1)[0]))
        rule = kind(network, SquaredError(), kind.Settings(), generator)
        learnt = [*network.parameters(), *rule.parameters()]
        optimiser = torch.optim.SGD(learnt, lr=self.settings.learning_rate)
        for _ in range(self.settings.steps):
            optimiser.zero_grad()
            rule.gradients(inputs, answers)
            optimiser.step()
            rule.after_step()
        return network.networks()

    def _told(self, learnt: Networks, evaluation: Evaluation) -> Evaluation:
        """The evaluation with what learning cost, and what is to be inherited."""
        samples = 0
        if self.settings.inherit != "darwin":
            lessons = self.inner.lessons(np.random.default_rng(0))
            samples = self.settings.steps * (0 if lessons is None else len(lessons.inputs))
        spent = {**evaluation.spent, "samples": np.full(len(learnt), samples)}
        phenotypes = learnt if self.writes_back else evaluation.phenotypes
        return replace(evaluation, spent=spent, phenotypes=phenotypes)

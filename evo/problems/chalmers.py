"""Rules by which networks of one layer learn, as what is evolved."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evo.phenotype import Reals
from evo.population import Evaluation, Floats
from evo.problems.base import Problem
from evo.problems.chalmers_kernels import learn_tasks
from evo.problems.separable import MOST_INPUTS, SeparableTasks, draw_tasks
from evo.rng import Role, Streams
from evo.scores import Score
from evo.settings import Settings as BaseSettings

TERMS = ("w", "a", "o", "t", "w a", "w o", "w t", "a o", "a t", "o t")
"""What the coefficients k1 … k10 multiply."""
DELTA_RULE = np.array([[2.0, 0, 0, 0, 0, 0, 0, 0, -2, 2, 0]])
"""The delta rule as a genome: k0 = 4, k8 = -2, k9 = 2, all others 0, as it evolved in the paper."""
LEAST_SHOWN = 0.005
"""A coefficient below this is 0.00 in the formula of a rule, and left out."""
TEST_SEEDS = np.arange(10, dtype=np.uint64)


class Chalmers(Problem):
    """Chalmers' evolution of learning: find a rule by which a network of one layer learns tasks.

    A genome is a rule that changes a weight w after each example, from the input a that it leads
    from, the output o and the target t:

        Δw = k0 (k1 w + k2 a + k3 o + k4 t + k5 w a + k6 w o + k7 w t + k8 a o + k9 a t + k10 o t)

    Fitness is the mean over tasks of 1 - the mean absolute error on a task's examples, after the
    network has learnt from them for some epochs; a rule that learns nothing has about 0.5. A
    champion is judged on unseen tasks, and tested on as many others: `test` has its fitness there,
    that of the delta rule, and the cosine of the angle between the two rules' k1 … k10.

    From the paper: the formula, sigmoid outputs, ten epochs, twenty tasks, and the range of
    coefficients: k0 from 2**-8 to 2**6, the others from -4 to 4. Chosen here: genomes are real
    numbers and not strings of 35 bits, with log2 k0 for k0, which has no sign; tasks are drawn by
    the run's seed; first weights are uniform between -1 and 1, the same for all individuals of a
    generation and drawn anew for each; weights stay between -20 and 20.

    Source: D. J. Chalmers, The Evolution of Learning: An Experiment in Genetic Connectionism,
    Proceedings of the 1990 Connectionist Models Summer School.
    """

    class Settings(BaseSettings):
        """The tasks, and how long each is learnt."""

        tasks: int = Field(20, ge=1, le=10_000, description="tasks that give fitness")
        unseen: int = Field(
            10, ge=1, le=10_000, description="tasks that judge the champion; as many test it"
        )
        inputs: int = Field(
            5, ge=1, le=MOST_INPUTS, description="inputs of a task, without the bias"
        )
        examples: int = Field(
            12, ge=2, le=2**MOST_INPUTS, description="different examples of a task"
        )
        epochs: int = Field(
            10, ge=0, le=1_000_000, description="how often a network learns from all examples"
        )

        @model_validator(mode="after")
        def _patterns(self) -> Self:
            if self.examples > 2**self.inputs:
                raise ValueError(
                    f"examples = {self.examples}: {self.inputs} inputs have "
                    f"{2**self.inputs} different patterns; set fewer examples or more inputs"
                )
            return self

    settings: Settings
    scores = (Score("fitness"),)
    noisy = True
    common_random_numbers = True
    compiled = True

    def __init__(self, settings: Any = None, seed: int = 0) -> None:
        super().__init__(settings)
        names = ["log2 k0", *(f"k{k} ({term})" for k, term in enumerate(TERMS, 1))]
        self.needs = Reals([-8.0] + [-4.0] * len(TERMS), [6.0] + [4.0] * len(TERMS), names=names)
        streams, counts = Streams(seed), (self.settings.tasks, *[self.settings.unseen] * 2)
        self.tasks, self.validation_tasks, self.test_tasks = (
            draw_tasks(
                count,
                self.settings.inputs,
                self.settings.examples,
                streams.generator(0, Role.DATA, part),
            )
            for part, count in enumerate(counts)
        )

    def seeded(self, seed: int) -> "Chalmers":
        """The problem with the tasks that this seed draws."""
        return Chalmers(self.settings, seed)

    def evaluate(self, phenotypes: Floats, seeds: NDArray[np.uint64]) -> Evaluation:
        """Fitness of `(n, 11)` rules; `seeds[i]` draws the first weights of rule i's networks."""
        lessons = len(self.tasks) * self.settings.examples * self.settings.epochs
        spent = {"samples": np.full(len(phenotypes), lessons)}
        return Evaluation(self._fitness(phenotypes, self.tasks, seeds), spent=spent)

    def validate(self, phenotype: Floats, seeds: NDArray[np.uint64]) -> Floats:
        """Fitness of one rule on unseen tasks, from the first weights that each seed draws."""
        return self._fitness(np.repeat(phenotype, len(seeds), axis=0), self.validation_tasks, seeds)

    def test(self, phenotype: Floats) -> Mapping[str, Any]:
        """Fitness of one rule on tasks that nothing was chosen by, beside that of the delta rule.

        Each is the mean over ten draws of first weights.
        """
        own, delta = (
            float(
                self._fitness(
                    np.repeat(rule, len(TEST_SEEDS), axis=0), self.test_tasks, TEST_SEEDS
                ).mean()
            )
            for rule in (phenotype, DELTA_RULE)
        )
        figures = {
            "fitness": own,
            "delta_rule_fitness": delta,
            "delta_rule_cosine": delta_rule_cosine(phenotype[0]),
        }
        return {"examples": len(self.test_tasks) * self.settings.examples, "figures": figures}

    def describe(self, phenotypes: Floats, row: int = 0) -> dict[str, Any]:
        """The coefficients of a rule by name, and the rule as a formula."""
        return {**super().describe(phenotypes, row), "formula": formula(phenotypes[row])}

    def _fitness(self, rules: Floats, tasks: SeparableTasks, seeds: NDArray[np.uint64]) -> Floats:
        """`(n,)` what `(n, 11)` rules are worth on some tasks."""
        coefficients = np.array(rules, np.float64, order="C")
        coefficients[:, 0] = np.exp2(coefficients[:, 0])
        drawn, start_of = np.unique(seeds, return_inverse=True)
        shape = len(tasks), tasks.inputs.shape[2]
        starts = [
            np.random.Generator(np.random.PCG64(int(seed))).uniform(-1.0, 1.0, shape)
            for seed in drawn
        ]
        fitness = np.empty(len(rules))
        learn_tasks(
            coefficients,
            tasks.inputs,
            tasks.targets,
            np.array(starts),
            start_of.astype(np.int64),
            self.settings.epochs,
            np.empty(shape[1]),
            fitness,
        )
        return fitness


def delta_rule_cosine(rule: Floats) -> float:
    """The cosine of the angle between a rule's k1 … k10 and those of the delta rule.

    Args:
        rule: `(11,)`.
    """
    own, delta = rule[1:], DELTA_RULE[0, 1:]
    length = float(np.linalg.norm(own) * np.linalg.norm(delta))
    return float(own @ delta) / length if length else 0.0


def formula(rule: Floats) -> str:
    """A rule in a line, as in ``Δw = 4 (-2 a o + 2 a t)``, without what rounds to 0.

    Args:
        rule: `(11,)`.
    """
    terms = [
        f"{'-' if k < 0 else '+'} {round(abs(k), 2):g} {term}"
        for k, term in zip(rule[1:].tolist(), TERMS, strict=True)
        if abs(k) >= LEAST_SHOWN
    ]
    inner = " ".join(terms).removeprefix("+ ") or "0"
    if inner.startswith("- "):
        inner = f"-{inner[2:]}"
    return f"Δw = {2.0 ** float(rule[0]):.3g} ({inner})"

"""Whole numbers and categories among the variables of a vector.

A genome is a vector of floats all the same. Mutation by noise that is then rounded gets stuck as
soon as the noise is small; here a whole number that is to change changes by one at least.

Source: R. Li, M. T. M. Emmerich, J. Eggermont, T. Bäck, M. Schütz, J. Dijkstra, J. H. C. Reiber,
Mixed Integer Evolution Strategies for Parameter Optimization, Evolutionary Computation 21 (2013):
whole numbers move by whole steps, a category draws one of its other labels (section 3).
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evo.development import Development
from evo.genomes.vectors import fold
from evo.phenotype import Reals
from evo.population import Floats, Rows
from evo.variables import LARGEST_WHOLE

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Discrete:
    """The variables of a need that are whole numbers or categories.

    Attributes:
        integers, categories: indices of the two.
        least, most: `(len(integers),)` bounds of the whole numbers; those that a float can hold
            where the need has no bounds.
        labels: `(len(categories),)` how many labels each category has.
    """

    integers: Places
    categories: Places
    least: Floats
    most: Floats
    labels: NDArray[np.int64]

    @classmethod
    def of(cls, need: Reals) -> Self | None:
        """Those of `need`; None if all its variables are real numbers."""
        if not need.integers and not need.categories:
            return None
        integers = np.array(need.integers, np.intp)
        least, most = (
            np.broadcast_to(bound, need.dimensions)[integers]
            if need.bounded
            else np.full(len(integers), extreme)
            for bound, extreme in ((need.lower, -LARGEST_WHOLE), (need.upper, LARGEST_WHOLE))
        )
        return cls(
            integers,
            np.array([index for index, _ in need.categories], np.intp),
            least,
            most,
            np.array([len(labels) for _, labels in need.categories], np.int64),
        )

    def rounded(self, genomes: Floats) -> Floats:
        """`(n, d)` genomes whose whole numbers and places of labels are whole and in bounds."""
        whole = genomes.copy()
        # adding 0 turns -0 into 0
        whole[:, self.integers] = (
            np.clip(np.rint(genomes[:, self.integers]), self.least, self.most) + 0.0
        )
        places = np.rint(genomes[:, self.categories])
        whole[:, self.categories] = np.clip(places, 0, self.labels - 1) + 0.0
        return whole

    def crossed(self, children: Floats, genomes: Floats, rows: Rows) -> Floats:
        """`(n, d)` children with whole numbers, and with labels that a parent has.

        Args:
            children: what a recombination of real numbers made of the parents.
            genomes: those of the parents.
            rows: `(n, 2)` row numbers of the parents.
        """
        first, second = (genomes[rows[:, i]][:, self.categories] for i in (0, 1))
        between = children[:, self.categories]
        whole = self.rounded(children)
        nearer = np.abs(between - second) < np.abs(between - first)
        whole[:, self.categories] = np.where(nearer, second, first)
        return whole

    def moved(
        self, before: Floats, after: Floats, rng: np.random.Generator, chance: float
    ) -> Floats:
        """`(n, d)` genomes `after` a mutation of real numbers, with whole numbers and labels.

        A whole number moves by the rounded step. Where that is nil although the gene mutated, it
        moves by one in the direction of the step, with probability `chance`, which is thus about
        the least probability that a gene which mutates changes. A category whose gene mutated draws
        one of its other labels with that probability. Steps beyond the bounds are folded back.

        Args:
            before: `(n, d)`, with whole numbers and labels.
            after: `(n, d)`; genes that did not mutate are the same.
            rng: the stream of this step, behind the draws that made `after`.
            chance: a probability.
        """
        whole = after.copy()
        old, step = before[:, self.integers], (after - before)[:, self.integers]
        forced = rng.random(step.shape) < chance
        steps = np.where((np.abs(step) <= 0.5) & forced, np.sign(step), np.rint(step))
        there = np.clip(old + steps, -LARGEST_WHOLE, LARGEST_WHOLE)
        inside = (there >= self.least) & (there <= self.most)
        whole[:, self.integers] = np.where(inside, there, fold(there, self.least, self.most))
        labels = before[:, self.categories]
        mutated = (after != before)[:, self.categories] & (rng.random(labels.shape) < chance)
        others = (labels + rng.integers(1, self.labels, labels.shape)) % self.labels
        whole[:, self.categories] = np.where(mutated, others, labels)
        return whole


class Rounding(Development):
    """Genomes with whole numbers and places of labels made whole."""

    def __init__(self, need: Reals) -> None:
        self.need = need
        discrete = Discrete.of(need)
        assert discrete is not None
        self._rounded = discrete.rounded

    def __call__(self, genomes: Floats) -> Floats:
        """`(n, d)` vectors as a function gets them."""
        return self._rounded(genomes)

    def absorb(self, genomes: Any, phenotypes: Any) -> Any:
        """The phenotypes, which are genomes of themselves."""
        return phenotypes

    def __reduce__(self) -> Any:
        return type(self), (self.need,)

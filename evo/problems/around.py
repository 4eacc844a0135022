"""A problem around a problem: what it does not say itself, the inner one says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from evo.problems.base import Lessons, Problem
from evo.scenes import Scene, Setting


class AroundNetworks(Problem):
    """A problem around one that needs networks, which it asks for all that it leaves as it is.

    Args:
        inner: the problem inside.
        settings: of its class `Settings`; None for the defaults.

    Attributes:
        inner: the same.
    """

    def __init__(self, inner: Problem, settings: Any = None) -> None:
        super().__init__(settings)
        self.inner = inner
        self.scores, self.descriptors, self.judged = inner.scores, inner.descriptors, inner.judged
        self.noisy, self.common_random_numbers = inner.noisy, inner.common_random_numbers
        self.compiled, self.group = inner.compiled, inner.group
        self.needs = inner.needs

    def at_work(self) -> Any:
        return self.inner.at_work()

    def arrange(self, setting: Setting) -> Scene | None:
        """What the inner problem arranges."""
        return self.inner.arrange(setting)

    @property
    def arranges(self) -> bool:
        """Whether the inner problem arranges scenes."""
        return self.inner.arranges

    @property
    def noisy_validation(self) -> bool:
        """As the inner problem says."""
        return self.inner.noisy_validation

    def lessons(self, rng: np.random.Generator) -> Lessons | None:
        """The lessons of the inner problem."""
        return self.inner.lessons(rng)

    def connections(self) -> dict[str, Any] | None:
        return self.inner.connections()

    def acting(self, phenotype: Any) -> Any:
        """The network that plays in films and recordings for a phenotype; by default itself."""
        return phenotype

    @property
    def episode(self) -> Callable[..., Any] | None:
        """What plays an episode of a network; None where the inner problem has no episodes."""
        return self._played("episode")

    @property
    def recording(self) -> Callable[..., Any] | None:
        """What records an episode of a network; None where the inner problem has none."""
        return self._played("recording")

    @property
    def film(self) -> Callable[..., Any] | None:
        """What films a creature; None where the inner problem has none."""
        return self._played("film")

    @property
    def creature(self) -> Callable[..., Any] | None:
        """What makes body and brain of a phenotype; None where there are no creatures."""
        return self._played("creature")

    def told(self, figure: Any, results: Mapping[str, Any]) -> str | None:
        """What the inner problem says."""
        return self.inner.told(figure, results)

    @property
    def frames_per_second(self) -> float:
        """How fast what the inner problem renders is meant to be shown."""
        return float(getattr(self.inner, "frames_per_second", 30.0))

    def _played(self, name: str) -> Callable[..., Any] | None:
        play = getattr(self.inner, name, None)
        if play is None:
            return None
        return lambda phenotype, *options, **named: play(self.acting(phenotype), *options, **named)


def mean_test(tests: Sequence[Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    """One test of a champion out of several on the same examples, with the means of all figures.

    What else the first one tells stays as it is. None if there is no test.
    """
    first = tests[0]
    if first is None:
        return None
    figures = {
        name: sum(test["figures"][name] for test in tests if test) / len(tests)
        for name in first["figures"]
    }
    return {**first, "figures": figures}

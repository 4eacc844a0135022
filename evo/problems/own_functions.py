"""Functions and problems of one's own, in a file or module, by the name of the place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evo import own_code
from evo.data import Data
from evo.errors import UsageError, did_you_mean
from evo.phenotype import Reals
from evo.population import Evaluation
from evo.problems.base import Problem
from evo.problems.custom import maximise, minimise
from evo.problems.on_data import OnData
from evo.problems.own_environments import import_environment
from evo.settings import Settings as BaseSettings

Bounds = float | tuple[float, ...]


class Settings(BaseSettings):
    """A function of a vector, how many variables it has and between which bounds."""

    function: str = Field(description="path/to/file.py:name or module:name")
    dimensions: int | None = Field(
        None, ge=1, le=1_000_000, description="number of variables; none: as many as bounds"
    )
    lower: Bounds = Field(-1.0, description="least value, of all variables or of each")
    upper: Bounds = Field(1.0, description="greatest value, of all variables or of each")
    bounded: bool = Field(True, description="whether a search has to stay within the bounds")
    integers: tuple[int, ...] = Field((), description="which variables are whole, counted from 0")
    maximise: bool = Field(False, description="whether more is better")
    batch: bool = Field(
        False, description="whether the function takes all vectors at once, and returns a list"
    )
    noisy: bool = Field(False, description="whether it may return another number next time")
    target: float | None = Field(None, description="value at which it counts as solved")

    def vectors(self, name: str) -> Reals:
        """The vectors that the function takes.

        Raises `UsageError` if the settings do not say how many variables it has; `name` is what the
        function is called there.
        """
        lengths = {len(bound) for bound in (self.lower, self.upper) if isinstance(bound, tuple)}
        lengths |= {self.dimensions} if self.dimensions else set()
        if not lengths:
            raise UsageError(
                f"{name} does not say how many variables it has",
                "say it: --set problem.dimensions=4, or bounds for each variable: "
                "--set problem.lower=[0,0] --set problem.upper=[1,10]",
            )
        if len(lengths) > 1:
            raise UsageError(
                f"problem.dimensions, lower and upper of {name} differ in length: "
                f"{', '.join(map(str, sorted(lengths)))}"
            )
        (dimensions,) = lengths
        return Reals(dimensions, self.lower, self.upper, self.bounded, integers=self.integers)


class OwnFunction(Problem):
    """A function of one's own of a vector of numbers, as it stands in a file or module.

    Named on the command line: ``evo run cma-es my_file.py:cost --set problem.dimensions=4``.
    """

    Settings: ClassVar[type[BaseSettings]] = Settings

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        needs = settings.vectors(own_code.title(settings.function))
        make = maximise if settings.maximise else minimise
        function = own_code.load(settings.function)
        self.inner = make(function, needs, target=settings.target, batch=settings.batch)
        self.needs, self.scores, self.noisy = needs, self.inner.scores, settings.noisy

    def __reduce__(self) -> Any:
        return type(self), (self.settings,)

    def evaluate(self, phenotypes: Any, seeds: NDArray[np.uint64]) -> Evaluation:
        """The function's figures as fitness."""
        return self.inner.evaluate(phenotypes, seeds)

    def describe(self, phenotypes: Any, row: int = 0) -> dict[str, Any]:
        """The vector as plain data."""
        return self.inner.describe(phenotypes, row)


@dataclass(frozen=True)
class Ready:
    """A problem that stands ready in a file or module: it has no settings to be set."""

    problem: Problem
    Settings: ClassVar[type[BaseSettings]] = BaseSettings

    def __call__(self, settings: Any = None) -> Problem:
        """The problem."""
        return self.problem


def find_own(name: str) -> tuple[Callable[[Any], Problem], dict[str, Any]] | None:
    """What makes the problem in a place of the user's own, and the settings that come with it.

    Args:
        name: ``path/to/file.py:Name`` or ``module:Name``: a class of `Problem` or of `Data`, a
            problem such as `evo.minimise` returns, or a function of a vector.

    Returns:
        What makes the problem of settings of its class `Settings`; None where the name is not that
        of such a thing, but perhaps of an environment.

    Raises:
        UsageError: there is no such file or module, or its code fails.
    """
    place = own_code.place_of(name) or ""
    module = own_code.import_place(place)
    value = own_code.loaded(name)
    if isinstance(value, Problem):
        value.origin = name
        return Ready(value), {}
    if isinstance(value, type) and issubclass(value, Data):
        return OnData(value), {}
    if isinstance(value, type):
        return (value, {}) if issubclass(value, Problem) else None
    if callable(value) and not isinstance(value, gymnasium.Env):
        return OwnFunction, {"function": name}
    try:
        import_environment(name)
    except UsageError as error:
        names = own_code.public_names(module)
        said, wanted = error.message.removeprefix(f"{name}: "), name.rpartition(":")[2]
        raise UsageError(
            f"{said}{'' if 'did you mean' in said else did_you_mean(wanted, names)}",
            f"it has {', '.join(names) or 'nothing'}; a function of a vector, a problem or its "
            "class, data and an environment can stand there",
        ) from None
    return None

"""Several representations side by side: a body with its brain, numbers beside a topology."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, create_model

from evo.development import Development
from evo.errors import UsageError
from evo.genomes.choice import AUTO, Route, choose
from evo.genomes.representation import Representation
from evo.phenotype import Parts
from evo.population import (
    Rows,
    concat_genomes,
    genomes_from_state,
    genomes_state,
    take_genomes,
)
from evo.settings import Settings


@dataclass(frozen=True, eq=False)
class PartsGenomes:
    """`n` genomes, each of which has one genome of every part.

    Attributes:
        parts: the genomes of each part by its name, all of length n.
    """

    kind: ClassVar[str] = "parts"

    parts: Mapping[str, Any]

    def __post_init__(self) -> None:
        if len({len(genomes) for genomes in self.parts.values()}) != 1:
            raise ValueError("the parts of the genomes differ in number")

    def __len__(self) -> int:
        return len(next(iter(self.parts.values())))

    def take(self, rows: Any) -> Self:
        """The genomes of `rows`, in that order."""
        return type(self)({name: take_genomes(part, rows) for name, part in self.parts.items()})

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All genomes of `parts`, one after the other."""
        return cls(
            {name: concat_genomes([each.parts[name] for each in parts]) for name in parts[0].parts}
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of every part, each called "part/kind/array"."""
        arrays = {}
        for name, part in self.parts.items():
            state = genomes_state(part)
            arrays |= {f"{name}/{state['kind']}/{k}": a for k, a in state["arrays"].items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Inverse of `to_arrays`. Raises `ValueError` if these are no genomes in parts."""
        states: dict[str, dict[str, Any]] = {}
        for path, array in arrays.items():
            if path.count("/") < 2:
                raise ValueError(f"the array {path!r} is not called part/kind/array")
            name, kind, rest = path.split("/", 2)
            state = states.setdefault(name, {"kind": kind, "arrays": {}})
            if state["kind"] != kind:
                raise ValueError(f"the part {name!r} is of two kinds")
            state["arrays"][rest] = array
        if not states:
            raise ValueError("there are no parts")
        try:
            return cls({name: genomes_from_state(state) for name, state in states.items()})
        except KeyError as error:
            raise ValueError(f"a part lacks {error}") from None


@dataclass(frozen=True)
class PartsDevelopment(Development):
    """Develops each part by itself: phenotypes are a dict with a batch for each part."""

    stages: Mapping[str, Callable[[Any], Any]]

    def __call__(self, genomes: PartsGenomes) -> dict[str, Any]:
        return {name: stage(genomes.parts[name]) for name, stage in self.stages.items()}

    def absorb(self, genomes: PartsGenomes, phenotypes: Mapping[str, Any]) -> PartsGenomes:
        """The genomes that would have developed into `phenotypes`, part by part.

        Raises:
            ValueError: the development of a part has no way back.
        """
        return PartsGenomes(
            {
                name: stage.absorb(genomes.parts[name], phenotypes[name])  # pyright: ignore[reportFunctionMemberAccess]
                for name, stage in self.stages.items()
            }
        )


class PartsRepresentation(Representation[Parts]):
    """Several representations side by side: a genome has a part for each thing that is needed.

    Parts cross and mutate one after the other, each by the operators of its representation, whose
    settings stand in a table of the part's name.

    Source: none; it puts other representations together.

    Example:
        import evo

        need = evo.Parts(body=evo.Reals(3), brain=evo.Network(2, 1))
        search = evo.evolution("ga", need, seed=1, settings={"population": 10})
        parts = search.ask().genomes.parts
        print(parts["body"].shape, len(parts["brain"]))
    """

    serves = Parts
    words = "genomes in parts"
    fitter_first = True
    Genomes = PartsGenomes

    def __init__(self, need: Parts, settings: Any = None) -> None:
        super().__init__(need, settings)
        self.parts: dict[str, Representation] = {}
        self.stages: dict[str, Callable[[Any], Any]] = {}
        for name, part in need.parts:
            chosen = getattr(self.settings, name, None)
            route = _route(name, part, getattr(chosen, "kind", AUTO))
            self.parts[name], self.stages[name] = route.build(chosen)

    @classmethod
    def settings_for(cls, need: Parts, varies: bool, kinds: Mapping[str, str]) -> type[Settings]:
        """The class of the settings, with a table for each part of `need`."""
        tables = [
            (name, _route(name, part, kinds.get(name, AUTO)).settings(varies))
            for name, part in need.parts
        ]
        return _model(tuple(tables))

    def start(self, count: int, rng: np.random.Generator) -> PartsGenomes:
        return PartsGenomes({name: part.start(count, rng) for name, part in self.parts.items()})

    def cross(self, genomes: PartsGenomes, rows: Rows, rng: np.random.Generator) -> PartsGenomes:
        return PartsGenomes(
            {name: part.cross(genomes.parts[name], rows, rng) for name, part in self.parts.items()}
        )

    def mutate(self, genomes: PartsGenomes, rng: np.random.Generator) -> PartsGenomes:
        return PartsGenomes(
            {name: part.mutate(genomes.parts[name], rng) for name, part in self.parts.items()}
        )

    def repair(self, genomes: PartsGenomes) -> PartsGenomes:
        return PartsGenomes(
            {name: part.repair(genomes.parts[name]) for name, part in self.parts.items()}
        )

    def development(self) -> PartsDevelopment:
        return PartsDevelopment(self.stages)

    def check(self, genomes: Any) -> None:
        super().check(genomes)
        if set(genomes.parts) != set(self.parts):
            raise ValueError(f"genomes have the parts {sorted(genomes.parts)}")
        for name, part in self.parts.items():
            part.check(genomes.parts[name])


def _route(name: str, need: Any, kind: str) -> Route:
    route = choose(need, genome=kind)
    if route is None:
        raise UsageError(
            f"nothing serves the part {name!r}, which needs {need.words}",
            "register a representation for it: evo.register('representation', …)",
        )
    return route


@cache
def _model(kinds: tuple[tuple[str, type[Settings]], ...]) -> type[Settings]:
    tables: Any = {
        name: (kind, Field(default_factory=kind, description=f"the part {name!r}"))
        for name, kind in kinds
    }
    return create_model(
        "Parts",
        __base__=Settings,
        __doc__="Settings of each part, in a table of its name.",
        **tables,
    )

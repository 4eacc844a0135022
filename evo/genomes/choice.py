"""Which representation serves a need, directly or through a development."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field, create_model

from evo import own_code, registry
from evo.errors import UsageError
from evo.genomes.representation import Representation
from evo.phenotype import Need
from evo.settings import Settings, one_of

AUTO = "auto"


@dataclass(frozen=True)
class Route:
    """From a need to genomes: a representation, or a development with one behind it.

    Attributes:
        need: what the problem asks for.
        representation: its registered name.
        development: the registered name of what turns the representation's phenotypes into those
            that are needed; None where they are those that are needed.
    """

    need: Need
    representation: str
    development: str | None = None

    @property
    def kind(self) -> type[Representation]:
        """The class of the representation."""
        return representation(self.representation)

    def settings(self, varies: bool, kinds: Mapping[str, str] = {}) -> type[Settings]:
        """The class of the settings under `[genome]`.

        Args:
            varies: whether genomes vary by the representation's operators.
            kinds: the representation of each part by the part's name, where one is chosen.
        """
        need, _ = self.between()
        return with_kind(self.kind.settings_for(need, varies, kinds), "representation")

    @property
    def development_settings(self) -> type[Settings] | None:
        """The class of the settings under `[network]`; None without a development in between."""
        if self.development is None:
            return None
        return with_kind(development(self.development).Settings, "development")

    def between(self, network: Settings | None = None) -> tuple[Need, Any]:
        """What the representation has to serve, and the development in between, None without one.

        Args:
            network: settings of the development; None for the defaults.
        """
        if self.development is None:
            return self.need, None
        stage = development(self.development)
        if network is not None:
            # Of the class that the development declares, so that it can be sent to a worker.
            names = stage.Settings.model_fields
            network = stage.Settings(**{name: getattr(network, name) for name in names})
        between = stage(self.need, network)
        return between.needs, between

    def build(
        self, genome: Settings | None = None, network: Settings | None = None
    ) -> tuple[Representation, Callable[[Any], Any]]:
        """The representation, and the development of its genomes into what is needed.

        Args:
            genome: settings of the representation; None for the defaults.
            network: settings of the development in between; None for the defaults.
        """
        need, between = self.between(network)
        built = self.kind(need, genome)
        return built, between or built.development()


def representation(name: str) -> type[Representation]:
    """The class of the representation called `name`."""
    return registry.load(registry.REPRESENTATIONS, "representation", name, Representation)


def development(name: str) -> Any:
    """The class of the development called `name`."""
    return registry.load(registry.DEVELOPMENTS, "development", name)


@cache
def with_kind(base: type[Settings], what: str) -> type[Settings]:
    """Settings with a further field `kind`, which names the `what` that they are for.

    `what` is "representation" or "development".
    """
    names = registry.REPRESENTATIONS if what == "representation" else registry.DEVELOPMENTS
    kind = Field(AUTO, description=f"which {what}: {AUTO} is the first that fits")
    checked = Annotated[str, one_of(what, _Names(names), own=True)]
    first = create_model("Kind", __base__=Settings, kind=(checked, kind))
    bases = first if base is Settings else (base, first)
    return create_model(base.__name__, __base__=bases, __doc__=base.__doc__)


class _Names:
    """The registered names of a table, as they are when they are asked for."""

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table

    def __contains__(self, name: object) -> bool:
        return name == AUTO or name in self.table

    def __iter__(self) -> Iterator[str]:
        return iter([AUTO, *self.table])

    def __len__(self) -> int:
        return len(self.table) + 1


def routes(
    need: Need,
    searches: tuple[type[Representation], ...] = (Representation,),
    genome: str = AUTO,
    network: str = AUTO,
) -> Iterator[Route]:
    """All routes to what is needed that start from genomes of the kinds `searches`.

    The default route comes first. A representation is imported when it is its turn.

    Args:
        need: what the problem asks for.
        searches: the kinds of genomes that the algorithm works on.
        genome, network: a representation and a development of the user's own, to be tried too.
    """
    for name in _with_own(registry.REPRESENTATIONS, genome):
        kind = representation(name)
        if not issubclass(kind, searches):
            continue
        if isinstance(need, kind.serves):
            yield Route(need, name)
        for between in _with_own(registry.DEVELOPMENTS, network):
            stage = development(between)
            if isinstance(need, stage.serves) and issubclass(stage.takes, kind.serves):
                yield Route(need, name, between)


def _with_own(table: Mapping[str, str], name: str) -> list[str]:
    """The registered names, and `name` behind them if it is one of the user's own."""
    own = [own_code.rooted(name)] if name not in table and own_code.is_own(name) else []
    return [*table, *own]


def choose(
    need: Need,
    searches: tuple[type[Representation], ...] = (Representation,),
    genome: str = AUTO,
    network: str = AUTO,
) -> Route | None:
    """The first route that serves a need; None if there is none at all.

    Args:
        need: what the problem asks for.
        searches: the kinds of genomes that the algorithm works on.
        genome: the name of the representation to use.
        network: the name of the development to use.

    Raises:
        UsageError: there are routes, but none by the representation or development asked for.
    """
    ways = []
    genome, network = own_code.rooted(genome), own_code.rooted(network)
    for way in routes(need, searches, genome, network):
        if genome in (AUTO, way.representation) and network in (AUTO, way.development):
            return way
        ways.append(way)
    if not ways:
        return None
    if genome != AUTO:
        representation(genome)
    if network != AUTO:
        development(network)
    asked = f"genome.kind={genome}" if genome != AUTO else f"network.kind={network}"
    if AUTO not in (genome, network):
        asked += f" and network.kind={network}"
    allowed = ", ".join(_words(way) for way in ways)
    raise UsageError(f"{asked} does not serve {need.words} here", f"what does: {allowed}")


def _words(way: Route) -> str:
    by = f" with network.kind={way.development}" if way.development else ""
    return f"genome.kind={way.representation}{by}"

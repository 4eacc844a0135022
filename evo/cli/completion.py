"""What the Tab key offers: names, keys of settings, runs. Nothing heavy is imported for it."""

from collections.abc import Iterable
from pathlib import Path


def explained(incomplete: str) -> list[str]:
    """Names that have a page."""
    from evo import registry
    from evo.explain.written import Guides, glossary, slug

    names = [
        *registry.ALGORITHMS,
        *registry.RULES,
        *registry.PROBLEMS,
        *registry.DATA,
        *registry.OPERATORS,
        *registry.REPRESENTATIONS,
        *registry.DEVELOPMENTS,
        *registry.WRAPPERS,
        *studies(""),
        *(entry.name for entry in Guides().listed()),
        *(slug(name) for names in glossary() for name in names),
    ]
    return beginning(names, incomplete)


def studies(incomplete: str) -> list[str]:
    """Names of the studies that come with evo."""
    from evo.config.sources import configs

    names = sorted(path.stem for path in (configs() / "studies").glob("*.toml"))
    return beginning(names, incomplete)


def runs(incomplete: str) -> list[str]:
    """Run folders: those in runs/, and those in the folder that is typed."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") else typed.parent
    places = [folder] if "/" in incomplete else [Path("runs")]
    found = [
        str(config.parent) for place in places for config in sorted(place.glob("*/config.toml"))
    ]
    return beginning(found, incomplete)


def beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """The names that begin with what is typed."""
    return sorted({name for name in names if name.startswith(incomplete)})


def listable(incomplete: str) -> list[str]:
    """What can be listed by name."""
    from evo.explain.library import CHAPTERS

    return beginning(["runs", *CHAPTERS], incomplete)

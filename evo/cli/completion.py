"""What the Tab key offers: names, keys of settings, runs. Nothing heavy is imported for it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from evo.kind import Kind

Completion = Callable[..., list[str]]


def names_in(table: Mapping[str, Any]) -> Completion:
    """Completes registered names."""

    def complete(incomplete: str) -> list[str]:
        return beginning(table, incomplete)

    return complete


def keys_of(kind: Kind) -> Completion:
    """Completes ``section.key=`` of the settings that a run of a kind has."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from evo.explain.source import fields

        # While an option waits for its value, the names are among what is left to be parsed.
        parsed = [ctx.params[section] for section in kind.names if ctx.params.get(section)]
        method, subject, *_ = [*parsed, *ctx.args, None, None]
        places = kind.settings_classes(method, subject)
        keys = {
            f"{section}.{key}="
            for section, targets in places.items()
            for target in targets
            for key in fields(target)
        }
        return beginning(keys, incomplete)

    return complete


def explained(incomplete: str) -> list[str]:
    """Names that have a page."""
    from evo import registry
    from evo.explain.written import Guides, glossary, slug

    names = [
        *registry.ALGORITHMS,
        *registry.LIFETIME_RULES,
        *registry.PROBLEMS,
        *registry.DATA,
        *registry.OPERATORS,
        *registry.REPRESENTATIONS,
        *registry.DEVELOPMENTS,
        *registry.WRAPPERS,
        *(entry.name for entry in Guides().listed()),
        *(slug(name) for names in glossary() for name in names),
    ]
    return [*beginning(names, incomplete), *studies(incomplete)]


def listable(incomplete: str) -> list[str]:
    """What can be listed by name."""
    from evo.explain.library import CHAPTERS

    return beginning(["runs", *CHAPTERS], incomplete)


def studies(incomplete: str) -> list[str]:
    """Names of the studies that come with evo, and files in the folder that is typed."""
    from evo.config.sources import configs

    names = [path.stem for path in (configs() / "studies").glob("*.toml")]
    folder = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    return beginning([*names, *map(str, folder.glob("*.toml"))], incomplete)


def runs(incomplete: str) -> list[str]:
    """Run folders: those in runs/, or those in the folder that is typed."""
    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") else typed.parent
    place = folder if "/" in incomplete else Path("runs")
    found = [str(config.parent) for config in place.glob("*/config.toml")]
    return beginning(found, incomplete)


def beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """The names that begin with what is typed."""
    return sorted({name for name in names if name.startswith(incomplete)})

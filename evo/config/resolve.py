"""From names and layers of settings to one checked configuration that knows where each value came from."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evo import compose
from evo.config.evolution import EvolutionResolution
from evo.config.kinds import EVOLUTION, Kind
from evo.config.learning import LearningResolution
from evo.config.resolution import Config, Resolution
from evo.config.sources import COMMAND_LINE, Layer, from_assignments, from_file, kind_in, packaged

RESOLUTIONS: dict[str, type[Resolution]] = {"run": EvolutionResolution, "learn": LearningResolution}


def resolve(
    method: str | None = None,
    subject: str | None = None,
    *,
    kind: Kind | None = None,
    file: Path | None = None,
    layers: Sequence[Layer] = (),
    assignments: Iterable[str] = (),
    flags: Mapping[str, Mapping[str, Any]] | None = None,
    use_packaged: bool = True,
) -> Config:
    """The configuration of a run.

    Defaults < packaged file < `file` < `layers` < `assignments` and `flags`.

    Args:
        method, subject: names, of an algorithm and a problem or of a rule and data; may be left out
            where `file` has them.
        kind: of the run; by default that of `file`, or an evolution.
        file: a TOML file of the user's.
        layers: further settings, stronger than those of `file`.
        assignments: ``section.key=value`` words.
        flags: section → key → value, from options of their own.
        use_packaged: whether the project's own settings for this pair count.

    Raises:
        ConfigError: with every mistake found in all layers.
        UsageError: the only mistake is a name that is unknown or a problem that cannot be made.
        MissingExtra: it needs what is not installed.
    """
    kind = kind or (EVOLUTION if file is None else kind_in(file))
    wrong: list[str] = []
    upper = [] if file is None else [from_file(file, kind, wrong)]
    upper += layers
    upper.append(from_assignments(assignments, kind, wrong))
    upper.append(Layer(COMMAND_LINE, flags or {}))
    given = zip(kind.names, (method, subject), strict=True)
    names = {section: _name(section, name, upper, wrong) for section, name in given}
    if not wrong:  # a file that could not be read may have had the names
        missing = [section for section, name in names.items() if name is None]
        wrong += [
            f"no {section} is named: give it as an argument or as `name` under [{section}]"
            for section in missing
        ]
    whole = upper
    if use_packaged and all(names.values()):
        first, second = (str(name) for name in names.values())
        layer = packaged(
            kind, first, compose.short_name(second) if kind is EVOLUTION else second, wrong
        )
        whole = [layer, *upper] if layer else upper
    return RESOLUTIONS[kind.command](names, whole, wrong).config()


def _name(section: str, given: str | None, layers: Sequence[Layer], wrong: list[str]) -> str | None:
    """The one name that the command line and the layers agree on; None if there is none."""
    found = given
    for layer in layers:
        name = layer.name(section)
        if name is None:
            continue
        if not isinstance(name, str):
            wrong.append(f"{section}.name = {name!r}: must be text ({layer.source})")
        elif found not in (None, name):
            wrong.append(f"{layer.source} is for the {section} {name!r}, not for {found!r}")
        else:
            found = name
    return found

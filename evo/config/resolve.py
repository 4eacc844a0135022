"""From names and layers of settings to one checked configuration."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evo import own_code
from evo.config.config import Config
from evo.config.sources import COMMAND_LINE, Layer, from_assignments, from_file, kind_in, packaged
from evo.kind import Kind, kinds


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

    Where several sources have a setting, the last of these counts: defaults, packaged file, `file`,
    `layers`, `assignments`, `flags`.

    Args:
        method: the name of an algorithm or rule; may be left out where `file` has it.
        subject: the name of a problem or data; may be left out where `file` has it.
        kind: of the run; None for that of `file`, or for the first of all kinds without a file.
        file: a TOML file of the user's.
        layers: further settings, stronger than those of `file`.
        assignments: ``section.key=value`` words.
        flags: section → key → value, from options such as ``--seed``.
        use_packaged: whether the project's own settings for this pair count.

    Raises:
        ConfigError: with every mistake found in all layers.
        UsageError: the only mistake is a name that is unknown or a problem that cannot be made.
        MissingExtra: it needs what is not installed.
    """
    kind = kind or (kinds()[0] if file is None else kind_in(file))
    wrong: list[str] = []
    upper = [] if file is None else [from_file(file, kind, wrong)]
    upper += layers
    upper.append(from_assignments(assignments, kind, wrong))
    upper.append(Layer(COMMAND_LINE, flags or {}))
    given = zip(kind.names, (method, subject), strict=True)
    names = {section: _name(section, name, upper, wrong) for section, name in given}
    if not wrong:  # a file that could not be read may have had the names
        missing = [section for section, name in names.items() if not name]
        wrong += [
            f"no {section} is named: give it as an argument or as `name` under [{section}]"
            for section in missing
        ]
    whole = upper
    if use_packaged and all(names.values()):
        first, second = (str(name) for name in names.values())
        layer = packaged(kind, first, kind.short_name(second), wrong)
        whole = [layer, *upper] if layer else upper
    return kind.draft()(kind, names, whole, wrong).config()


def _name(section: str, given: str | None, layers: Sequence[Layer], wrong: list[str]) -> str | None:
    """The one name that the command line and the layers agree on; None if there is none."""
    agreed = given
    for layer in layers:
        name = layer.name(section)
        if name is None:
            continue
        if not isinstance(name, str):
            wrong.append(f"{section}.name = {name!r}: must be text ({layer.source})")
        elif agreed is not None and own_code.rooted(agreed) != own_code.rooted(name):
            wrong.append(f"{layer.source} is for the {section} {name!r}, not for {agreed!r}")
        else:
            agreed = name
    return None if agreed is None else own_code.rooted(agreed)

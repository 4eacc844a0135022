"""What can be checked of a settings file without the import of code that it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evo import own_code
from evo.config.sources import contents, tables
from evo.errors import ConfigError
from evo.kind import kind_of_sections
from evo.settings import mistakes


def check_without_code(file: Path) -> list[str]:
    """The files and modules that a settings file names; imports none of them.

    If it names any, its sections and the settings under [run] are checked.

    Raises `ConfigError` with every mistake that shows.
    """
    wrong: list[str] = []
    content: Mapping[str, Any] = contents(file, wrong, str(file))
    named = {key: value for key, value in content.items() if key != "code"}
    places = own_code.places_in(named)
    if places:
        kind = kind_of_sections(content)
        sections = tables(content, kind, str(file), wrong)
        model = kind.run_settings()
        try:
            model.model_validate(sections.get("run", {}))
        except ValidationError as error:
            wrong += mistakes(error, model, "run")
        if wrong:
            raise ConfigError(wrong)
    return places

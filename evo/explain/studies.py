"""Pages about the studies that come with evo: what is compared, and how."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from evo.config.sources import configs
from evo.explain.chapter import Chapter
from evo.explain.page import Listed, Page
from evo.registry import DATA, RULES


class Studies(Chapter):
    """Settings times seeds that are ready to be carried out."""

    name: ClassVar[str] = "studies"
    one: ClassVar[str] = "study"
    about: ClassVar[str] = "Settings × seeds, with intervals: `evo study NAME`."

    def listed(self) -> Sequence[Listed]:
        return [Listed(name, f"{content['study']['title']}.") for name, content in files().items()]

    def page(self, place: str) -> Page:
        content = files()[place]
        head, source = content["study"], content["study"].get("source", "")
        return Page(
            place,
            self.one,
            f"{head['title']}.",
            [head["about"]] if head.get("about") else [],
            [("What is compared", _compared(content))],
            source=f"Published figures: {source}." if source else "A study of evo's own.",
            commands=[f"evo study {place}"],
            related=[*_named(content), "guides/studies"],
            slow=True,
        )


@cache
def files() -> Mapping[str, Mapping[str, Any]]:
    """The content of the packaged studies by name."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((configs() / "studies").glob("*.toml"))
    }


def studies_with(section: str, name: str) -> list[str]:
    """The studies in which a rule or data of this name occurs, as ``studies/NAME``."""
    return [
        f"studies/{study}" for study, content in files().items() if name in _names(content, section)
    ]


def _names(content: Mapping[str, Any], section: str) -> list[str]:
    """The names of a section in a study's settings, cells and grid."""
    every = [content.get("settings", {})]
    every += [cell.get("settings", {}) for cell in content.get("cells", [])]
    names = [each[section]["name"] for each in every if "name" in each.get(section, {})]
    return list(dict.fromkeys([*names, *content.get("grid", {}).get(f"{section}.name", [])]))


def _named(content: Mapping[str, Any]) -> list[str]:
    rules, data = (
        [name for name in _names(content, section) if name in table]
        for section, table in (("rule", RULES), ("data", DATA))
    )
    return [*(f"rules/{name}" for name in rules), *(f"data/{name}" for name in data)]


def _compared(content: Mapping[str, Any]) -> str:
    lines = [f"- {cell['name']}" for cell in content.get("cells", [])]
    lines += [
        f"- `{key}`: {', '.join(map(str, values))}"
        for key, values in content.get("grid", {}).items()
    ]
    seeds = content["study"].get("seeds", 3)
    each = f"under {seeds} seeds" if isinstance(seeds, int) else f"under the seeds {seeds}"
    return "\n".join([f"Each of these {each}:", "", *lines])

"""The file of a study: settings that all cells share, cells that differ, seeds.

[study]
title = "Two rules at two depths"
seeds = 3                            # or a list of them

[settings]                           # as in a config file, for all cells
data.name = "mnist5k"
run.epochs = 20

[[cells]]
name = "backpropagation"
settings.rule.name = "bp"

[[cells]]
name = "direct feedback"
settings.rule.name = "dfa"

[grid]                               # every combination, in every cell
"network.repeat" = [1, 10]
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from evo.config import Config, resolve
from evo.config.sources import Layer, contents, tables
from evo.errors import ConfigError, EvoError, UsageError, did_you_mean
from evo.kind import Kind, kind_of_sections
from evo.own_code import title
from evo.settings import Settings, mistakes
from evo.studies.comparison import named_baseline
from evo.studies.packaged import label

M = TypeVar("M", bound=Settings)

MOST_RUNS = 10_000


class Head(Settings):
    """What a study is about and how it is judged."""

    title: str = Field(description="heading of table and figure")
    about: str = Field("", description="what it shows, in a sentence or a few")
    seeds: int | tuple[int, ...] = Field(3, description="how many, from 0 on; or which")
    measure: str | None = Field(
        None,
        description="key of summary.json, as in champion.mean; none: test_accuracy or "
        "champion.mean",
    )
    better: Literal["auto", "higher", "lower"] = Field(
        "auto", description="whether a higher or a lower measure is better; auto: what its runs say"
    )
    baseline: str | None = Field(
        None,
        description="the cell that all others are compared with, its place on the grid may be left "
        "out; none: the first",
    )
    success: float | None = Field(
        None, description="measure at which a run is a success; none: its target"
    )
    source: str = Field("", description="where the cells' published figures come from")


class Figure(Settings):
    """What the figure shows."""

    kind: Literal["cells", "lines", "course"] = Field(
        "cells", description="the measure by cell or along a setting; a metric by step"
    )
    x: str | None = Field(
        None,
        description="lines: the setting along the axis, as in network.repeat; course: a key in "
        "metrics.jsonl, as in spent.steps; none: evaluations or epochs",
    )
    y: str | None = Field(
        None,
        description="course: the key in metrics.jsonl; a family of figures gets a panel for each "
        "cell",
    )
    logarithmic: bool = Field(False, description="whether x is, of lines and courses")
    logarithmic_measure: bool = Field(
        False, description="whether the measure is, of lines and courses"
    )


class CellEntry(Settings):
    """One cell as the file has it."""

    name: str = Field(min_length=1)
    settings: dict[str, Any] = Field(default_factory=dict)
    success: float | None = None
    published: float | None = None


@dataclass(frozen=True)
class Content:
    """The whole file, part by part."""

    study: Head
    settings: Mapping[str, Any]
    cells: Sequence[CellEntry]
    grid: Mapping[str, Sequence[Any]]
    figure: Figure


@dataclass(frozen=True)
class Cell:
    """One combination of settings.

    Attributes:
        name: different from those of all other cells.
        group: the name without the grid.
        layer: the settings that the study gives.
        config: all settings, checked; `seeded` gives them with a seed of the study.
        point: the settings that the grid varies, with their values in this cell.
        success: the measure at which a run is a success; None for reaching its target.
        published: a published figure to compare with.
    """

    name: str
    group: str
    layer: Layer
    config: Config
    point: Mapping[str, Any]
    success: float | None
    published: float | None

    @property
    def task(self) -> str:
        """The problem or data, with those of its settings that the grid varies."""
        name = f"{self.config.kind.names[1]}.name"
        varied = [key for key in self.point if self._is_task(key) and key != name]
        return ", ".join([title(self.config.subject), *(word(k, self.point[k]) for k in varied)])

    @property
    def label(self) -> str:
        """The name without what the grid varies of the problem or data."""
        varied = [word(key, value) for key, value in self.point.items() if not self._is_task(key)]
        own = [self.group] if self.name.startswith(self.group) else []
        return ", ".join([*own, *varied]) or self.name

    def _is_task(self, key: str) -> bool:
        return key.partition(".")[0] == self.config.kind.names[1]

    def seeded(self, seed: int, assignments: Iterable[str] = ()) -> Config:
        """The settings under a seed."""
        flags = {"run": {"seed": seed}}
        return resolve(
            kind=self.config.kind, layers=[self.layer], assignments=assignments, flags=flags
        )


@dataclass(frozen=True)
class Study:
    """A study, checked.

    Attributes:
        head: what it is about and how it is judged.
        figure: what its figure shows.
        cells: the combinations of settings.
        seeds: every cell runs once under each.
        text: the content of the study's file.
        assignments: ``section.key=value`` words that hold in every cell.
    """

    head: Head
    figure: Figure
    cells: list[Cell]
    seeds: list[int]
    text: str
    assignments: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """The key of summary.json that is compared."""
        first = self.cells[0].config
        return self.head.measure or self.kind.measure_of(self.kind.facts(first))

    @property
    def kind(self) -> Kind:
        """The kind of the runs, that of the first cell."""
        return self.cells[0].config.kind

    def lower_is_better(self, cell: Cell) -> bool | None:
        """Whether a lower measure of a cell is better; None where nothing says."""
        if self.head.better != "auto":
            return self.head.better == "lower"
        return self.kind.lower_is_better(self.kind.facts(cell.config), self.measure)

    def jobs(self) -> Iterator[tuple[Cell, int, str]]:
        """Every run: its cell, its seed and the name of its folder.

        First all cells with the first seed.
        """
        for seed in self.seeds:
            for cell in self.cells:
                yield (
                    cell,
                    seed,
                    f"{re.sub(r'[^A-Za-z0-9.=+-]+', '-', cell.name).strip('-')}_s{seed}",
                )


def is_study(path: Path) -> bool:
    """Whether a TOML file is that of a study; not if it cannot be read."""
    return not {"study", "cells", "grid"}.isdisjoint(contents(path, [], str(path)))


def read(path: Path, assignments: Iterable[str] = (), seeds: int | None = None) -> Study:
    """The study in a TOML file.

    Args:
        path: the file.
        assignments: ``section.key=value`` words that hold in every cell.
        seeds: how many, from 0 on; by default those of the file.

    Raises:
        ConfigError: with every mistake found.
    """
    wrong: list[str] = []
    toml = contents(path, wrong, str(path))
    if wrong:
        raise ConfigError(wrong)
    content = _content(toml, wrong)
    if content is None:
        raise ConfigError(wrong, "see the studies that come with evo: evo study")
    chosen = content.study.seeds if seeds is None else seeds
    numbers = _seeds(chosen, wrong)
    _check_figure(content, wrong)
    cells: list[Cell] = []
    if math.prod(len(values) for values in content.grid.values()) > MOST_RUNS:
        wrong.append(f"the grid has more than {MOST_RUNS} combinations")
    else:
        cells += _cells(path, content, tuple(assignments), wrong)
    names = [re.sub(r"[^A-Za-z0-9.=+-]+", "-", cell.name).lower() for cell in cells]
    if not wrong:
        try:
            named_baseline(content.study.baseline, cells)
        except UsageError as error:
            wrong.append(f"study.baseline: {error.message}; {error.hint}")
    wrong += [
        f"two cells are called {cell.name!r}"
        for number, cell in enumerate(cells)
        if names[number] in names[:number]
    ]
    if wrong:
        raise ConfigError(list(dict.fromkeys(wrong)))
    return Study(
        content.study,
        content.figure,
        cells,
        numbers,
        path.read_text(encoding="utf-8"),
        tuple(assignments),
    )


def _seeds(chosen: int | tuple[int, ...], wrong: list[str]) -> list[int]:
    if isinstance(chosen, int):
        chosen = tuple(range(min(chosen, MOST_RUNS + 1)))
    seeds = list(dict.fromkeys(chosen))
    if not seeds or min(seeds) < 0 or max(seeds) >= 2**63:
        wrong.append("study.seeds has to be a number above 0, or a list of seeds from 0 on")
    if len(seeds) > MOST_RUNS:
        wrong.append(f"study.seeds asks for more than {MOST_RUNS} runs of a cell")
    return seeds


def _check_figure(content: Content, wrong: list[str]) -> None:
    """Add a line to `wrong` if the grid lacks what a figure along a setting needs."""
    figure, grid = content.figure, content.grid
    if figure.kind != "lines" or figure.x is None:
        return
    if figure.x not in grid:
        names = ", ".join(grid) or "none"
        wrong.append(f"figure.x = {figure.x!r} is no setting of the grid; there: {names}")
    elif not all(type(value) in (int, float) for value in grid[figure.x]):
        wrong.append(f"figure.x = {figure.x!r}: its values in the grid have to be numbers")
    elif figure.logarithmic and min(grid[figure.x]) <= 0:
        wrong.append(f"figure.x = {figure.x!r}: a logarithmic axis needs numbers above 0")


def _content(content: Mapping[str, Any], wrong: list[str]) -> Content | None:
    """The parts of a file; None, and lines in `wrong`, if they are not in order."""
    sections = [part.name for part in fields(Content)]
    wrong += [
        f"unknown section [{key}]{did_you_mean(key, sections)}; known: {', '.join(sections)}"
        for key in content
        if key not in sections
    ]
    head = _model(Head, content.get("study", {}), "study", wrong)
    figure = _model(Figure, content.get("figure", {}), "figure", wrong)
    entries = content.get("cells", [])
    entries = entries if isinstance(entries, list) else [entries]
    cells = [
        _model(CellEntry, entry, f"cells[{number}]", wrong) for number, entry in enumerate(entries)
    ]
    settings, grid = content.get("settings", {}), content.get("grid", {})
    if not isinstance(settings, dict) or not all(
        isinstance(part, dict) for part in settings.values()
    ):
        wrong.append(
            'settings are written as under a config file\'s sections: data.name = "mnist5k"'
        )
    if not isinstance(grid, dict) or not all(
        "." in key and isinstance(values, list) and values for key, values in grid.items()
    ):
        wrong.append('the grid has lists of values by setting: "network.repeat" = [1, 10]')
    entered = [cell for cell in cells if cell is not None]
    return (
        None
        if wrong or head is None or figure is None
        else Content(head, settings, entered, grid, figure)
    )


def _model(kind: type[M], values: Any, section: str, wrong: list[str]) -> M | None:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        wrong += mistakes(error, kind, section)
        return None


def _cells(
    path: Path, content: Content, assignments: tuple[str, ...], wrong: list[str]
) -> Iterator[Cell]:
    points = [
        dict(zip(content.grid, values, strict=True))
        for values in itertools.product(*content.grid.values())
    ]
    for entry in content.cells or (CellEntry.model_validate({"name": "all"}),):
        for point in points:
            parts = [word(key, value) for key, value in point.items()]
            name = ", ".join([entry.name, *parts] if content.cells else parts) or entry.name
            merged = _merged(
                content.settings,
                entry.settings,
                *({k.partition(".")[0]: {k.partition(".")[2]: v}} for k, v in point.items()),
            )
            source = f"{label(path)}, cell {name}"
            kind = kind_of_sections(merged)
            layer = Layer(source, tables(merged, kind, source, wrong))
            try:
                config = resolve(kind=kind, layers=[layer], assignments=assignments)
                config.build()  # and drop it: all cells at once may not fit into memory
            except ConfigError as error:
                wrong.extend(error.problems)
            except EvoError as error:
                if error.exit_code != ConfigError.exit_code:
                    raise
                wrong.append(f"cell {name}: {error.message}")
            else:
                success = content.study.success if entry.success is None else entry.success
                yield Cell(name, entry.name, layer, config, point, success, entry.published)


def word(key: str, value: Any) -> str:
    """A setting without its section, ``repeat=2``; a name with the section, ``rule=bp``."""
    section, _, name = key.partition(".")
    return f"{section if name == 'name' else name}={value}"


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Sections of several sources, key by key; the later ones win."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for section, values in layer.items():
            before = merged.get(section)
            merged[section] = (
                {**before, **values}
                if isinstance(before, dict) and isinstance(values, dict)
                else values
            )
    return merged

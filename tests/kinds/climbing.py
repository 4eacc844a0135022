"""A third kind of run, in one file: a number climbs a hill, step by step."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from pydantic import Field

from evo.config.config import Config
from evo.config.draft import Draft
from evo.kind import Kind, Object, Option, Schemas
from evo.reports.course import course
from evo.reports.page import Figure, Page, Section, Tile
from evo.reports.svg import chart
from evo.runs.atomic import write_text
from evo.runs.folder import RunFolder
from evo.runs.job import Progress, Step
from evo.runs.result import Result
from evo.runs.schemas import Count, Facts, Line, Summary
from evo.settings import Settings

METHODS, HILLS = {"steady": 1.0, "sphere": 2.0}, {"hill": 5.0}


class Run(Settings):
    seed: int = Field(0, ge=0, lt=2**63)
    strides: int = Field(5, ge=1)
    target: float | None = None
    stop_at_target: bool = True
    checkpoint_interval: float = 0.0


class Walker(Settings):
    stride: float = Field(0.5, gt=0, description="how far a step goes")


class Hill(Settings):
    height: float = 5.0


class Stride(Line):
    stride: Count
    height: float


class Climbed(Summary):
    strides: Count
    best: float


@dataclass
class Climb:
    config: Config
    count: int = 0
    heights: list[float] = field(default_factory=lambda: [0.0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def steps(self) -> Iterator[Step]:
        walker, hill = self.config.models["walker"], self.config.models["hill"]
        while self.count < self.config.limit:
            self.count += 1
            self.heights.append(min(hill.height, self.heights[-1] + walker.stride))
            yield Step({"stride": self.count, "height": self.heights[-1]}, [])

    def state_dict(self) -> dict[str, Any]:
        return {"count": self.count, "heights": list(self.heights)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.count, self.heights = state["count"], list(state["heights"])

    def on_progress(self, within: Progress, judging: Progress) -> None:
        return

    def conclude(self) -> None:
        return

    def write_results(self, folder: RunFolder) -> dict[str, Any]:
        for name, picture in KIND.pictures(folder).items():
            write_text(folder.path / name, picture)
        target, best = self.config.target, self.heights[-1]
        return {
            "walker": self.config.method,
            "hill": self.config.subject,
            "seed": self.config.run.seed,
            "strides": self.count,
            "best": best,
            "target": target,
            "reached": None if target is None else best >= target,
            "stopped": f"{self.count} strides",
            "wall_s": 0.0,
        }


@dataclass(frozen=True)
class ClimbConfig(Config):
    def _build(self) -> Climb:
        return Climb(self)


class ClimbDraft(Draft):
    def declare(self) -> None:
        self.types |= {"walker": Walker, "hill": Hill}

    def finish(self) -> Callable[..., Config] | None:
        return partial(ClimbConfig)


class Climbing(Kind):
    command = "climb"
    about = "Climb: evo climb steady hill."
    sections = ("run", "walker", "hill")
    names = ("walker", "hill")
    tables = (METHODS, HILLS)
    arguments = ("Who.", "On what.")
    options = (Option("strides", "run", int, "How many."),)
    step = "stride"
    example = "walker.stride=1"
    curve = "best"
    preload = ()

    def run_settings(self) -> type[Settings]:
        return Run

    def draft(self) -> type[Draft]:
        return ClimbDraft

    def job(self, config: Config) -> Climb:
        return config.take()

    def facts(self, config: Config) -> Object:
        return {}

    def measure_of(self, facts: Object) -> str:
        return "best"

    @property
    def schemas(self) -> Schemas:
        return Schemas(Facts, Stride, Climbed)

    def result(self, folder: RunFolder) -> Result:
        return Result(folder)

    def progress(self, line: Object) -> str:
        return f"height {line['height']}"

    def words(self, summary: Object) -> list[str]:
        return [f"  height  {summary['best']}", f"  run  {summary['run']}"]

    def row(self, line: Object, summary: Object) -> dict[str, Any]:
        return {"best": line.get("height"), "height": summary.get("best")}

    def page(self, folder: RunFolder) -> Page:
        figures = [Figure(picture) for picture in self.pictures(folder).values()]
        return Page([Tile("height", "high")], [Section("Course", figures)])

    def pictures(self, folder: RunFolder) -> dict[str, str]:
        points = course(folder.metrics(), "stride", "height")
        return {"height.svg": chart("Height", {"height": points}, x_name="stride", y_name="height")}


KIND = Climbing()

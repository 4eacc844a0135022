"""What the files of an evolution have to hold."""

from typing import Annotated, Any, Literal

from pydantic import Field

from evo.runs.schemas import Count, Facts, Line, Schema, Seconds, Summary

Number = float | None
Figure = Number | dict[str, Number]
"""A figure as people read it, null where it is not a number; of several scores, those by name."""
Interval = Annotated[tuple[float, float], Field(strict=False)] | None


class ScoreFacts(Schema):
    """A score that the problem declares, in run.json."""

    name: str
    minimise: bool
    target: Number


class EvolutionFacts(Facts):
    """run.json."""

    scores: Annotated[list[ScoreFacts], Field(min_length=1)]
    judged: ScoreFacts | None = None


class Generation(Line):
    """A line of metrics.jsonl."""

    generation: Count
    evaluations: Count
    best: Figure
    mean: Figure = None
    median: Figure = None
    worst: Figure = None
    best_so_far: Figure = None
    failures: Count = 0
    infeasible: Count = 0
    spent: dict[str, Count] = Field(default_factory=dict)
    violated: dict[str, Count] = Field(default_factory=dict)
    species_sizes: dict[str, Count] = Field(default_factory=dict)


class Worth(Schema):
    """What the champion is worth, in summary.json; of several, the foremost one."""

    mean: Figure
    ci95: Interval | dict[str, Interval]
    episodes: Count
    members: Count


class Test(Schema):
    """What the champion is worth on what the run did not use, in summary.json."""

    examples: Count
    figures: dict[str, Number]
    confusion: list[list[Count]] | None = None


class EvolutionSummary(Summary):
    """summary.json."""

    algorithm: str
    problem: str
    generations: Count
    evaluations: Count
    failures: Count
    spent: dict[str, Count]
    score: str
    training_score: str = ""
    best: Figure
    champion: Worth | None
    test: Test | None = None
    measures: dict[str, Number]
    solution: Any = None


class Validation(Schema):
    """The validation of a champion, in champion.json."""

    mean: Figure
    ci95: Interval | dict[str, Interval]
    episodes: Count
    target: float | None
    reached: bool | None
    error: str | None


class Stored(Schema):
    """What stands for an array that is in champion.npz, by its name there."""

    stored: str


class ArrayText(Schema):
    """An array of numbers, in champion.json."""

    dtype: Annotated[str, Field(pattern=r"^[<>|]?(b1|[iu][1248]|f[248])$")]
    shape: list[Count]
    values: list[bool | int | float | Literal["nan", "inf", "-inf"]] | Stored


class Genome(Schema):
    """The genome of a champion, in champion.json."""

    kind: str
    arrays: dict[str, ArrayText]


class Individual(Schema):
    """One champion, in champion.json."""

    training: Figure
    generation: Count
    validation: Validation
    genome: Genome
    description: dict[str, Any] | None
    scores: list[Number] | dict[str, list[Number]]
    seeds: list[Annotated[int, Field(ge=0, lt=2**64)]]


Size = Annotated[int, Field(ge=0, lt=2**31)]


class SensesFacts(Schema):
    """How observations become inputs, in champion.json."""

    size: Size
    scale: list[float]
    shift: list[float]
    shape: list[Size]
    start: int | None


class ActsFacts(Schema):
    """How outputs become actions, in champion.json; null is an infinite bound."""

    size: Size
    discrete: bool
    start: int
    low: list[Number]
    high: list[Number]
    centre: list[Number]
    half: list[Number]
    shape: list[Size]
    dtype: Annotated[str, Field(pattern=r"^(bool|u?int(8|16|32|64)|float(16|32|64))$")]


class Connections(Schema):
    """How networks are connected to their task, in champion.json."""

    senses: SensesFacts
    acts: ActsFacts


class ChampionFile(Schema):
    """champion.json: the result of the run, the foremost individual first."""

    individuals: Annotated[list[Individual], Field(min_length=1)]
    connections: Connections | None = None


class ResultFile(Schema):
    """result.json: what the result as a whole looks like, such as a front or an archive."""

    kind: str


class Milestone(Schema):
    """One of the best individuals on the way."""

    caption: str
    film: dict[str, Any]


class MilestonesFile(Schema):
    """milestones.json: what the best individuals on the way did."""

    kind: str
    films: list[Milestone]


class EpisodeFile(Schema):
    """episode.json: what the champion saw and did in one episode."""

    kind: str
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    steps: Count


class EvolutionState(Schema):
    """The evolution in a checkpoint, as far as every algorithm has it."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    generation: Count
    spent: dict[str, Count]
    best_generation: Count
    population: dict[str, Any] | None
    best: dict[str, Any] | None
    scene: dict[str, Any] | None
    elapsed: Seconds
    stopped: str | None


class ChampionState(Schema):
    """The last champion in a checkpoint; a figure is NaN where an episode failed."""

    individual: dict[str, Any]
    generation: Count
    figures: Annotated[
        dict[str, list[Annotated[float, Field(allow_inf_nan=True)]]], Field(min_length=1)
    ]
    seeds: list[Annotated[int, Field(ge=0, lt=2**64)]]
    target: float | None
    reached: bool | None
    error: str | None


class JudgeState(Schema):
    """The judge in a checkpoint."""

    champion: ChampionState | None
    pause: Count
    next_generation: Count


class EvolutionCheckpoint(Schema):
    """checkpoint.zip."""

    evolution: EvolutionState
    judge: JudgeState
    failures: Count
    milestones: list[dict[str, Any]] = Field(default_factory=list)
    pedigree: dict[str, Any] | None = None

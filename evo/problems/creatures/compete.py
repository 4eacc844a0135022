"""Competition: two creatures, and a cube between them."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from evo_envs.creatures.contest import CUBE, SEEN, advantage, cube_of, face
from evo_envs.creatures.film import SHAPES, Film, Shape
from evo_envs.creatures.kernels import LIVED
from evo_envs.creatures.kernels import track as room
from evo_envs.creatures.native import addresses
from evo_envs.creatures.stage import AnyBody
from evo_envs.creatures.worlds import TICK, World
from numpy.typing import NDArray
from pydantic import Field

from evo.networks.brains.columns import Brain
from evo.operators.selection import best_first
from evo.population import Evaluation, Floats, Population
from evo.problems.creatures.contest_kernels import contest
from evo.problems.creatures.guards import NO_LIMITS, OF_OUTCOMES
from evo.problems.creatures.life import RISE, Life, placed, seen
from evo.problems.creatures.settings import Settings as TaskSettings
from evo.problems.creatures.task import Account, CreatureTask
from evo.scenes import Scene, Setting
from evo.scores import Score

Seeds = NDArray[np.uint64]


class CompeteSettings(TaskSettings):
    """How long bouts are, and against whom."""

    seconds: float = Field(8.0, ge=0.5, le=3600, description="how long a bout is; Sims has 8 s")
    veterans: int = Field(
        2, ge=0, le=100, description="rivals from the hall of fame, beside the last champion"
    )
    hall: int = Field(
        24,
        ge=2,
        le=1000,
        description="champions in the hall of fame; when it is full every second one leaves",
    )


REIGN = "reign"
"""The column that says of which generation somebody in the hall of fame was the champion."""


class Bout(NamedTuple):
    """What became of two creatures: the life of the first, and `(decisions + 1, 2)` gaps."""

    life: Life
    gaps: Floats


class Compete(CreatureTask):
    """Compete: be nearer to a cube than a rival is.

    The cube lies in the middle, a creature on either side, half a metre away. Both see where it is,
    and where the other is. The figure is the difference of their distances to the cube at the end
    over the sum, from -1 to 1, in the mean of bouts with the champion of the generation before and
    with earlier ones from a hall of fame. So it belongs to its generation, and falls when rivals
    get better; `evo audit` tells how a champion does against those of other generations.

    Source: K. Sims, Evolving 3D Morphology and Behavior by Competition, Artificial Life IV (1994),
    sections 2 and 3; the hall of fame: C. D. Rosin, R. K. Belew, New Methods for Competitive
    Coevolution, Evolutionary Computation 5 (1997), section 4.2.
    """

    Settings = CompeteSettings
    figure: ClassVar[Score] = Score("advantage", reference=-1.0)
    lasting = False
    upright = False
    targets = SEEN

    @property
    def world(self) -> World:
        return World("land")

    def worth(self, life: Life, targets: Floats) -> float:
        """Not asked for: a bout has two lives; see `advantage`."""
        return float("nan")

    def in_words(self, figure: float) -> str:
        return f"has an advantage of {figure:.2f} at the cube"

    def arrange(self, setting: Setting) -> Scene:
        """The rivals of a generation: the last champion, and some of those before it."""
        if setting.population is None:
            count = min(1 + self.settings.veterans, len(setting.individuals))
            rows = setting.rng.choice(len(setting.individuals), count, replace=False)
            return {"rivals": setting.individuals.take(rows).with_memory(None)}
        best = setting.population.take(best_first(setting.population.score)[:1])
        reign = np.array([setting.generation - 1])
        champion = best.to_evaluate().with_memory(None).with_columns(**{REIGN: reign})
        before = (setting.previous or {}).get("hall")
        hall = champion if before is None else before.concat(champion)
        if len(hall) > self.settings.hall:
            # the first and the last one stay
            hall = hall.take(np.unique(np.append(0, np.arange(len(hall))[::-2])))
        count = min(self.settings.veterans, len(hall) - 1)
        rows = setting.rng.choice(len(hall) - 1, count, replace=False)
        return {"rivals": champion.concat(hall.take(rows)), "hall": hall}

    def veterans(self, scene: Scene, count: int = 5) -> list[tuple[int, Population]]:
        """Champions from the hall of fame of a scene, the first and the last among them.

        Args:
            scene: as `arrange` returned it; in that of the first generation there are none.
            count: how many at most.

        Returns:
            Of which generation each was the champion, and a population of one.
        """
        hall = scene.get("hall")
        if hall is None:
            return []
        rows = sorted({round(place) for place in np.linspace(0, len(hall) - 1, count)})
        reigns = hall.columns[REIGN]
        return [(int(reigns[row]), hall.take(np.array([row]))) for row in rows]

    def evaluate(self, phenotypes: Any, seeds: Seeds) -> Evaluation:
        """Each against itself, which has no advantage; rivals come with a scene."""
        return self.evaluate_among(phenotypes, seeds, {"rivals": phenotypes})

    def evaluate_among(self, phenotypes: Any, seeds: Seeds, scene: Mapping[str, Any]) -> Evaluation:
        rivals = scene["rivals"]
        others = [self.creature(rivals, row) for row in range(_count(rivals))]
        fitness, account = np.full(len(seeds), np.nan), Account(len(seeds))
        for row, seed in enumerate(seeds):
            body, brain = self.creature(phenotypes, row)
            figures, guard, share, seconds = [], None, 0.0, 0.0
            if self.guarded and not body.degrees_of_freedom:
                guard = "joints"
            for number, other in enumerate(others if guard is None else ()):
                bout = self.bout((body, brain), other, int(seed), number)
                seconds += bout.life.share * self.settings.seconds
                # energy is that of both and the cube, so it is not watched
                guard, share = OF_OUTCOMES.get(bout.life.outcome), bout.life.share
                if guard is not None:
                    break
                figures.append(advantage(bout.gaps))
            account.enter(row, body, seconds)
            if guard is not None:
                account.refuse(row, guard, share)
            else:
                fitness[row] = float(np.mean(figures))
        return account.evaluation(fitness)

    def bout(
        self,
        first: tuple[AnyBody, Brain],
        second: tuple[AnyBody, Brain],
        seed: int,
        number: int = 0,
        filmed: bool = False,
    ) -> Bout:
        """Two creatures compete; the first is watched for cheats.

        Args:
            first, second: bodies and brains.
            seed: of the evaluation; it says how their joints are kicked at the start.
            number: of the bout within the evaluation.
            filmed: whether poses are kept.
        """
        stage = face(first[0], second[0], self.world, self.feels)
        frames = round(self.settings.seconds / TICK)
        parts = len(first[0].parts) + len(second[0].parts) + 1
        poses = np.zeros((frames + 1 if filmed else 0, parts, 12), np.float32)
        track, gaps = room(frames), np.zeros((frames + 1, 2))
        limits = self.limits.array(stage.masses[0]) if self.guarded else NO_LIMITS
        outcome, lived = contest(
            addresses(stage.model, stage.data),
            stage.views,
            stage.creatures[0],
            first[1].parts(),
            stage.creatures[1],
            second[1].parts(),
            cube_of(stage),
            stage.world.frame,
            stage.world.step,
            RISE if self.guarded else np.inf,
            limits,
            *self._kicks(first[0], second[0], seed, number),
            np.zeros((SEEN, 3)),
            np.zeros((1, first[0].degrees_of_freedom)),
            np.zeros((1, second[0].degrees_of_freedom)),
            np.zeros(3),
            track,
            gaps,
            poses,
        )
        kept = seen(poses[: lived + 1]) if filmed else poses
        life = Life(outcome, track[: lived + 1], lived / frames, stage.masses[0], kept)
        return Bout(life, gaps[: lived + 1])

    def _kicks(
        self, first: AnyBody, second: AnyBody, seed: int, number: int
    ) -> tuple[Floats, Floats]:
        """Speeds of both creatures' joints at the start of a bout."""
        rng = np.random.default_rng(np.random.SeedSequence([seed, number]))
        mine, theirs = first.degrees_of_freedom, second.degrees_of_freedom
        kicks = self.settings.kick * rng.standard_normal(mine + theirs)
        return kicks[:mine], kicks[mine:]

    def film(
        self,
        phenotype: Any,
        seed: int,
        title: str = "",
        world: World | None = None,
        number: int = 0,
        every: int = 2,
        scene: Mapping[str, Any] | None = None,
    ) -> Film:
        """A film of a bout of a batch of one creature: against the first champion, or itself.

        The first champion is that of the hall of fame in the scene; without a scene, or without a
        hall, a creature competes with itself.
        """
        first = self.creature(phenotype, 0)
        hall = (scene or {}).get("hall")
        second = first if hall is None else self.creature(hall, 0)
        bout = self.bout(first, second, seed, number, filmed=True)
        shapes = [
            Shape(part.shape, part.half, creature, part.group)
            for creature, (body, _) in enumerate((first, second))
            for part in body.parts
        ]
        shapes.append(Shape("box", (CUBE, CUBE, CUBE), -1, 0))
        poses = placed(bout.life.poses[::every], [SHAPES.index(shape.kind) for shape in shapes])
        figure = advantage(bout.gaps) if bout.life.outcome == LIVED else float("nan")
        told = title or f"{self.in_words(figure)}, {len(first[0].parts)} parts"
        return Film(told, every * TICK, tuple(shapes), poses)


def _count(phenotypes: Any) -> int:
    if isinstance(phenotypes, Mapping):
        return len(next(iter(phenotypes.values())))
    return len(phenotypes)

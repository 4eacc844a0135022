"""An environment and evolution are the same physics, to the bit.

Seen when planted: joints that are told what was decided one decision earlier, a clock that is late,
a start from the settled pose without what MuJoCo remembers of it, actuators that are told in
another order.
"""

import gymnasium
import numpy as np
import pytest
from evo_envs.creatures import kernels as physics
from evo_envs.creatures.mjcf import ModelBody
from evo_envs.creatures.quadruped import QUADRUPED
from evo_envs.creatures.worlds import TICK, World

from evo.networks.brains.kernels import think, wake
from evo.problems.creatures.brains import of_vector
from evo.problems.creatures.guards import NO_LIMITS
from evo.problems.creatures.kernels import LIVED
from evo.problems.creatures.life import Lives
from tests.envs.creatures.test_mjcf import DOG


@pytest.mark.parametrize("source", ["quadruped", "file"])
@pytest.mark.parametrize("kind", ["constant", "sine", "cpg"])
@pytest.mark.parametrize(("id", "world"), [("Walk", "land"), ("Swim", "water")])
def test_the_same_actions_give_the_same_track(source, kind, id, world, tmp_path) -> None:
    body = QUADRUPED
    if source == "file":
        (tmp_path / "dog.xml").write_text(DOG)
        body = ModelBody.load(tmp_path / "dog.xml")
    dofs, rng = body.degrees_of_freedom, np.random.default_rng(3)
    vector = rng.uniform(-0.7, 0.7, 2 + 5 * dofs)
    if kind == "constant":
        vector[2::5] = 0.0
    brain = of_vector(vector, body, 0, "cpg" if kind == "cpg" else "sine")
    lives = Lives.of(body, brain, World(world), NO_LIMITS)
    life = lives.live(2.0, np.zeros(dofs), np.zeros((0, 3)))
    assert life.outcome == LIVED

    env = gymnasium.make(f"evo_envs:evo/{id}-v0", body=body, kick=0.0).unwrapped
    for seed in (1, 2):
        env.reset(seed=seed)
        parts, told = brain.parts(), np.zeros(dofs)
        wake(parts)
        rows = [env.first.copy()]
        for now in range(100):
            signals = parts.signals
            physics.sense(env.stage.views, env.layout, now * TICK, env.seen_places, signals)
            think(parts, now * TICK, TICK, now, False, told)
            env.step(told)
            rows.append(env.after.copy())
        assert np.array(rows).tobytes() == life.track.tobytes()
    assert np.ptp(life.track[:, 0]) > 1e-3

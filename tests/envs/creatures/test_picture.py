"""Pictures of creatures, where there is something to draw them with.

Seen when planted: a camera that does not follow, a light that is not drawn, colours of other parts.
"""

import subprocess
import sys

import pytest

from tests.test_imports import ENVIRONMENT

CODE = """
import gymnasium, numpy as np, sys
env = gymnasium.make("evo_envs:evo/Follow-v0", render_mode="rgb_array")
env.reset(seed=1)
inner = env.unwrapped
inner.seen_places[0] = [50.0, 0.0, 0.0]
try:
    first = env.render()
except gymnasium.error.DependencyNotInstalled as error:
    print("none", error)
    sys.exit()
inner.seen_places[0] = inner.root + [0.0, 0.0, 0.5]
lit = env.render()
inner.seen_places[0] = [50.0, 0.0, 0.0]
inner.stage.views.qpos[0] += 0.7
for _ in range(2):
    env.step(np.zeros(8))
moved = env.render()
env.close()
print(first.shape, first.dtype)
for other in (lit, moved):
    print(np.mean((first != other).any(axis=2)))
for colour in ([229, 140, 64], [89, 153, 217], [255, 217, 51]):
    like = [image / image.sum(axis=2, keepdims=True).clip(1) for image in (first, lit, moved)]
    pure = np.array(colour) / sum(colour)
    print(*((np.abs(image - pure).max(axis=2) < 0.02).sum() for image in like))
"""


def test_a_picture_shows_the_creature_and_the_light() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE], env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    if lines[0].startswith("none"):
        assert "MUJOCO_GL=egl" in lines[0]
        pytest.skip("MuJoCo has no OpenGL to draw with")
    assert lines[0] == "(480, 640, 3) uint8"
    lit, moved = float(lines[1]), float(lines[2])
    assert 0.001 < lit < 0.1
    assert moved > 0.05
    torso, thighs, lamp = ([int(each) for each in line.split()] for line in lines[3:])
    assert min(torso) > 500
    assert max(torso) < 2 * min(torso)
    assert min(thighs) > 200
    assert lamp[1] > 200 > max(lamp[0], lamp[2])


def test_without_opengl_there_is_a_hint() -> None:
    code = (
        "import gymnasium\n"
        "env = gymnasium.make('evo_envs:evo/Walk-v0', render_mode='rgb_array').unwrapped\n"
        "env.reset(seed=1)\n"
        "try: env.render()\n"
        "except gymnasium.error.DependencyNotInstalled as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**ENVIRONMENT, "MUJOCO_GL": "disable"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "MUJOCO_GL=egl" in told.stdout, told.stderr

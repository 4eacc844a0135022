"""evo/TMaze-v0: find out, again and again, on which side of a T-maze the high reward is.

A round leads from home through a corridor to a turn, and through an arm to one of two ends; from
there, home by itself. In corridor and arms only `straight` goes on, at the turn only `left` or
`right`; any other choice runs into a wall, costs 0.4, and ends the round. One end pays 1.0, the
other 0.1. Which of them is drawn for each episode, and once within it, at a round drawn too, they
change places. A network observes whether it is at home, at the turn, at an end, and the reward of
the last step; so it has to remember, or to learn, which side paid.

At most 1 per round can be had, 100 in an episode; always the same side gives 55 on the average.

Source: A. Soltoggio, J. A. Bullinaria, C. Mattiussi, P. Dürr, D. Floreano, Evolutionary Advantages
of Neuromodulated Plasticity in Dynamic, Reward-based Scenarios, ALIFE XI (2008), for the single
T-maze, its inputs, its 100 rounds and the change between the 35th and the 65th; S. Risi, K. O.
Stanley, Indirectly Encoding Neural Plasticity as a Pattern of Local Rules, SAB 2010, section 4, for
the rewards. The length of corridor and arms is chosen here.
"""

from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from evo_envs.changing.canvas import BLUE, GREEN, GREY, GROUND, RED, WHITE, Canvas
from evo_envs.changing.environment import CompiledEnv
from evo_envs.dynamics import Dynamics, Floats, initial_state, observe_kernel, step_kernel

LEFT, STRAIGHT, RIGHT = range(3)
HIGH, LOW, WALL = 1.0, 0.1, -0.4
EARLIEST, LATEST = 0.35, 0.65
"""Shares of the rounds between which the high reward changes its side."""
PLACE, ARM, ROUND, SIDE, CHANGE, REWARD, ROUNDS, LENGTH, ENDED = range(9)
"""State: steps from home, arm that it is in (0 for none, else LEFT or RIGHT less STRAIGHT), rounds
that are over, side of the high reward at the start, round of its change, reward of the last step,
rounds of an episode, length of corridor and arms, ended."""
WIDTH, HEIGHT = 420, 320


@step_kernel
def step(state: Floats, action: Floats) -> float:
    """Move `state` on by one step; the reward."""
    turn, end = state[LENGTH] + 1.0, 2.0 * state[LENGTH] + 2.0
    reward, over = 0.0, False
    if state[PLACE] == end:
        over = True
    elif (state[PLACE] == turn) == (action[0] == STRAIGHT):
        reward, over = WALL, True
    else:
        if state[PLACE] == turn:
            state[ARM] = action[0] - STRAIGHT
        state[PLACE] += 1.0
        if state[PLACE] == end:
            side = state[SIDE] if state[ROUND] < state[CHANGE] else -state[SIDE]
            reward = HIGH if state[ARM] == side else LOW
    if over:
        state[PLACE] = 0.0
        state[ARM] = 0.0
        state[ROUND] += 1.0
        state[ENDED] = 1.0 if state[ROUND] >= state[ROUNDS] else 0.0
    state[REWARD] = reward
    return reward


@observe_kernel
def observe(state: Floats, observation: Floats) -> None:
    """Fill `observation` from `state`."""
    observation[0] = 1.0 if state[PLACE] == 0.0 else 0.0
    observation[1] = 1.0 if state[PLACE] == state[LENGTH] + 1.0 else 0.0
    observation[2] = 1.0 if state[PLACE] == 2.0 * state[LENGTH] + 2.0 else 0.0
    observation[3] = state[REWARD]


class TMaze(CompiledEnv):
    """The task as a Gymnasium environment.

    Args:
        rounds: of an episode. For more of them, or longer ways, raise the step limit: a round takes
            ``2 * length + 3`` steps.
        length: of the corridor, and of each arm, in steps between home, turn and end.
        render_mode: "rgb_array" for pictures; None for none.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012
    dynamics: ClassVar[Dynamics] = Dynamics(
        "evo/TMaze-v0", 9, 4, step, observe, initial_state(), frozenset({"rounds", "length"})
    )
    observation_names: ClassVar = ("home", "turn", "end", "reward")
    action_names: ClassVar = ("left", "straight", "right")

    def __init__(self, rounds: int = 100, length: int = 1, render_mode: str | None = None) -> None:
        if rounds < 1 or length < 0:
            raise ValueError(f"{rounds} rounds of length {length}: at least 1 of length 0 or more")
        super().__init__(render_mode)
        self.rounds, self.length = rounds, length
        self.observation_space = spaces.Box(
            np.array([0, 0, 0, WALL], np.float32), np.ones(4, np.float32)
        )
        self.action_space = spaces.Discrete(3)
        self.paid: list[float] = []

    def start(self, rng: np.random.Generator) -> Floats:
        """At home; the side of the high reward and the round of its change are drawn."""
        self.paid = []
        state = np.zeros(9)
        state[SIDE] = rng.choice((LEFT - STRAIGHT, RIGHT - STRAIGHT))
        earliest, latest = round(EARLIEST * self.rounds), round(LATEST * self.rounds)
        state[CHANGE] = rng.integers(earliest, latest + 1)
        state[ROUNDS], state[LENGTH] = self.rounds, self.length
        return state

    def step(self, action: Any) -> Any:
        result = super().step(action)
        if self.state[REWARD] != 0.0:
            self.paid.append(float(self.state[REWARD]))
        return result

    def render(self) -> NDArray[np.uint8] | None:
        """The maze with the high reward in green; below, what each round so far has paid."""
        if self.render_mode is None:
            return None
        canvas, length = Canvas(WIDTH, HEIGHT, GROUND), self.length
        unit = min((WIDTH - 60) / (2 * length + 3), (HEIGHT - 90) / (length + 2))
        middle, top = WIDTH / 2, 40 + unit / 2
        for place in range(length + 2):
            _cell(canvas, middle, top + place * unit, unit)
        side = self.state[SIDE] if self.state[ROUND] < self.state[CHANGE] else -self.state[SIDE]
        for arm in (-1, 1):
            for place in range(1, length + 2):
                _cell(canvas, middle + arm * place * unit, top, unit)
            radius, colour = (0.38, GREEN) if arm == side else (0.16, GREY)
            canvas.disc(middle + arm * (length + 1) * unit, top, radius * unit, colour)
        along = max(0.0, self.state[PLACE] - length - 1)
        x = middle + self.state[ARM] * along * unit
        y = top + max(0.0, length + 1 - self.state[PLACE]) * unit
        canvas.disc(x, y, 0.26 * unit, RED if self.state[REWARD] < 0 else BLUE)
        tick = (WIDTH - 40) / self.rounds
        for number, reward in enumerate(self.paid):
            colour = GREEN if reward == HIGH else GREY if reward == LOW else RED
            height = 22 if reward == HIGH else 8
            canvas.bar(20 + number * tick, HEIGHT - 12 - height, 0.8 * tick, height, colour)
        return canvas.image()


def _cell(canvas: Canvas, x: float, y: float, unit: float) -> None:
    side = 0.94 * unit
    canvas.bar(x - side / 2, y - side / 2, side, side, WHITE)


DYNAMICS = TMaze.dynamics

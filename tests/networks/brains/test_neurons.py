"""Neurons against plain Python."""

import math

import numpy as np
import pytest

from evo.networks.brains.columns import NEURONS, Brain, Circuit
from evo.networks.brains.kernels import think, wake
from evo.networks.brains.neurons import (
    FASTEST,
    LARGEST,
    LEAST,
    NEAREST,
    VALUE,
    Function,
    inputs_of,
)

TICK = 0.02


def brain_of(functions, constants, sources, weights, driver=(), gain=(), senses=4):
    count = len(functions)
    circuit = Circuit(
        np.array(functions, np.int64),
        np.array(constants, np.float64).reshape(count, 2),
        np.array(sources, np.int64).reshape(count, 3),
        np.array(weights, np.float64).reshape(count, 3),
        np.array(driver, np.int64),
        np.array(gain, np.float64),
    )
    return Brain(NEURONS, senses, len(circuit.driver), circuit=circuit)


def size(x):
    return max(abs(x), LEAST)


def power(a, b):
    try:
        return size(a) ** b
    except OverflowError:
        return LARGEST


DIRECT = {
    Function.SUM: lambda a, b, c, p: a + b + c,
    Function.PRODUCT: lambda a, b, c, p: a * b,
    Function.DIVIDE: lambda a, b, c, p: a / (b if abs(b) > NEAREST else math.copysign(NEAREST, b)),
    Function.SUM_THRESHOLD: lambda a, b, c, p: a + b + c > p,
    Function.GREATER_THAN: lambda a, b, c, p: a > b,
    Function.SIGN_OF: lambda a, b, c, p: (a > 0) - (a < 0),
    Function.MIN: lambda a, b, c, p: b if b < a else a,
    Function.MAX: lambda a, b, c, p: b if b > a else a,
    Function.ABS: lambda a, b, c, p: a if a > 0 else -a,
    Function.IF: lambda a, b, c, p: b if a > 0 else c,
    Function.INTERPOLATE: lambda a, b, c, p: float(np.interp(a, [0, 1], [b, c])),
    Function.SIN: lambda a, b, c, p: math.sin(a),
    Function.COS: lambda a, b, c, p: math.cos(a),
    Function.ATAN: lambda a, b, c, p: math.atan(a),
    Function.LOG: lambda a, b, c, p: math.log(size(a)),
    Function.EXPT: lambda a, b, c, p: power(a, b),
    Function.SIGMOID: lambda a, b, c, p: 0.5 + 0.5 * math.tanh(0.5 * a),
}


class Remembering:
    """One neuron that remembers something."""

    def __init__(self, function, p, q):
        self.function, self.p, self.q, self.state = function, p, q, 0.0

    def __call__(self, a, b):
        if self.function in (Function.OSCILLATE_WAVE, Function.OSCILLATE_SAW):
            turns = self.state + self.q + b
            self.state += TICK * min(self.p * 2 ** max(-1, min(1, a)), FASTEST)
            if self.function == Function.OSCILLATE_WAVE:
                return math.sin(2 * math.pi * turns)
            return 2 * (turns % 1.0) - 1
        if self.function == Function.DIFFERENTIATE:
            before, self.state = self.state, a
            return (a - before) / TICK
        if self.function == Function.INTEGRATE:
            self.state += TICK * a - TICK * self.p * self.state
        elif self.function == Function.SMOOTH:
            self.state += TICK / (TICK + self.p) * (a - self.state)
        elif b > 0:
            self.state = a
        return self.state


def test_every_function_has_a_reference():
    assert set(DIRECT) | set(range(Function.INTEGRATE, len(Function))) == set(Function)


@pytest.mark.parametrize("function", Function, ids=lambda function: function.name.lower())
def test_a_function_has_as_many_inputs_as_it_heeds(function):
    rng = np.random.default_rng(function)
    heeded = set()
    for _ in range(200):
        # two decisions before the one that counts, so that what was stored differs from what comes
        base = rng.normal(size=(3, 3))
        for k in range(3):
            outcomes = []
            for changed in (False, True):
                brain = brain_of([function], [(0.5, 0.1)], [(0, 1, 2)], [(1, 1, 1)]).parts()
                for count, signals in enumerate(base.copy()):
                    signals[k] += 3.0 * rng.normal() if changed else 0.0
                    brain.signals[:3] = signals
                    think(brain, count * TICK, TICK, count, False, np.zeros(0))
                outcomes.append(brain.memory[0, VALUE])
            if outcomes[0] != outcomes[1]:
                heeded.add(k)
    assert heeded == set(range(inputs_of(function)))


@pytest.mark.parametrize("function", Function, ids=lambda function: function.name.lower())
def test_functions_are_what_they_say(function):
    rng = np.random.default_rng(function)
    p, q = rng.uniform(0.05, 1.0, 2)
    brain = brain_of([function], [(p, q)], [(0, 1, 2)], [(1.0, 1.0, 1.0)]).parts()
    remembering = Remembering(function, p, q)
    for count in range(300):
        signals = rng.normal(0.0, (0.5, 2.0, 60.0)[count % 3], 3)
        signals[rng.random(3) < 0.1] = 0.0
        brain.signals[:3] = signals
        think(brain, count * TICK, TICK, count, False, np.zeros(0))
        a, b, c = signals.tolist()
        wanted = float(DIRECT[function](a, b, c, p)) if function in DIRECT else remembering(a, b)
        wanted = max(-LARGEST, min(LARGEST, wanted))
        assert brain.memory[0, VALUE] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_neurons_compute_at_once_from_the_decision_before():
    # a ring of three that passes a value on; in the order of the circuit, and against it
    brain = brain_of(
        [Function.SUM] * 3,
        [(0.0, 0.0)] * 3,
        [(0, -3, 0), (-1, 0, 0), (-2, 0, 0)],
        [(1.0, 1.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 0.0)],
    ).parts()
    seen = []
    for count in range(5):
        brain.signals[0] = float(count == 0)
        think(brain, 0.0, TICK, count, False, np.zeros(0))
        seen.append(brain.memory[:, VALUE].tolist())
    assert seen == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_weights_count_and_joints_are_driven_within_their_range():
    brain = brain_of(
        [Function.SUM], [(0, 0)], [(0, 1, 2)], [(2.0, -1.0, 0.0)], (-1, 1, -1), (0.5, 1.0, 50.0)
    ).parts()
    brain.signals[:3] = (0.5, 0.25, 9.0)
    control = np.zeros(3)
    think(brain, 0.0, TICK, 0, False, control)
    assert control.tolist() == [0.5 * 0.75, 0.25, 1.0]
    assert brain.signals[4:].tolist() == control.tolist()


def test_an_unknown_function_gives_nothing():
    brain = brain_of([99, -1], [(0, 0)] * 2, [(0, 0, 0)] * 2, [(1, 1, 1)] * 2).parts()
    brain.signals[0] = 1.0
    think(brain, 0.0, TICK, 0, False, np.zeros(0))
    assert brain.memory[:, VALUE].tolist() == [0.0, 0.0]


def random_brain(rng, senses=6, dofs=3):
    count = int(rng.integers(1, 20))
    wild = 10.0 ** rng.uniform(0, 300) if rng.random() < 0.2 else 4.0
    return brain_of(
        rng.integers(len(Function), size=count),
        rng.uniform(-1, 1, (count, 2)) * (wild if rng.random() < 0.5 else 1.0),
        rng.integers(-count, senses, (count, 3)),
        rng.normal(0, wild, (count, 3)),
        rng.integers(-count, senses, dofs),
        rng.normal(0, wild, dofs),
        senses,
    )


def test_whatever_neurons_are_wired_to_they_stay_finite():
    rng = np.random.default_rng(1)
    moved = 0
    for _ in range(2000):
        parts, control = random_brain(rng).parts(), np.zeros(3)
        for count in range(30):
            parts.signals[:6] = rng.normal(size=6) * rng.choice((0.0, 1.0, 1e9), p=(0.1, 0.8, 0.1))
            think(parts, count * TICK, TICK, count, False, control)
            values = parts.memory
            assert np.isfinite(values).all()
            assert np.abs(values[:, VALUE]).max() <= LARGEST
            assert np.abs(control).max() <= 1.0
        moved += bool(np.any(control))
    assert moved > 1500


def test_what_is_not_a_number_becomes_nothing():
    brain = brain_of([Function.SUM], [(0, 0)], [(0, 1, 2)], [(1, 1, 1)], (-1, 0), (1.0, 1.0))
    parts, control = brain.parts(), np.zeros(2)
    parts.signals[:2] = (np.nan, 0.25)
    think(parts, 0.0, TICK, 0, False, control)
    assert control.tolist() == [0.25, 0.0]


def test_waking_forgets_everything_and_the_same_signals_give_the_same():
    rng = np.random.default_rng(3)
    for _ in range(100):
        brain, seed = random_brain(rng), int(rng.integers(2**32))
        parts, lives = brain.parts(), []
        for _ in range(2):
            wake(parts)
            assert not parts.memory.any()
            assert not parts.signals.any()
            signals, control = np.random.default_rng(seed), np.zeros(3)
            life = []
            for count in range(20):
                parts.signals[:6] = signals.normal(size=6)
                think(parts, count * TICK, TICK, count, False, control)
                life.append(control.tobytes())
            lives.append(life)
        assert lives[0] == lives[1]

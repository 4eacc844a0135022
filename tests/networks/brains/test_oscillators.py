"""Oscillators against plain Python."""

import math
from dataclasses import replace

import numpy as np
import pytest

from evo.networks.brains.columns import OSCILLATORS, Brain, Oscillators
from evo.networks.brains.kernels import think, wake

TICK, SENSES = 0.02, 10
UPSTREAM = [-1, 0, 1, 1, -1]


def brain_of(frequency, coupling, seed=0):
    numbers = np.random.default_rng(seed).uniform(-1.0, 1.0, (len(UPSTREAM), 5))
    numbers[:, 2] *= math.pi
    rhythm = np.array([frequency, coupling])
    return Brain(
        OSCILLATORS,
        SENSES,
        len(UPSTREAM),
        Oscillators(numbers, np.array(UPSTREAM, np.int64), rhythm),
    )


def lived(parts, decisions, signals=(0.0, 0.0), follows=False):
    """`(decisions, 5)` what the actuators are told."""
    told, control = [], np.zeros(len(UPSTREAM))
    for count in range(decisions):
        parts.signals[6:8] = signals
        think(parts, count * TICK, TICK, count, follows, control)
        told.append(control.copy())
    return np.array(told)


def within(x):
    return max(-1.0, min(1.0, x))


@pytest.mark.parametrize("follows", [False, True])
def test_free_oscillators_follow_the_clock(follows):
    brain = brain_of(1.3, 0.0)
    parts = brain.parts()
    wake(parts)
    told = lived(parts, 200, (0.4, -0.3), follows)
    for count in range(200):
        for k, (amplitude, offset, phase, left, upwards) in enumerate(brain.oscillators.numbers):
            wanted = offset + amplitude * math.sin(2 * math.pi * 1.3 * count * TICK + phase)
            if follows:
                wanted += 0.4 * left - 0.3 * upwards
            assert told[count, k] == pytest.approx(within(wanted), abs=1e-12)


def test_coupled_oscillators_draw_their_neighbours():
    brain = brain_of(0.8, 3.0)
    numbers = brain.oscillators.numbers
    parts = brain.parts()
    wake(parts)
    # out of step, so that there is something to draw
    phases = np.random.default_rng(1).uniform(-2.0, 2.0, len(UPSTREAM))
    parts.memory[:, 0] = phases
    told = lived(parts, 300)
    for count in range(300):
        for k in range(len(UPSTREAM)):
            wanted = numbers[k, 1] + numbers[k, 0] * math.sin(phases[k])
            assert told[count, k] == pytest.approx(within(wanted), abs=1e-9)
        speed = np.full(len(UPSTREAM), 2 * math.pi * 0.8)
        for k, other in enumerate(UPSTREAM):
            for a, b in ((k, other), (other, k)):
                if other >= 0:
                    wanted = numbers[a, 2] - numbers[b, 2]
                    speed[a] += 3.0 * math.sin(phases[b] - phases[a] + wanted)
        phases = phases + TICK * speed
    # those that hang together are in step by now, as their phases say; the last is on its own
    apart = phases[:4] - numbers[:4, 2]
    assert np.sin(apart - apart[0]) == pytest.approx(np.zeros(4), abs=1e-3)
    assert abs(math.sin(phases[4] - numbers[4, 2] - apart[0])) > 1e-2


@pytest.mark.parametrize("coupling", [0.0, 3.0])
def test_waking_begins_anew(coupling):
    parts = brain_of(1.1, coupling).parts()
    lives = []
    for _ in range(2):
        wake(parts)
        assert not parts.signals.any()
        lives.append(lived(parts, 37).tobytes())
    assert lives[0] == lives[1]


def test_coupled_oscillators_wait_for_the_body():
    """Each phase goes downhill on the square of what its joint is behind."""
    brain = brain_of(0.8, 3.0)
    angles = np.arange(len(UPSTREAM), dtype=np.int64)
    brain = replace(brain, oscillators=brain.oscillators._replace(angles=angles))
    numbers, parts = brain.oscillators.numbers, brain.parts()
    wake(parts)
    phases, control = numbers[:, 2].copy(), np.zeros(len(UPSTREAM))
    for count in range(100):
        parts.signals[: len(UPSTREAM)] = 0.3
        think(parts, count * TICK, TICK, count, False, control)
        told = numbers[:, 1] + numbers[:, 0] * np.sin(phases)
        assert control == pytest.approx(np.clip(told, -1.0, 1.0), abs=1e-12)
        steps = 2 * math.pi * 0.8 + 3.0 * (0.3 - told) * numbers[:, 0] * np.cos(phases)
        for k, other in enumerate(UPSTREAM):
            if other >= 0:
                wanted = numbers[k, 2] - numbers[other, 2]
                pull = 3.0 * math.sin(phases[other] - phases[k] + wanted)
                steps[k] += pull
                steps[other] -= pull
        phases += TICK * steps

"""How graphs are written down, and what is refused when they are read.

Seen when planted: neurons of nodes and of graphs in one order when written and another when read, a
field left out, each of the checks in `from_arrays` taken away.
"""

from dataclasses import replace

import numpy as np
import pytest

from evo.genomes.bodies.develop import develop
from evo.genomes.bodies.genomes import BodyGenomes
from evo.genomes.bodies.graph import Graph, Neuron
from tests.genomes.bodies.graphs import drawn, graph, link, node


def thinking(seed: int) -> Graph:
    """A graph some nodes of which have neurons, and that has some itself."""
    rng = np.random.default_rng(seed)

    def some(count):
        return tuple(
            Neuron(
                int(rng.integers(3)),
                tuple(rng.uniform(-1, 1, 2).tolist()),
                tuple(rng.integers(0, 60, 3).tolist()),
                tuple(rng.uniform(-1, 1, 3).tolist()),
            )
            for _ in range(count)
        )

    bare = drawn(1, seed)[0]
    nodes = tuple(
        replace(
            each,
            neurons=some(rng.integers(3)),
            drivers=tuple(rng.integers(0, 60, 3).tolist()),
            gains=tuple(rng.uniform(-1, 1, 3).tolist()),
        )
        for each in bare.nodes
    )
    return replace(bare, nodes=nodes, neurons=some(rng.integers(3)))


GENOMES = BodyGenomes(tuple(thinking(seed) for seed in range(12)))


def test_genomes_are_the_same_after_they_were_written_down():
    assert any(graph.neurons for graph in GENOMES.graphs)
    arrays = GENOMES.to_arrays()
    assert BodyGenomes.from_arrays(arrays).graphs == GENOMES.graphs
    assert all(array.dtype in (np.int64, np.float64) for array in arrays.values())
    none = BodyGenomes(())
    assert BodyGenomes.from_arrays(none.to_arrays()).graphs == ()


def test_genomes_are_taken_and_joined_by_rows():
    assert GENOMES.take([3, 1, 3]).graphs == tuple(GENOMES.graphs[k] for k in (3, 1, 3))
    assert len(GENOMES.take(np.zeros(12, bool))) == 0
    halves = [GENOMES.take(slice(0, 5)), GENOMES.take(slice(5, None))]
    assert BodyGenomes.concat(halves).graphs == GENOMES.graphs


SMALL = graph([node(1), node(2)], [link(1, 1, 2), link(2, 2, 2)])


@pytest.mark.parametrize(
    ("column", "cell", "value", "words"),
    [
        ("node", (0, 1), 3.0, "a shape or a joint that there is not"),
        ("node", (0, 5), -1.0, "a shape or a joint that there is not"),
        ("node", (1, 2), 0.0, "sizes, a strength or repeats out of range"),
        ("node", (1, 9), 0.0, "sizes, a strength or repeats out of range"),
        ("node", (1, 9), 1e6, "sizes, a strength or repeats out of range"),
        ("node", (1, 10), 0.0, "sizes, a strength or repeats out of range"),
        ("node", (1, 10), 65.0, "sizes, a strength or repeats out of range"),
        ("node", (0, 7), 3.2, "joint limits out of range"),
        ("node", (0, 0), 2.0, "nodes of different identities"),
        ("link", (0, 0), 2.0, "two links have the same identity"),
        ("link", (1, 1), 7.0, "a node that there is not"),
        ("link", (1, 2), 7.0, "a node that there is not"),
        ("link", (0, 3), 6.0, "a face, a place or a scale out of range"),
        ("link", (0, 4), 1e300, "a face, a place or a scale out of range"),
        ("link", (0, 9), 0.0, "a face, a place or a scale out of range"),
        ("link", (0, 6), np.nan, "'link' of bodies is of another type"),
        ("rhythm", (0, 1), np.inf, "'rhythm' of bodies is of another type"),
        ("nodes", (0,), -1, "do not add up"),
        ("nodes", (0,), 3, "do not add up"),
        ("neurons", (1,), 1, "do not add up"),
        ("central", (0,), 1, "do not add up"),
    ],
)
def test_what_cannot_be_a_body_is_refused(column, cell, value, words):
    arrays = BodyGenomes((SMALL,)).to_arrays()
    arrays[column][cell] = value
    with pytest.raises(ValueError, match=words):
        BodyGenomes.from_arrays(arrays)


def test_counts_that_add_up_only_because_they_are_too_large_are_refused():
    arrays = BodyGenomes((SMALL,) * 5).to_arrays()
    arrays["nodes"] = np.array([2**62] * 4 + [10])
    with pytest.raises(ValueError, match="do not add up"):
        BodyGenomes.from_arrays(arrays)


def test_a_column_that_is_missing_is_named():
    for name in GENOMES.to_arrays():
        arrays = GENOMES.to_arrays()
        del arrays[name]
        with pytest.raises(ValueError, match=f"bodies lack {name}"):
            BodyGenomes.from_arrays(arrays)


def damaged(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Arrays of which one or a few are not as they were."""
    arrays = BodyGenomes(GENOMES.graphs[: rng.integers(1, 5)]).to_arrays()
    for _ in range(rng.integers(1, 4)):
        name = list(arrays)[rng.integers(len(arrays))]
        array = arrays[name]
        kind = rng.integers(9)
        if kind == 0:
            arrays[name] = array[: rng.integers(len(array) + 1)] if array.ndim else array
        elif kind == 1:
            kinds = [np.float32, np.int64, np.float64, np.uint8, bool, "U5", object, np.complex128]
            with np.errstate(invalid="ignore"):
                arrays[name] = array.real.astype(kinds[rng.integers(len(kinds))])
        elif kind == 2:
            arrays[name] = array.ravel()
        elif kind == 3:
            arrays[name] = array.reshape(-1, 1) if rng.random() < 0.5 else np.array(3)
        elif kind == 4:
            arrays[name] = np.concatenate([array, array]) if array.ndim else array
        elif kind == 5:
            arrays[name] = np.zeros((0, *array.shape[1:]), array.dtype)
        elif array.size and array.dtype.kind in "if":
            values = [0, -1, 1, 2, 7, 1e3, 2.0**62, -(2.0**62), 0.5, 1e300, np.nan, np.inf]
            flat = array.copy().ravel()
            value = values[rng.integers(len(values))]
            if array.dtype != np.float64 and not abs(value) <= 2.0**62:
                value = 2**62
            flat[rng.integers(len(flat))] = value
            arrays[name] = flat.reshape(array.shape)
    return arrays


def test_damaged_arrays_are_refused_in_words_or_make_bodies():
    refused = 0
    for seed in range(1500):
        try:
            genomes = BodyGenomes.from_arrays(damaged(np.random.default_rng(seed)))
        except ValueError as error:
            assert str(error)
            refused += 1
            continue
        for each in genomes.graphs:
            develop(each, 10)
    assert 700 < refused < 1450

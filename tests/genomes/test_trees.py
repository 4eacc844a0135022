"""Programs: what they compute, and what operators make of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.genomes.trees.genomes import TreeGenomes
from evo.genomes.trees.primitives import ARITIES, CONSTANT, FUNCTIONS, VARIABLE
from evo.genomes.trees.representation import MUTATIONS, Operators, Program, Trees
from tests.helpers import same

NEED = Program(2, tuple(FUNCTIONS), -1.0, 1.0)

FORMULAS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b if b else 1.0,
    "sin": math.sin,
    "cos": math.cos,
    "exp": lambda a: math.exp(a) if a < 709 else math.inf,
    "log": lambda a: math.log(abs(a)) if a else 0.0,
    "negate": lambda a: -a,
    "square": lambda a: a * a,
    "sqrt": lambda a: math.sqrt(abs(a)),
    "minimum": min,
    "maximum": max,
}
NAMES = {code: name for name, (code, _, _) in FUNCTIONS.items()}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def nested(genomes: TreeGenomes, row: int) -> tuple:
    """A program as nested tuples."""
    first, last = genomes.nodes.offsets[row : row + 2]
    codes, values = genomes.nodes.code[first:last], genomes.nodes.value[first:last]

    def read(i: int) -> tuple[tuple, int]:
        code = int(codes[i])
        if code == CONSTANT:
            return ("constant", values[i]), i + 1
        if code >= VARIABLE:
            return ("variable", code - VARIABLE), i + 1
        arguments, j = [], i + 1
        for _ in range(ARITIES[code]):
            argument, j = read(j)
            arguments.append(argument)
        return (NAMES[code], *arguments), j

    program, end = read(0)
    assert end == last - first
    return program


def height(program: tuple) -> int:
    return 1 + max(map(height, program[1:])) if program[0] in FORMULAS else 0


def compute(program: tuple, inputs: np.ndarray) -> float:
    name, *rest = program
    if name == "constant":
        return float(rest[0])
    if name == "variable":
        return float(inputs[rest[0]])
    return FORMULAS[name](*[compute(argument, inputs) for argument in rest])


def grown(count: int = 300, **values: object) -> tuple[Trees, TreeGenomes]:
    kind = Trees(NEED, Operators(**{"max_depth": 8, "start_depth": 5, **values}))  # pyright: ignore
    genomes = kind.start(count, rng(1))
    for seed in range(4):
        rows = rng(seed).integers(0, count, (count, 2))
        genomes = kind.mutate(kind.cross(genomes, rows, rng(seed + 10)), rng(seed + 20))
    return kind, genomes


def test_programs_compute_what_they_say() -> None:
    _, genomes = grown()
    inputs = np.concatenate([rng().normal(size=(6, 2)), [[0.0, 0.0]]])
    outputs = genomes.outputs(inputs)
    for row in range(len(genomes)):
        program = nested(genomes, row)
        for s, sample in enumerate(inputs):
            try:
                expected = compute(program, sample)
            except (OverflowError, ValueError):
                continue
            if math.isfinite(expected):
                assert outputs[row, s] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_first_programs_are_ramped_half_and_half() -> None:
    kind = Trees(NEED, Operators(start_depth=6))
    programs = [nested(genomes, row) for genomes in [kind.start(400, rng())] for row in range(400)]
    heights = np.array([height(program) for program in programs]).reshape(-1, 10)
    # Depths 2 to 6, each once full and once grown.
    assert (heights[:, ::2] == [2, 3, 4, 5, 6]).all()
    assert (heights[:, 1::2] <= [2, 3, 4, 5, 6]).all()
    assert (heights[:, 1::2] < [2, 3, 4, 5, 6]).any(axis=0).all()


@pytest.mark.parametrize("mutation", list(MUTATIONS))
def test_no_program_gets_deeper_than_allowed(mutation: str) -> None:
    _, genomes = grown(mutation=mutation, mutation_rate=0.7)
    heights = [height(nested(genomes, row)) for row in range(len(genomes))]
    assert 5 < max(heights) <= 8 if mutation != "hoist" else max(heights) <= 8
    TreeGenomes.from_arrays(genomes.to_arrays())


def subtrees(program: tuple) -> list[tuple]:
    found = [program]
    if program[0] in FORMULAS:
        for argument in program[1:]:
            found += subtrees(argument)
    return found


def replaced(program: tuple, new: tuple) -> list[tuple]:
    """Every program that has `new` in the place of one subtree."""
    out = [new]
    if program[0] in FORMULAS:
        for k, argument in enumerate(program[1:], start=1):
            out += [(*program[:k], each, *program[k + 1 :]) for each in replaced(argument, new)]
    return out


def test_crossover_puts_a_subtree_of_the_second_into_the_first() -> None:
    kind = Trees(NEED, Operators(start_depth=3))
    genomes = kind.start(40, rng())
    rows = rng(1).integers(0, 40, (200, 2))
    children = kind.cross(genomes, rows, rng(2))
    changed = 0
    for child, (a, b) in enumerate(rows):
        first, second, result = nested(genomes, a), nested(genomes, b), nested(children, child)
        changed += result != first
        assert any(result in replaced(first, piece) for piece in subtrees(second))
    assert changed > 150


def test_points_of_crossover_are_functions_nine_times_of_ten() -> None:
    # Both parents are (x + x): an inner point of the first gives way to a terminal of the second
    # only if the one is a function and the other is not.
    kind = Trees(Program(1, ("add",)), Operators(start_depth=1, max_depth=17))
    pair = kind.start(1, rng())
    assert nested(pair, 0)[0] == "add"
    children = kind.cross(pair.take([0, 0]), np.tile([0, 1], (20_000, 1)), rng(3))
    single = (children.sizes == 1).mean()
    larger = (children.sizes == 5).mean()
    assert single == pytest.approx(0.9 * 0.1, abs=0.01)
    assert larger == pytest.approx(0.1 * 0.9, abs=0.01)


def test_point_mutation_keeps_the_shape() -> None:
    kind = Trees(NEED, Operators(mutation="point", mutation_rate=1.0, point_rate=0.3))
    genomes = kind.start(200, rng())
    children = kind.mutate(genomes, rng(1))
    assert np.array_equal(children.nodes.offsets, genomes.nodes.offsets)

    def arity(codes: np.ndarray) -> np.ndarray:
        return np.where(codes < CONSTANT, ARITIES[np.minimum(codes, CONSTANT - 1)], 0)

    assert np.array_equal(arity(children.nodes.code), arity(genomes.nodes.code))
    assert 0.15 < (children.nodes.code != genomes.nodes.code).mean() < 0.3


def test_hoisting_leaves_a_subtree() -> None:
    kind = Trees(NEED, Operators(mutation="hoist", mutation_rate=1.0))
    genomes = kind.start(100, rng())
    children = kind.mutate(genomes, rng(1))
    for row in range(100):
        assert nested(children, row) in subtrees(nested(genomes, row))
    assert (children.sizes < genomes.sizes).mean() > 0.5


def test_unchosen_programs_stay_as_they_are() -> None:
    for name in MUTATIONS:
        kind = Trees(NEED, Operators(mutation=name, mutation_rate=0.0))
        genomes = kind.start(50, rng())
        assert same(kind.mutate(genomes, rng(1)).to_arrays(), genomes.to_arrays())


def test_constants_lie_in_their_range_and_are_absent_without_one() -> None:
    _, genomes = grown()
    constants = genomes.nodes.value[genomes.nodes.code == CONSTANT]
    assert len(np.unique(constants)) > 20
    assert (np.abs(constants) <= 1).all()
    plain = Trees(Program(1)).start(200, rng())
    assert not (plain.nodes.code == CONSTANT).any()


def test_an_expression_can_be_read() -> None:
    codes = [FUNCTIONS[name][0] for name in ("add", "multiply")]
    nodes = {
        "variables": np.array([2]),
        "offsets": np.array([0, 5]),
        "code": np.array([*codes, VARIABLE, CONSTANT, VARIABLE + 1], np.int16),
        "value": np.array([0.0, 0.0, 0.0, 1.5, 0.0]),
    }
    told = TreeGenomes.from_arrays(nodes).describe(0)
    assert told == {"kind": "program", "expression": "(x0 * 1.5) + x1", "nodes": 5}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_arrays_are_refused_or_harmless(data: st.DataObject) -> None:
    kind = Trees(NEED, Operators(start_depth=3))
    arrays = {name: array.copy() for name, array in kind.start(5, rng()).to_arrays().items()}
    name = data.draw(st.sampled_from(sorted(arrays)))
    array, damage = arrays[name], data.draw(st.sampled_from(["value", "cut", "missing", "dtype"]))
    if damage == "value":
        place = data.draw(st.integers(0, len(array) - 1))
        array[place] = data.draw(st.integers(-(2**15), 2**15 - 1))
    elif damage == "cut":
        arrays[name] = array[: data.draw(st.integers(0, len(array) - 1))]
    elif damage == "missing":
        del arrays[name]
    else:
        arrays[name] = array.astype(np.float32 if array.dtype.kind == "i" else np.int64)
    try:
        genomes = TreeGenomes.from_arrays(arrays)
    except ValueError:
        return
    # What passes can be used: nothing below may read or write out of bounds.
    genomes.outputs(np.zeros((2, genomes.variables)))
    if len(genomes):
        rows = np.zeros((4, 2), np.intp)
        kind.mutate(kind.cross(genomes, rows, rng()), rng(1)).describe(0)

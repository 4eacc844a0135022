"""The kernels that grow, cross and change programs."""

import numpy as np

from evo.genomes.trees.compute import Codes, Flags, Floats, Ints, Whole, arity_of
from evo.genomes.trees.primitives import CONSTANT, VARIABLE
from evo.jit import kernel, part
from evo.rng_kernels import below, bits, stream, unit


@part
def _end(code: Codes, first: Whole) -> Whole:
    """Behind the last node of the subtree that begins at `first`."""
    i, wanted = first, np.int64(1)
    while wanted > 0:
        wanted += arity_of(code[i]) - 1
        i += 1
    return i


@part
def _below(code: Whole, depth: Whole, wanted: Ints) -> Whole:
    """The depth of the node behind one of this code at `depth`.

    `wanted[d]` is how many arguments the open node at depth d still waits for.
    """
    arity = arity_of(code)
    if arity > 0:
        wanted[depth] = arity
        return depth + 1
    while depth > 0:
        wanted[depth - 1] -= 1
        if wanted[depth - 1] > 0:
            break
        depth -= 1
    return depth


@part
def _level(code: Codes, first: Whole, place: Whole, wanted: Ints) -> Whole:
    """How many nodes stand above `place` in the program that begins at `first`."""
    depth = np.int64(0)
    for i in range(first, place):
        depth = _below(code[i], depth, wanted)
    return depth


@part
def _height(code: Codes, first: Whole, last: Whole, wanted: Ints) -> Whole:
    """How many nodes stand above the deepest one, counted from the subtree's root."""
    depth = deepest = np.int64(0)
    for i in range(first, last):
        deepest = max(deepest, depth)
        depth = _below(code[i], depth, wanted)
    return deepest


@part
def _terminal(
    state: np.uint64, variables: int, low: float, high: float
) -> tuple[np.uint64, Whole, float]:
    """(state, code, value) of a variable, or of a new constant where there are constants."""
    state, word = bits(state)
    kinds = variables + 1 if low < high else variables
    chosen = below(word, kinds)
    if chosen < variables:
        return state, VARIABLE + chosen, 0.0
    state, word = bits(state)
    return state, np.int64(CONSTANT), low + (high - low) * unit(word)


@part
def _grown(
    state: np.uint64,
    depth: Whole,
    full: bool,
    functions: Ints,
    variables: int,
    low: float,
    high: float,
    levels: Ints,
    code: Codes,
    value: Floats,
    at: Whole,
) -> tuple[np.uint64, Whole]:
    """(state, end) of a random program of `depth` at most; `at` below 0 counts without writing.

    With `full` every branch has that depth; otherwise functions and terminals are drawn alike.
    """
    end, top = at if at >= 0 else np.int64(0), 0
    levels[0] = depth
    while top >= 0:
        left = levels[top]
        top -= 1
        state, word = bits(state)
        terminals = variables + 1 if low < high else variables
        inner = left > 0 and (full or below(word, len(functions) + terminals) < len(functions))
        if inner:
            state, word = bits(state)
            kind, number = np.int64(functions[below(word, len(functions))]), 0.0
            for _ in range(arity_of(kind)):
                top += 1
                levels[top] = left - 1
        else:
            state, kind, number = _terminal(state, variables, low, high)
        if at >= 0:
            code[end], value[end] = kind, number
        end += 1
    return state, end


@kernel
def grow(
    key: np.uint64,
    least: int,
    most: int,
    functions: Ints,
    variables: int,
    low: float,
    high: float,
    levels: Ints,
    sizes: Ints,
    offsets: Ints,
    code: Codes,
    value: Floats,
) -> None:
    """Ramped half-and-half: depths from `least` to `most` in turn, every other one full.

    With an empty `code` it fills `sizes` only.

    Args:
        key: of the random streams, one for each program.
        least, most: depths.
        functions: codes that inner nodes may have.
        variables: how many there are.
        low, high: range of constants; none where the two are equal.
        levels: room to work in.
        sizes: `(n,)` nodes of each program.
        offsets, code, value: columns to be filled.
    """
    for row in range(len(sizes)):
        state = stream(key, row)
        depth, full = least + (row // 2) % (most - least + 1), row % 2 == 0
        at = offsets[row] if len(code) else np.int64(-1)
        state, end = _grown(
            state, depth, full, functions, variables, low, high, levels, code, value, at
        )
        if at < 0:
            sizes[row] = end


@part
def _point(state: np.uint64, code: Codes, first: Whole, last: Whole) -> tuple[np.uint64, Whole]:
    """(state, place) of a node: nine times of ten a function where there is one.

    Source: Koza (1992), section 6.7.
    """
    state, word = bits(state)
    inside = unit(word) < 0.9
    count = 0
    for i in range(first, last):
        if (arity_of(code[i]) > 0) == inside:
            count += 1
    state, word = bits(state)
    if count == 0:
        return state, first + below(word, last - first)
    chosen = below(word, count)
    for i in range(first, last):
        if (arity_of(code[i]) > 0) == inside:
            if chosen == 0:
                return state, i
            chosen -= 1
    return state, first


@kernel
def plan_cross(
    offsets: Ints,
    code: Codes,
    rows: Ints,
    key: np.uint64,
    most: int,
    wanted: Ints,
    cut: Ints,
    sizes: Ints,
) -> None:
    """Which piece of the first parent gives way to which of the second, and how large children get.

    A child that would be deeper than `most` is a copy of its first parent.

    Args:
        offsets, code: columns of the parents.
        rows: `(children, 2)` rows of parents.
        key: of the random streams, one for each child.
        most: the greatest depth.
        wanted: room to work in.
        cut: `(children, 4)`, to be filled: first and end of the piece that goes, of the one that
            comes; the first is -1 for a copy.
        sizes: `(children,)` nodes of each child, to be filled.
    """
    for child in range(len(rows)):
        a, b = rows[child, 0], rows[child, 1]
        first, last = offsets[a], offsets[a + 1]
        sizes[child] = last - first
        cut[child, 0] = -1
        if a == b:
            continue
        state = stream(key, child)
        state, out = _point(state, code, first, last)
        state, new = _point(state, code, offsets[b], offsets[b + 1])
        out_end, new_end = _end(code, out), _end(code, new)
        if _level(code, first, out, wanted) + _height(code, new, new_end, wanted) > most:
            continue
        cut[child, 0], cut[child, 1], cut[child, 2], cut[child, 3] = out, out_end, new, new_end
        sizes[child] += (new_end - new) - (out_end - out)


@part
def _copy(
    code: Codes,
    value: Floats,
    first: Whole,
    last: Whole,
    out_code: Codes,
    out_value: Floats,
    at: Whole,
) -> Whole:
    for i in range(first, last):
        out_code[at], out_value[at] = code[i], value[i]
        at += 1
    return at


@kernel
def write_cross(
    offsets: Ints,
    code: Codes,
    value: Floats,
    rows: Ints,
    cut: Ints,
    out_offsets: Ints,
    out_code: Codes,
    out_value: Floats,
) -> None:
    """The children that `plan_cross` planned.

    Args:
        offsets, code, value: columns of the parents.
        rows: `(children, 2)` rows of parents.
        cut: as planned.
        out_offsets, out_code, out_value: columns of the children, the last two to be filled.
    """
    for child in range(len(rows)):
        first, last = offsets[rows[child, 0]], offsets[rows[child, 0] + 1]
        at = out_offsets[child]
        if cut[child, 0] < 0:
            _copy(code, value, first, last, out_code, out_value, at)
            continue
        at = _copy(code, value, first, cut[child, 0], out_code, out_value, at)
        at = _copy(code, value, cut[child, 2], cut[child, 3], out_code, out_value, at)
        _copy(code, value, cut[child, 1], last, out_code, out_value, at)


@kernel
def replace_subtrees(
    offsets: Ints,
    code: Codes,
    value: Floats,
    chosen: Flags,
    key: np.uint64,
    depth: Whole,
    most: int,
    functions: Ints,
    variables: int,
    low: float,
    high: float,
    levels: Ints,
    wanted: Ints,
    sizes: Ints,
    out_offsets: Ints,
    out_code: Codes,
    out_value: Floats,
) -> None:
    """A random subtree of each chosen program gives way to a new one of `depth` at most.

    With an empty `out_code` it fills `sizes` only.

    Args:
        offsets, code, value: columns of the programs.
        chosen: `(n,)` which of them change.
        key: of the random streams, one for each program.
        depth: of new subtrees at most.
        most: of whole programs at most.
        functions, variables, low, high: what nodes may be, see `grow`.
        levels, wanted: room to work in.
        sizes: `(n,)` nodes of each result.
        out_offsets, out_code, out_value: columns of the results, the last two to be filled.
    """
    for row in range(len(sizes)):
        first, last = offsets[row], offsets[row + 1]
        at = out_offsets[row] if len(out_code) else np.int64(-1)
        if not chosen[row]:
            sizes[row] = last - first
            if at >= 0:
                _copy(code, value, first, last, out_code, out_value, at)
            continue
        state = stream(key, row)
        state, place = _point(state, code, first, last)
        end = _end(code, place)
        room = min(depth, most - _level(code, first, place, wanted))
        if at >= 0:
            at = _copy(code, value, first, place, out_code, out_value, at)
        state, new = _grown(
            state,
            room,
            False,
            functions,
            variables,
            low,
            high,
            levels,
            out_code,
            out_value,
            at,
        )
        if at >= 0:
            _copy(code, value, end, last, out_code, out_value, new)
        else:
            sizes[row] = (last - first) - (end - place) + new


@kernel
def change_points(
    offsets: Ints,
    chosen: Flags,
    key: np.uint64,
    rate: float,
    functions: Ints,
    variables: int,
    low: float,
    high: float,
    code: Codes,
    value: Floats,
) -> None:
    """Each node of a chosen program is exchanged, with probability `rate`, for one of its arity.

    Args:
        offsets: of the programs.
        chosen: `(n,)` which of them change.
        key: of the random streams, one for each program.
        rate: probability per node.
        functions, variables, low, high: what nodes may be, see `grow`.
        code, value: columns, changed in place.
    """
    for row in range(len(offsets) - 1):
        if not chosen[row]:
            continue
        state = stream(key, row)
        for i in range(offsets[row], offsets[row + 1]):
            state, word = bits(state)
            if unit(word) >= rate:
                continue
            arity = arity_of(code[i])
            if arity == 0:
                state, kind, number = _terminal(state, variables, low, high)
                code[i], value[i] = kind, number
                continue
            count = 0
            for function in functions:
                if arity_of(function) == arity:
                    count += 1
            state, word = bits(state)
            pick = below(word, count)
            for function in functions:
                if arity_of(function) == arity:
                    if pick == 0:
                        code[i] = function
                    pick -= 1


@kernel
def plan_hoist(
    offsets: Ints, code: Codes, chosen: Flags, key: np.uint64, begin: Ints, end: Ints
) -> None:
    """Which subtree of each chosen program takes the place of the whole.

    Args:
        offsets, code: columns of the programs.
        chosen: `(n,)` which of them change.
        key: of the random streams, one for each program.
        begin, end: `(n,)` the nodes that stay, to be filled.
    """
    for row in range(len(offsets) - 1):
        begin[row], end[row] = offsets[row], offsets[row + 1]
        if chosen[row]:
            state = stream(key, row)
            state, place = _point(state, code, offsets[row], offsets[row + 1])
            begin[row], end[row] = place, _end(code, place)

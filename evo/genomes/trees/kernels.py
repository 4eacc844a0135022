"""The kernels of programs: to compute, grow, cross and change them."""

import math

import numpy as np

from evo.genomes.trees.primitives import (
    ADD,
    ARITIES,
    CONSTANT,
    COS,
    DIVIDE,
    EXP,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    SIN,
    SQRT,
    SQUARE,
    SUBTRACT,
    VARIABLE,
)
from evo.jit import kernel, part
from evo.rng_kernels import below, bits, stream, unit


@part
def _arity(code):
    return ARITIES[code] if code < CONSTANT else np.int64(0)


@part
def _unary(code, a, out):
    for s in range(len(out)):
        x = a[s]
        if code == SIN:
            out[s] = math.sin(x)
        elif code == COS:
            out[s] = math.cos(x)
        elif code == EXP:
            out[s] = math.exp(x)
        elif code == LOG:
            out[s] = math.log(abs(x)) if x != 0.0 else 0.0
        elif code == NEGATE:
            out[s] = -x
        elif code == SQUARE:
            out[s] = x * x
        elif code == SQRT:
            out[s] = math.sqrt(abs(x))


@part
def _binary(code, a, b, out):
    if code == ADD:
        for s in range(len(out)):
            out[s] = a[s] + b[s]
    elif code == SUBTRACT:
        for s in range(len(out)):
            out[s] = a[s] - b[s]
    elif code == MULTIPLY:
        for s in range(len(out)):
            out[s] = a[s] * b[s]
    elif code == DIVIDE:
        for s in range(len(out)):
            out[s] = a[s] / b[s] if b[s] != 0.0 else 1.0
    elif code == MINIMUM:
        for s in range(len(out)):
            out[s] = min(a[s], b[s])
    elif code == MAXIMUM:
        for s in range(len(out)):
            out[s] = max(a[s], b[s])


@kernel
def compute(offsets, code, value, columns, stack, out):
    """Values of n programs for all samples: from the last node to the first, over a stack."""
    for row in range(len(offsets) - 1):
        top = -1
        for i in range(offsets[row + 1] - 1, offsets[row] - 1, -1):
            kind = code[i]
            if kind == CONSTANT:
                top += 1
                for s in range(out.shape[1]):
                    stack[top, s] = value[i]
            elif kind >= VARIABLE:
                top += 1
                for s in range(out.shape[1]):
                    stack[top, s] = columns[kind - VARIABLE, s]
            elif _arity(kind) == 1:
                _unary(kind, stack[top], stack[top])
            else:
                _binary(kind, stack[top], stack[top - 1], stack[top - 1])
                top -= 1
        for s in range(out.shape[1]):
            out[row, s] = stack[0, s]


@part
def _end(code, first):
    """Behind the last node of the subtree that begins at `first`."""
    i, wanted = first, np.int64(1)
    while wanted > 0:
        wanted += _arity(code[i]) - 1
        i += 1
    return i


@part
def _level(code, first, place, wanted):
    """How many nodes stand above `place` in the program that begins at `first`."""
    depth = 0
    for i in range(first, place):
        # wanted[d] is how many arguments the open node at depth d still waits for.
        arity = _arity(code[i])
        if arity > 0:
            wanted[depth] = arity
            depth += 1
        else:
            while depth > 0:
                wanted[depth - 1] -= 1
                if wanted[depth - 1] > 0:
                    break
                depth -= 1
    return depth


@part
def _height(code, first, last, wanted):
    """How many nodes stand above the deepest one, counted from the subtree's root."""
    depth, deepest = 0, 0
    for i in range(first, last):
        deepest = max(deepest, depth)
        arity = _arity(code[i])
        if arity > 0:
            wanted[depth] = arity
            depth += 1
        else:
            while depth > 0:
                wanted[depth - 1] -= 1
                if wanted[depth - 1] > 0:
                    break
                depth -= 1
    return deepest


@part
def _terminal(state, variables, low, high):
    """(state, code, value) of a variable, or of a new constant where there are constants."""
    state, word = bits(state)
    kinds = variables + 1 if low < high else variables
    chosen = below(word, kinds)
    if chosen < variables:
        return state, VARIABLE + chosen, 0.0
    state, word = bits(state)
    return state, np.int64(CONSTANT), low + (high - low) * unit(word)


@part
def _grown(state, depth, full, functions, variables, low, high, levels, code, value, at):
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
            for _ in range(_arity(kind)):
                top += 1
                levels[top] = left - 1
        else:
            state, kind, number = _terminal(state, variables, low, high)
        if at >= 0:
            code[end], value[end] = kind, number
        end += 1
    return state, end


@kernel
def grow(key, least, most, functions, variables, low, high, levels, sizes, offsets, code, value):
    """Ramped half-and-half: depths from `least` to `most` in turn, every other one full.

    With an empty `code` it fills `sizes` only.
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
def _point(state, code, first, last):
    """(state, place) of a node: nine times of ten a function where there is one.

    Source: Koza (1992), section 6.7.
    """
    state, word = bits(state)
    inside = unit(word) < 0.9
    count = 0
    for i in range(first, last):
        if (_arity(code[i]) > 0) == inside:
            count += 1
    state, word = bits(state)
    if count == 0:
        return state, first + below(word, last - first)
    chosen = below(word, count)
    for i in range(first, last):
        if (_arity(code[i]) > 0) == inside:
            if chosen == 0:
                return state, i
            chosen -= 1
    return state, first


@kernel
def plan_cross(offsets, code, rows, key, most, wanted, cut, sizes):
    """Which piece of the first parent gives way to which of the second, and how large children get.

    A child that would be deeper than `most` is a copy of its first parent.
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
def _copy(code, value, first, last, out_code, out_value, at):
    for i in range(first, last):
        out_code[at], out_value[at] = code[i], value[i]
        at += 1
    return at


@kernel
def write_cross(offsets, code, value, rows, cut, out_offsets, out_code, out_value):
    """The children that `plan_cross` planned."""
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
    offsets,
    code,
    value,
    chosen,
    key,
    depth,
    most,
    functions,
    variables,
    low,
    high,
    levels,
    wanted,
    sizes,
    out_offsets,
    out_code,
    out_value,
):
    """A random subtree of each chosen program gives way to a new one of `depth` at most.

    With an empty `out_code` it fills `sizes` only.
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
def change_points(offsets, chosen, key, rate, functions, variables, low, high, code, value):
    """Each node of a chosen program is exchanged, with probability `rate`, for one of its arity."""
    for row in range(len(offsets) - 1):
        if not chosen[row]:
            continue
        state = stream(key, row)
        for i in range(offsets[row], offsets[row + 1]):
            state, word = bits(state)
            if unit(word) >= rate:
                continue
            arity = _arity(code[i])
            if arity == 0:
                state, kind, number = _terminal(state, variables, low, high)
                code[i], value[i] = kind, number
                continue
            count = 0
            for function in functions:
                if _arity(function) == arity:
                    count += 1
            state, word = bits(state)
            pick = below(word, count)
            for function in functions:
                if _arity(function) == arity:
                    if pick == 0:
                        code[i] = function
                    pick -= 1


@kernel
def plan_hoist(offsets, code, chosen, key, begin, end):
    """Which subtree of each chosen program takes the place of the whole."""
    for row in range(len(offsets) - 1):
        begin[row], end[row] = offsets[row], offsets[row + 1]
        if chosen[row]:
            state = stream(key, row)
            state, place = _point(state, code, offsets[row], offsets[row + 1])
            begin[row], end[row] = place, _end(code, place)

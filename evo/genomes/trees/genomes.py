"""Programs of a whole population as ragged arrays in prefix order.

Source: J. R. Koza, Genetic Programming (1992), chapter 5; prefix order: M. J. Keith, M. C. Martin,
Genetic Programming in C++: Implementation Issues, in Advances in Genetic Programming (1994).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from evo.genomes.trees.compute import compute
from evo.genomes.trees.primitives import ARITIES, CONSTANT, VARIABLE, WORDS
from evo.population import Floats


class Nodes(NamedTuple):
    """The columns of n programs.

    Program i owns the nodes ``offsets[i] : offsets[i + 1]``, each before its arguments.
    """

    offsets: NDArray[np.int64]
    code: NDArray[np.int16]
    value: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TreeGenomes:
    """`n` programs over the same variables, genomes and phenotypes at once.

    Attributes:
        variables: how many there are.
        nodes: the columns; a constant has its number in `value`, every other node 0.
    """

    kind: ClassVar[str] = "trees"

    variables: int
    nodes: Nodes

    def __len__(self) -> int:
        return len(self.nodes.offsets) - 1

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """`(n,)` nodes of each program."""
        return np.diff(self.nodes.offsets)

    def outputs(self, inputs: Floats) -> Floats:
        """What each program makes of each sample.

        Args:
            inputs: `(samples, variables)`.

        Returns:
            `(n, samples)`; not finite where a program overflows.

        Raises:
            ValueError: `inputs` has another shape.
        """
        samples = np.asarray(inputs, np.float64)
        if samples.ndim != 2 or samples.shape[1] != self.variables:
            raise ValueError(
                f"inputs have shape {samples.shape}; these programs take "
                f"(samples, {self.variables})"
            )
        columns = np.ascontiguousarray(samples.T)
        out = np.empty((len(self), len(samples)))
        stack = np.empty((int(self.sizes.max(initial=0)) + 1, len(samples)))
        compute(*self.nodes, columns, stack, out)
        return out

    def take(self, rows: Any) -> Self:
        """The programs of `rows`, in that order."""
        offsets = self.nodes.offsets
        rows = np.arange(len(self))[rows]
        size = self.sizes[rows]
        ends = np.cumsum(size)
        places = np.arange(int(size.sum())) + np.repeat(offsets[rows] - (ends - size), size)
        nodes = Nodes(np.append(0, ends), self.nodes.code[places], self.nodes.value[places])
        return replace(self, nodes=nodes)

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All programs of `parts`, one after the other."""
        size = np.concatenate([part.sizes for part in parts])
        return replace(
            parts[0],
            nodes=Nodes(
                np.append(0, np.cumsum(size)),
                np.concatenate([part.nodes.code for part in parts]),
                np.concatenate([part.nodes.value for part in parts]),
            ),
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The columns by name, and "variables"."""
        return {"variables": np.array([self.variables]), **self.nodes._asdict()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Inverse of `to_arrays`.

        Raises:
            ValueError: the arrays do not describe valid programs.
        """
        missing = {"variables", *Nodes._fields} - set(arrays)
        if missing:
            raise ValueError(f"programs lack {', '.join(sorted(missing))}")
        types = {"variables": "i", "offsets": "i", "code": "i", "value": "f"}
        for name, kind in types.items():
            column = arrays[name]
            if not isinstance(column, np.ndarray) or column.ndim != 1 or column.dtype.kind != kind:
                raise ValueError(f"the column {name!r} of programs is of another type")
        if len(arrays["variables"]) != 1 or not 0 < arrays["variables"][0] < 2**14:
            raise ValueError("programs have between 1 and 2**14 - 1 variables")
        offsets = arrays["offsets"].astype(np.int64)
        code, value = arrays["code"].astype(np.int16), arrays["value"].astype(np.float64)
        variables = int(arrays["variables"][0])
        if (arrays["code"] != code).any():
            raise ValueError("a node has a code that no primitive has")
        _check(offsets, code, value, variables)
        return cls(variables, Nodes(offsets, code, value))

    def describe(self, row: int = 0) -> dict[str, Any]:
        """Program `row` as an expression, and its number of nodes."""
        first, last = self.nodes.offsets[row], self.nodes.offsets[row + 1]
        done: list[str] = []
        for i in range(last - 1, first - 1, -1):
            code = int(self.nodes.code[i])
            if code == CONSTANT:
                done.append(f"{self.nodes.value[i]:.6g}")
            elif code >= VARIABLE:
                number = "" if self.variables == 1 else str(code - VARIABLE)
                done.append(f"x{number}")
            else:
                arguments = [done.pop() for _ in range(ARITIES[code])]
                done.append(WORDS[code].format(*arguments))
        expression = done.pop()
        if expression.startswith("(") and expression.endswith(")"):
            expression = _without_brackets(expression)
        return {"kind": "program", "expression": expression, "nodes": int(last - first)}


def _without_brackets(expression: str) -> str:
    """The expression without the pair of brackets around all of it, if there is one."""
    depth = 0
    for i, sign in enumerate(expression):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return expression[1:-1] if i == len(expression) - 1 else expression
    return expression


def _check(
    offsets: NDArray[np.int64],
    code: NDArray[np.int16],
    value: NDArray[np.float64],
    variables: int,
) -> None:
    """Raise `ValueError`, with the rule that is broken, unless the columns are valid programs."""
    if len(offsets) < 1 or offsets[0] != 0 or offsets[-1] != len(code) or len(value) != len(code):
        raise ValueError("offsets of programs do not span their nodes")
    if (np.diff(offsets) < 1).any():
        raise ValueError("a program has no nodes")
    inner = (code >= 0) & (code < CONSTANT)
    usable = np.isin(code, list(WORDS)) | ((code >= CONSTANT) & (code < VARIABLE + variables))
    if not usable.all():
        raise ValueError("a node has a code that no primitive has")
    if not np.isfinite(value).all():
        raise ValueError("a constant is not a finite number")
    change = np.where(inner, ARITIES[np.where(inner, code, 0)], 0) - 1
    if not len(code):
        return
    # Still wanted after each node: a program ends where nothing more is, and only there.
    wanted = np.cumsum(change)
    wanted += 1 - np.repeat(np.append(0, wanted)[offsets[:-1]], np.diff(offsets))
    ends = np.zeros(len(code), bool)
    ends[offsets[1:] - 1] = True
    if (wanted[ends] != 0).any() or (wanted[~ends] <= 0).any():
        raise ValueError("a program is cut off, or goes on behind its end")

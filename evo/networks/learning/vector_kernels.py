"""Sums of products in vector instructions, four rows at a time.

The compiler leaves a sum of products to scalar instructions, for vectors add in another order. Here
that order is written down: four sums, of every fourth product each, as vectors have them. So the
bits are those of `pass_kernels.dot`, on every processor.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 4
_NUMBER = ir.DoubleType()
_VECTOR = ir.VectorType(_NUMBER, LANES)


def _four_dots(typing: Any, first: Any, rows: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The sums of the products of `first` with the rows a, b, c and d of `rows`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        vector, matrix = (
            context.make_array(kinds[k])(context, builder, arguments[k]) for k in (0, 1)
        )
        count = builder.extract_value(vector.shape, 0)
        width, whole = builder.extract_value(matrix.shape, 1), count.type
        begins = []
        for kind, number in zip(kinds[2:], arguments[2:], strict=True):
            row = context.cast(builder, number, kind, types.int64)
            begins.append(builder.gep(matrix.data, [builder.mul(row, width)]))
        blocks = builder.sdiv(count, whole(LANES))
        zeros = ir.Constant(_VECTOR, [0.0] * LANES)
        sums = [cgutils.alloca_once_value(builder, zeros) for _ in begins]

        def add_products(at: Any, totals: Any, load: Any) -> None:
            factor = load(builder.gep(vector.data, [at]))
            for total, begin in zip(totals, begins, strict=True):
                product = builder.fmul(factor, load(builder.gep(begin, [at])))
                builder.store(builder.fadd(builder.load(total), product), total)

        def load_vector(place: Any) -> Any:
            return builder.load(builder.bitcast(place, _VECTOR.as_pointer()), align=8)

        with cgutils.for_range(builder, blocks) as loop:
            add_products(builder.mul(loop.index, whole(LANES)), sums, load_vector)
        lanes = [
            [builder.extract_element(vectors, whole(k)) for k in range(LANES)]
            for vectors in [builder.load(total) for total in sums]
        ]
        # What is left when the blocks are through goes into the first of the four sums.
        tails = [cgutils.alloca_once_value(builder, each[0]) for each in lanes]
        done = builder.mul(blocks, whole(LANES))
        with cgutils.for_range(builder, builder.sub(count, done)) as loop:
            add_products(builder.add(done, loop.index), tails, builder.load)
        results = [
            builder.fadd(builder.fadd(builder.load(tail), each[1]), builder.fadd(each[2], each[3]))
            for tail, each in zip(tails, lanes, strict=True)
        ]
        return context.make_tuple(builder, signature.return_type, results)

    return types.UniTuple(types.float64, 4)(first, rows, a, b, c, d), generate


four_dots: Any = intrinsic(_four_dots)
"""``four_dots(first, rows, a, b, c, d)``: the dot products of `(n,)` with four rows of `(m, n)`."""

"""A register tile of a matrix product: some rows against a panel of packed rows, as explicit vector instructions.

The packed side lies transposed, 16 of its rows in the lanes of a vector; a number of the other side is spread
over all lanes. So each product of two rows is summed up in one lane, column after column, with fused
multiply-add: its bits depend on the two rows alone, not on the tile, the place in it, or the CPU. With the JIT
off the same names are plain loops.
"""

from llvmlite import ir
from numba import config, float32, int64, types
from numba.extending import intrinsic

from ._vector import F32, I64, LANES, Code, constant, has_wide_registers, is_matrix, is_vector


def _shapes():
    """Return (vectors of a panel, rows) of the wide and the narrow tile: as much as the registers hold.

    With 32 registers of 16 lanes, 24 sums; with fewer or shorter ones, 6 sums of 16 lanes.
    """
    if has_wide_registers() and not config.DISABLE_JIT:
        return (4, 6), (1, 12)
    return (1, 6), (1, 6)


_WIDE_SHAPE, _NARROW_SHAPE = _shapes()
#: Rows in a packed panel of the wide and of the narrow tile.
WIDE, NARROW = _WIDE_SHAPE[0] * LANES, _NARROW_SHAPE[0] * LANES
#: Rows of the other side that a tile of either kind takes; :data:`STEP` is a multiple of both.
WIDE_ROWS, NARROW_ROWS = _WIDE_SHAPE[1], _NARROW_SHAPE[1]
STEP = 12


def _is_panels(type_):
    return isinstance(type_, types.Array) and type_.ndim == 3 and type_.dtype == float32 and type_.layout == "C"


def _tile(vectors, height):
    """Return the tile of ``height`` rows by ``vectors`` vectors of 16 packed rows."""

    @intrinsic
    def multiply(typing, packed, panel, A, rows, first, out):
        """Write ``A[rows[first + i]] @ packed[panel]`` to ``out[i]`` for each row i of the tile."""
        if not (_is_panels(packed) and is_matrix(A) and is_vector(rows, int64) and is_matrix(out)):
            return None

        def generate(context, builder, signature, arguments):
            code, kinds = Code(context, builder), signature.args
            (p, _), (a, columns), (r, _), (o, _) = (code.matrix(kinds[k], arguments[k]) for k in (0, 2, 3, 5))
            panel, first, width = arguments[1], arguments[4], ir.Constant(I64, vectors * LANES)
            base = code.at(p, builder.mul(panel, builder.mul(columns, width)))
            numbers = [code.scalar(r, builder.add(first, ir.Constant(I64, i)), I64) for i in range(height)]
            starts = [code.row((a, columns), number) for number in numbers]
            sums = [[code.variable(constant(0)) for _ in range(vectors)] for _ in range(height)]
            with code.range(ir.Constant(I64, 0), columns) as d:
                start = builder.mul(d, width)
                lanes = [code.load(base, builder.add(start, ir.Constant(I64, v * LANES))) for v in range(vectors)]
                for total, address in zip(sums, starts, strict=True):
                    x = code.spread(code.scalar(address, d))
                    for v in range(vectors):
                        builder.store(code.fma(x, lanes[v], builder.load(total[v])), total[v])
            for i in range(height):
                for v in range(vectors):
                    code.store(builder.load(sums[i][v]), o, ir.Constant(I64, (i * vectors + v) * LANES))
            return context.get_dummy_value()

        return types.void(packed, types.intp, A, rows, types.intp, out), generate

    return multiply


@intrinsic
def _add_product(typing, a, b, c):
    """Return ``a * b + c`` of float32, rounded once."""

    def generate(context, builder, signature, arguments):
        return Code(context, builder).call("llvm.fma.f32", F32, *arguments)

    return float32(float32, float32, float32), generate


def _plain_tile(packed, panel, A, rows, first, out):
    for i in range(out.shape[0]):
        for lane in range(out.shape[1]):
            total = out.dtype.type(0.0)
            for d in range(A.shape[1]):
                total += A[rows[first + i], d] * packed[panel, d, lane]
            out[i, lane] = total


def _plain_add_product(a, b, c):
    return a * b + c


if config.DISABLE_JIT:
    multiply_wide, multiply_narrow, add_product = _plain_tile, _plain_tile, _plain_add_product
else:
    multiply_wide, multiply_narrow, add_product = _tile(*_WIDE_SHAPE), _tile(*_NARROW_SHAPE), _add_product

"""A register tile of a matrix product: some rows against a panel of packed rows, as explicit vector instructions.

The packed side lies transposed, 16 of its rows in the lanes of a vector; a number of the other side is spread
over all lanes. So each product of two rows is summed up in one lane, column after column, with fused
multiply-add: its bits depend on the two rows alone, not on the tile, the place in it, or the CPU. With the JIT
off the same names are plain loops.
"""

from llvmlite import ir
from numba import config, float32, int64, types
from numba.core import cgutils
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

from ._vector import LANES, _at, _fma, _is_matrix, _load


def _shapes():
    """Return (vectors of a panel, rows) of the wide and the narrow tile: as much as the registers hold.

    With 32 registers of 16 lanes, 24 sums; with fewer or shorter ones, 6 sums of 16 lanes.
    """
    features = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES
    if "+avx512f" in features.split(",") and not config.DISABLE_JIT:
        return (4, 6), (1, 12)
    return (1, 6), (1, 6)


_WIDE_SHAPE, _NARROW_SHAPE = _shapes()
#: Rows in a packed panel of the wide and of the narrow tile.
WIDE, NARROW = _WIDE_SHAPE[0] * LANES, _NARROW_SHAPE[0] * LANES
#: Rows of the other side that a tile of either kind takes; :data:`STEP` is a multiple of both.
WIDE_ROWS, NARROW_ROWS = _WIDE_SHAPE[1], _NARROW_SHAPE[1]
STEP = 12

_F32, _I32 = ir.FloatType(), ir.IntType(32)
_VECTOR = ir.VectorType(_F32, LANES)
_UNDEFINED = ir.Constant(_VECTOR, ir.Undefined)
_FIRST = ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)


def _is_panels(type_):
    return isinstance(type_, types.Array) and type_.ndim == 3 and type_.dtype == float32 and type_.layout == "C"


def _is_numbers(type_):
    return isinstance(type_, types.Array) and type_.ndim == 1 and type_.dtype == int64 and type_.layout == "C"


def _spread(builder, address):
    first = builder.insert_element(_UNDEFINED, builder.load(address), ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, _UNDEFINED, _FIRST)


def _tile(vectors, height):
    """Return the tile of ``height`` rows by ``vectors`` vectors of 16 packed rows."""

    @intrinsic
    def multiply(typing, packed, panel, A, rows, first, out):
        """Write ``A[rows[first + i]] @ packed[panel]`` to ``out[i]`` for each row i of the tile."""
        if not (_is_panels(packed) and _is_matrix(A) and _is_numbers(rows) and _is_matrix(out)):
            return None

        def generate(context, builder, signature, arguments):
            kinds = signature.args
            p, a, r, o = (context.make_array(kinds[k])(context, builder, arguments[k]) for k in (0, 2, 3, 5))
            columns = cgutils.unpack_tuple(builder, a.shape)[1]
            intp, width = columns.type, columns.type(vectors * LANES)
            base = builder.gep(p.data, [builder.mul(arguments[1], builder.mul(columns, width))], source_etype=_F32)
            starts = []
            for i in range(height):
                row = builder.load(builder.gep(r.data, [builder.add(arguments[4], intp(i))]))
                starts.append(builder.gep(a.data, [builder.mul(row, columns)], source_etype=_F32))
            zero = ir.Constant(_VECTOR, [0.0] * LANES)
            sums = [[cgutils.alloca_once_value(builder, zero) for _ in range(vectors)] for _ in range(height)]
            with cgutils.for_range_slice(builder, intp(0), columns, intp(1), intp=intp) as (d, _):
                start = builder.mul(d, width)
                lanes = [_load(builder, base, builder.add(start, intp(v * LANES))) for v in range(vectors)]
                for total, address in zip(sums, starts, strict=True):
                    x = _spread(builder, builder.gep(address, [d], source_etype=_F32))
                    for v in range(vectors):
                        builder.store(_fma(builder, x, lanes[v], builder.load(total[v])), total[v])
            for i in range(height):
                for v in range(vectors):
                    target = _at(builder, o.data, intp((i * vectors + v) * LANES))
                    builder.store(builder.load(sums[i][v]), target, align=4)
            return context.get_dummy_value()

        return types.void(packed, types.intp, A, rows, types.intp, out), generate

    return multiply


@intrinsic
def _add_product(typing, a, b, c):
    """Return ``a * b + c`` of float32, rounded once."""

    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(_F32, [_F32] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.f32"), arguments)

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

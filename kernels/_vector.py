"""Whole-row arithmetic on padded float32 matrices, as explicit vector instructions.

A row is a multiple of :data:`LANES` floats long, padded with zeros, and is worked through in
vectors of 16 lanes with fused multiply-add. LLVM splits a vector of 16 lanes to whatever the CPU
has without changing any rounding, so the result does not depend on the CPU. With the JIT off the
same names are plain loops.
"""

from llvmlite import ir
from numba import config, float32, types
from numba.core import cgutils
from numba.extending import intrinsic

#: Number of floats in a vector; rows are padded to a multiple of it.
LANES = 16

_VECTOR = ir.VectorType(ir.FloatType(), LANES)


def _row(context, builder, array_type, array, row):
    """Return the address of ``array[row, 0]`` and the row length in floats."""
    view = context.make_array(array_type)(context, builder, array)
    columns = cgutils.unpack_tuple(builder, view.shape)[1]
    start = builder.mul(row, columns)
    return builder.gep(view.data, [start], source_etype=ir.FloatType()), columns


def _at(builder, base, offset):
    address = builder.gep(base, [offset], source_etype=ir.FloatType())
    return builder.bitcast(address, _VECTOR.as_pointer())


def _load(builder, base, offset):
    return builder.load(_at(builder, base, offset), align=4)


def _fma(builder, a, b, c):
    signature = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    function = cgutils.get_or_insert_function(builder.module, signature, f"llvm.fma.v{LANES}f32")
    return builder.call(function, [a, b, c])


def _sum(builder, vector):
    """Add the lanes in a fixed tree: halves onto halves."""
    width = LANES
    while width > 1:
        width //= 2
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [(i + width) % LANES for i in range(LANES)])
        vector = builder.fadd(vector, builder.shuffle_vector(vector, vector, mask))
    return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


def _is_matrix(type_):
    return isinstance(type_, types.Array) and type_.ndim == 2 and type_.dtype == float32 and type_.layout == "C"


@intrinsic
def _dot_rows(typing, A, i, B, j):
    """Return the dot product of ``A[i]`` and ``B[j]``, float32, in 16 lanes and a fixed tree."""
    if not (_is_matrix(A) and _is_matrix(B)):
        return None

    def generate(context, builder, signature, arguments):
        a, columns = _row(context, builder, signature.args[0], arguments[0], arguments[1])
        b, _ = _row(context, builder, signature.args[2], arguments[2], arguments[3])
        total = cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, [0.0] * LANES))
        step = ir.Constant(columns.type, LANES)
        with cgutils.for_range_slice(builder, columns.type(0), columns, step, intp=columns.type) as (d, _):
            product = _fma(builder, _load(builder, a, d), _load(builder, b, d), builder.load(total))
            builder.store(product, total)
        return _sum(builder, builder.load(total))

    return float32(A, types.intp, B, types.intp), generate


@intrinsic
def _add_scaled_row(typing, A, i, scale, B, j):
    """Add ``scale * B[j]`` to ``A[i]`` in place, one fused multiply-add per element."""
    if not (_is_matrix(A) and _is_matrix(B)):
        return None

    def generate(context, builder, signature, arguments):
        a, columns = _row(context, builder, signature.args[0], arguments[0], arguments[1])
        b, _ = _row(context, builder, signature.args[3], arguments[3], arguments[4])
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(undefined, arguments[2], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        scale = builder.shuffle_vector(first, undefined, zeros)
        step = ir.Constant(columns.type, LANES)
        with cgutils.for_range_slice(builder, columns.type(0), columns, step, intp=columns.type) as (d, _):
            result = _fma(builder, scale, _load(builder, b, d), _load(builder, a, d))
            builder.store(result, _at(builder, a, d), align=4)
        return context.get_dummy_value()

    return types.void(A, types.intp, float32, B, types.intp), generate


def _plain_dot_rows(A, i, B, j):
    total = A.dtype.type(0.0)
    for d in range(A.shape[1]):
        total += A[i, d] * B[j, d]
    return total


def _plain_add_scaled_row(A, i, scale, B, j):
    for d in range(A.shape[1]):
        A[i, d] += A.dtype.type(scale) * B[j, d]


if config.DISABLE_JIT:
    dot_rows, add_scaled_row = _plain_dot_rows, _plain_add_scaled_row
else:
    dot_rows, add_scaled_row = _dot_rows, _add_scaled_row

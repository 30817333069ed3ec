"""The inside of a window in registers: six output rows against each context row, or against their mean.

Rows are float32, padded to a multiple of 16 and worked through in vectors of 16 lanes with fused
multiply-add, as in :mod:`wordvec.kernels._vector`. Every sum has a fixed order and the logistic
function is a polynomial, so the bits do not depend on the CPU. Six outputs (a center and five noise
words) is the case that nearly everybody trains; others take the plain loops.
"""

from llvmlite import ir
from numba import config, float32, types
from numba.core import cgutils
from numba.extending import intrinsic

from ._vector import LANES, _at, _fma, _is_matrix, _load

#: Whether tiles can be used: not with the JIT off, where kernels are plain Python.
TILES = not config.DISABLE_JIT
#: Output rows of a window that the tile is made for.
OUTPUTS = 6
#: Scores of a context row lie in so many lanes; the last two are empty.
STRIDE = 8
#: Context rows whose losses fit into one product without overflow.
CHUNK = 16

_F32, _F64, _I32 = ir.FloatType(), ir.DoubleType(), ir.IntType(32)
_WIDE = ir.VectorType(_F32, LANES)
_INTS = ir.VectorType(_I32, LANES)
_NARROW = ir.VectorType(_F32, STRIDE)
#: Where the sums of eight vectors lie after the tree of :func:`_sums`.
_PLACE = (0, 4, 2, 6, 1, 5, 3, 7)


def _indices(lanes):
    return ir.Constant(ir.VectorType(_I32, len(lanes)), list(lanes))


def _wide(values):
    return ir.Constant(_WIDE, [float(v) for v in values])


def _flags(values):
    return ir.Constant(ir.VectorType(ir.IntType(1), LANES), [int(v) for v in values])


def _spread(builder, scalar, kind=_WIDE):
    """Return a vector with ``scalar`` in every lane."""
    undefined = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, undefined, _indices([0] * kind.count))


def _fold(builder, a, b, width):
    """Add the halves of groups of ``width`` lanes; groups of ``a`` and of ``b`` alternate in the result."""
    half = width // 2
    starts = [source + group * width for group in range(LANES // width) for source in (0, LANES)]
    first = [start + lane for start in starts for lane in range(half)]
    second = [start + half + lane for start in starts for lane in range(half)]
    return builder.fadd(builder.shuffle_vector(a, b, _indices(first)), builder.shuffle_vector(a, b, _indices(second)))


def _sums(builder, vectors):
    """Return <8 x float>, the sum over the lanes of each of eight vectors, in a fixed tree."""
    width = LANES
    while len(vectors) > 1:
        vectors = [_fold(builder, vectors[i], vectors[i + 1], width) for i in range(0, len(vectors), 2)]
        width //= 2
    even, odd = ([2 * _PLACE.index(k) + side for k in range(STRIDE)] for side in (0, 1))
    last = vectors[0]
    return builder.fadd(
        builder.shuffle_vector(last, last, _indices(even)), builder.shuffle_vector(last, last, _indices(odd))
    )


class _Matrix:
    """Rows of a float32 matrix argument."""

    def __init__(self, context, builder, array_type, array):
        view = context.make_array(array_type)(context, builder, array)
        self._builder, self._data = builder, view.data
        self.columns = cgutils.unpack_tuple(builder, view.shape)[1]

    def row(self, number):
        start = self._builder.mul(number, self.columns)
        return self._builder.gep(self._data, [start], source_etype=_F32)


def _item(context, builder, array_type, array, position):
    """Return an int32 item of a vector argument as a 64-bit integer."""
    view = context.make_array(array_type)(context, builder, array)
    address = builder.gep(view.data, [position], source_etype=_I32)
    return builder.sext(builder.load(address), position.type)


def _intrinsic(builder, name, kind, arguments):
    signature = ir.FunctionType(kind, [a.type for a in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, signature, name), arguments)


def _range(builder, stop, step=1):
    kind = stop.type
    return cgutils.for_range_slice(builder, kind(0), stop, kind(step), intp=kind)


@intrinsic
def score_tile(typing, W, U, contexts, n, outputs, scores):
    """Write the dot products of rows ``contexts[:n]`` of ``W`` with six rows of ``U`` to ``scores[:n]``.

    ``contexts`` and ``outputs`` are int32, ``scores`` is float32[n or more, 8].
    """
    if not (_is_matrix(W) and _is_matrix(U) and _is_matrix(scores)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        w, u, out = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 1, 5))
        intp = w.columns.type
        rows = [u.row(_item(context, builder, kinds[4], arguments[4], intp(j))) for j in range(OUTPUTS)]
        with _range(builder, arguments[3]) as (i, _):
            row = w.row(_item(context, builder, kinds[2], arguments[2], i))
            _score(builder, row, rows, w.columns, out.row(i))
        return context.get_dummy_value()

    return types.void(W, U, contexts, types.intp, outputs, scores), generate


def _score(builder, row, others, columns, target):
    """Store the dot products of ``row`` with six other rows, and two zeros, at ``target``."""
    zero = _wide([0] * LANES)
    totals = [cgutils.alloca_once(builder, _WIDE) for _ in others]
    for total in totals:
        builder.store(zero, total)
    with _range(builder, columns, LANES) as (d, _):
        x = _load(builder, row, d)
        for total, other in zip(totals, others, strict=True):
            builder.store(_fma(builder, x, _load(builder, other, d), builder.load(total)), total)
    sums = _sums(builder, [*(builder.load(total) for total in totals), zero, zero])
    builder.store(sums, builder.bitcast(target, _NARROW.as_pointer()), align=4)


@intrinsic
def score_row(typing, A, i, U, outputs, scores):
    """Write the dot products of row i of ``A`` with six rows of ``U`` to ``scores[0]``."""
    if not (_is_matrix(A) and _is_matrix(U) and _is_matrix(scores)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        a, u, out = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 2, 4))
        intp = a.columns.type
        rows = [u.row(_item(context, builder, kinds[3], arguments[3], intp(j))) for j in range(OUTPUTS)]
        _score(builder, a.row(arguments[1]), rows, a.columns, out.row(intp(0)))
        return context.get_dummy_value()

    return types.void(A, types.intp, U, outputs, scores), generate


def _exp2(builder, x):
    """Return 2**x for x in [-126, 0], relative error below 1e-7: 2**k by the exponent, 2**r by a polynomial."""
    k = _intrinsic(builder, f"llvm.rint.v{LANES}f32", _WIDE, [x])
    r = builder.fsub(x, k)
    p = _wide([1.535336188319500e-4] * LANES)
    for c in (
        1.339887440266574e-3,
        9.618437357674640e-3,
        5.550332471162809e-2,
        2.402264791363012e-1,
        6.931472028550421e-1,
        1.0,
    ):
        p = _fma(builder, p, r, _wide([c] * LANES))
    bits = builder.shl(
        builder.add(builder.fptosi(k, _INTS), ir.Constant(_INTS, [127] * LANES)), ir.Constant(_INTS, [23] * LANES)
    )
    return builder.fmul(p, builder.bitcast(bits, _WIDE))


@intrinsic
def weigh_tile(typing, scores, first, last, lr, tally):
    """Turn scores of context rows ``first`` to ``last - 1`` into coefficients, and sum up their loss.

    A score s becomes ``lr * (label - sigma(s))``; label is 1 in the first lane and 0 in the next five.
    The loss is ``tally[0] + log(tally[1])`` nats; ``tally`` (float64[2]) is overwritten. At most 16 rows;
    a row after the last one must exist if their number is odd.
    """
    if not _is_matrix(scores):
        return None

    def generate(context, builder, signature, arguments):
        matrix = _Matrix(context, builder, signature.args[0], arguments[0])
        used = ([1] * OUTPUTS + [0] * (STRIDE - OUTPUTS)) * 2
        label = _wide(([1] + [0] * (STRIDE - 1)) * 2)
        direction = _wide(([-1] + [1] * (OUTPUTS - 1) + [0] * (STRIDE - OUTPUTS)) * 2)
        ones, zeros = _wide([1] * LANES), _wide([0] * LANES)
        rate = _spread(builder, arguments[3])
        linear = cgutils.alloca_once_value(builder, zeros)
        product = cgutils.alloca_once_value(builder, ones)
        intp = matrix.columns.type
        pairs = builder.sub(arguments[2], arguments[1])
        with _range(builder, pairs, 2) as (i, _):
            address = builder.bitcast(matrix.row(builder.add(arguments[1], i)), _WIDE.as_pointer())
            odd = builder.icmp_signed("==", builder.add(i, intp(1)), pairs)
            mask = builder.select(odd, _flags(used[:STRIDE] + [0] * STRIDE), _flags(used))
            s = builder.select(mask, builder.load(address, align=4), zeros)
            size = _intrinsic(builder, f"llvm.fabs.v{LANES}f32", _WIDE, [s])
            x = builder.fmul(size, _wide([-1.4426950408889634] * LANES))
            low = _wide([-126.0] * LANES)
            z = _exp2(builder, builder.select(builder.fcmp_unordered("<", x, low), low, x))
            above = builder.fadd(ones, z)
            positive = builder.fcmp_ordered(">=", s, zeros)
            sigma = builder.fdiv(builder.select(positive, ones, z), above)
            builder.store(builder.fmul(rate, builder.fsub(label, sigma)), address, align=4)
            wrong = builder.fmul(s, direction)
            wrong = builder.select(builder.fcmp_unordered(">", wrong, zeros), wrong, zeros)  # NaN stays NaN
            builder.store(builder.fadd(builder.load(linear), wrong), linear)
            factor = builder.select(mask, above, ones)
            builder.store(builder.fmul(builder.load(product), factor), product)
        _store_tally(context, builder, signature.args[4], arguments[4], builder.load(linear), builder.load(product))
        return context.get_dummy_value()

    return types.void(scores, types.intp, types.intp, float32, tally), generate


def _store_tally(context, builder, array_type, array, linear, product):
    """Store the sum of the lanes of ``linear`` and the product of those of ``product``, in double precision."""
    view = context.make_array(array_type)(context, builder, array)
    for slot, vector, combine in ((0, linear, builder.fadd), (1, product, builder.fmul)):
        lanes = [builder.fpext(builder.extract_element(vector, ir.Constant(_I32, k)), _F64) for k in range(LANES)]
        while len(lanes) > 1:
            lanes = [combine(lanes[k], lanes[k + 1]) for k in range(0, len(lanes), 2)]
        builder.store(lanes[0], builder.gep(view.data, [ir.Constant(_I32, slot)], source_etype=_F64))


@intrinsic
def update_tile(typing, W, U, contexts, n, outputs, scores, update_output):
    """Add the coefficients' steps to rows ``contexts[:n]`` of ``W`` and, if asked, to six rows of ``U``.

    A context row meets the values of ``U`` from before the window; an output row's step sums up the
    values of the context rows when their turn came.
    """
    if not (_is_matrix(W) and _is_matrix(U) and _is_matrix(scores)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        w, u, g = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 1, 5))
        intp = w.columns.type
        rows = [u.row(_item(context, builder, kinds[4], arguments[4], intp(j))) for j in range(OUTPUTS)]
        steps = [cgutils.alloca_once(builder, _WIDE) for _ in range(OUTPUTS)]
        zero = _wide([0] * LANES)
        with _range(builder, w.columns, LANES) as (d, _):
            before = [_load(builder, row, d) for row in rows]
            for step in steps:
                builder.store(zero, step)
            with _range(builder, arguments[3]) as (i, _):
                row = w.row(_item(context, builder, kinds[2], arguments[2], i))
                weights = g.row(i)
                x = moved = _load(builder, row, d)
                for j in range(OUTPUTS):
                    weight = builder.load(builder.gep(weights, [intp(j)], source_etype=_F32))
                    spread = _spread(builder, weight)
                    builder.store(_fma(builder, spread, x, builder.load(steps[j])), steps[j])
                    moved = _fma(builder, spread, before[j], moved)
                builder.store(moved, _at(builder, row, d), align=4)
            with builder.if_then(arguments[6]):
                for row, step in zip(rows, steps, strict=True):
                    moved = builder.fadd(_load(builder, row, d), builder.load(step))
                    builder.store(moved, _at(builder, row, d), align=4)
        return context.get_dummy_value()

    return types.void(W, U, contexts, types.intp, outputs, scores, types.boolean), generate


@intrinsic
def mean_row(typing, W, contexts, n, rows):
    """Write the mean of rows ``contexts[:n]`` of ``W`` to ``rows[0]``; n >= 1, unchecked."""
    if not (_is_matrix(W) and _is_matrix(rows)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        w, out = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 3))
        intp = w.columns.type
        share = builder.fdiv(ir.Constant(_F32, 1.0), builder.sitofp(arguments[2], _F32))
        wide = _spread(builder, share)
        total = cgutils.alloca_once(builder, _WIDE)
        with _range(builder, w.columns, LANES) as (d, _):
            builder.store(_wide([0] * LANES), total)
            with _range(builder, arguments[2]) as (i, _):
                row = w.row(_item(context, builder, kinds[1], arguments[1], i))
                builder.store(builder.fadd(builder.load(total), _load(builder, row, d)), total)
            builder.store(builder.fmul(builder.load(total), wide), _at(builder, out.row(intp(0)), d), align=4)
        return context.get_dummy_value()

    return types.void(W, contexts, types.intp, rows), generate


@intrinsic
def step_row(typing, U, outputs, scores, rows, update_output):
    """Write the sum of ``scores[0, j] * U[outputs[j]]`` to ``rows[1]`` and, if asked, move those rows.

    An output row moves by ``scores[0, j] * rows[0]``, after it was added.
    """
    if not (_is_matrix(U) and _is_matrix(scores) and _is_matrix(rows)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        u, g, r = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 2, 3))
        intp = u.columns.type
        view = context.make_array(kinds[1])(context, builder, arguments[1])
        size = cgutils.unpack_tuple(builder, view.shape)[0]
        weights, hidden, target = g.row(intp(0)), r.row(intp(0)), r.row(intp(1))
        total = cgutils.alloca_once(builder, _WIDE)
        with _range(builder, u.columns, LANES) as (d, _):
            h = _load(builder, hidden, d)
            builder.store(_wide([0] * LANES), total)
            with _range(builder, size) as (j, _):
                row = u.row(_item(context, builder, kinds[1], arguments[1], j))
                spread = _spread(builder, builder.load(builder.gep(weights, [j], source_etype=_F32)))
                x = _load(builder, row, d)
                builder.store(_fma(builder, spread, x, builder.load(total)), total)
                with builder.if_then(arguments[4]):
                    builder.store(_fma(builder, spread, h, x), _at(builder, row, d), align=4)
            builder.store(builder.load(total), _at(builder, target, d), align=4)
        return context.get_dummy_value()

    return types.void(U, outputs, scores, rows, types.boolean), generate


@intrinsic
def spread_row(typing, W, contexts, n, scale, rows):
    """Add ``scale * rows[1]`` to rows ``contexts[:n]`` of ``W``."""
    if not (_is_matrix(W) and _is_matrix(rows)):
        return None

    def generate(context, builder, signature, arguments):
        kinds = signature.args
        w, r = (_Matrix(context, builder, kinds[k], arguments[k]) for k in (0, 4))
        source = r.row(w.columns.type(1))
        scale = _spread(builder, arguments[3])
        with _range(builder, w.columns, LANES) as (d, _):
            step = builder.fmul(scale, _load(builder, source, d))
            with _range(builder, arguments[2]) as (i, _):
                row = w.row(_item(context, builder, kinds[1], arguments[1], i))
                builder.store(builder.fadd(_load(builder, row, d), step), _at(builder, row, d), align=4)
        return context.get_dummy_value()

    return types.void(W, contexts, types.intp, float32, rows), generate


@intrinsic
def _prefetch_row(typing, A, row):
    """Ask for a row that will be read and written soon; a hint that changes nothing."""
    if not _is_matrix(A):
        return None

    def generate(context, builder, signature, arguments):
        matrix = _Matrix(context, builder, signature.args[0], arguments[0])
        start = matrix.row(arguments[1])
        pointer = ir.IntType(8).as_pointer()
        with _range(builder, matrix.columns, LANES) as (d, _):
            address = builder.bitcast(builder.gep(start, [d], source_etype=_F32), pointer)
            hints = [ir.Constant(_I32, k) for k in (1, 3, 1)]
            _intrinsic(builder, "llvm.prefetch.p0", ir.VoidType(), [address, *hints])
        return context.get_dummy_value()

    return types.void(A, types.intp), generate


def _no_prefetch(A, row):
    """Stand in for :func:`prefetch_row` with the JIT off."""


prefetch_row = _no_prefetch if config.DISABLE_JIT else _prefetch_row

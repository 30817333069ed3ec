"""The inside of a window in registers: its context rows, or their mean, against six output rows.

Rows are float32 and padded to a multiple of 16. A window is written as in :class:`wordvec.kernels.windows.Windows`:
rows ``contexts[first:last]`` of ``W`` meet rows ``outputs[0:6]`` of ``U``. Each function says what it computes;
:mod:`wordvec.kernels._plain` says the same in loops, and stands in with the JIT off.
"""

from functools import partial

from llvmlite import ir
from numba import config, float32, float64, int32, types
from numba.extending import intrinsic

from . import _plain
from ._vector import (
    F32,
    F64,
    I32,
    I64,
    LANES,
    OUTPUTS,
    STRIDE,
    Code,
    constant,
    has_wide_registers,
    is_matrix,
    is_vector,
    vector_type,
)

__all__ = ["copy_items", "dot_contexts", "dot_mean", "prefetch_row", "update_contexts", "update_mean", "weigh"]

_ZERO = ir.Constant(I64, 0)
#: How many floats of a row are updated at once: 12 rows of so many floats are in registers.
_WIDTHS = (2 * LANES, LANES) if has_wide_registers() else (LANES // 2,)


def _output_rows(code, U, outputs, w, place):
    six = code.at(code.row(outputs, w, I32), place, I32)
    return [code.row(U, code.item((six, None), ir.Constant(I64, j))) for j in range(OUTPUTS)]


def _dots(code, rows, others, columns):
    """Return <16 x float>: row r (of one or two) times other row j in lane 8 r + j.

    A row is a function of the column.
    """
    totals = [[code.variable(constant(0)) for _ in others] for _ in rows]
    with code.range(_ZERO, columns, LANES) as d:
        xs = [row(d) for row in rows]
        for j, other in enumerate(others):
            u = code.load(other, d)
            for x, mine in zip(xs, totals, strict=True):
                code.builder.store(code.fma(x, u, code.builder.load(mine[j])), mine[j])
    vectors = [None] * LANES
    for r, mine in enumerate(totals):
        for j, total in enumerate(mine):
            vectors[STRIDE * r + j] = code.builder.load(total)
    return code.sums(vectors)


def _coefficients(code, scores, weights, label, rate):
    """Return (coefficients, wrong, above) of 16 scores; the loss of one is ``wrong + log(above)``."""
    b = code.builder
    ones, zeros = constant(1), constant(0)
    used = b.fcmp_ordered(">", weights, zeros)
    size = code.call(f"llvm.fabs.v{LANES}f32", scores.type, scores)
    x = b.fmul(size, constant(-1.4426950408889634))
    z = code.exp2(b.select(b.fcmp_unordered("<", x, constant(-126)), constant(-126), x))
    above = b.fadd(ones, z)
    sigma = b.fdiv(b.select(b.fcmp_ordered(">=", scores, zeros), ones, z), above)
    step = b.fmul(b.fmul(rate, weights), b.fsub(label, sigma))
    wrong = b.fmul(scores, b.fsub(ones, b.fadd(label, label)))
    wrong = b.select(b.fcmp_unordered(">", wrong, zeros), wrong, zeros)  # NaN stays NaN
    return b.select(used, step, zeros), b.select(used, wrong, zeros), b.select(used, above, ones)


def _labels(code, label):
    """Return 16 labels: 1 in the first lane of either half if there is one."""
    vector = constant(0)
    for lane in (0, STRIDE):
        vector = code.builder.insert_element(vector, label, ir.Constant(I32, lane))
    return vector


class _Losses:
    """Sums of ``wrong`` and products of ``above`` over the rows of a window."""

    def __init__(self, code):
        self._code = code
        self._wrong, self._above = code.variable(constant(0)), code.variable(constant(1))

    def add(self, wrong, above):
        b = self._code.builder
        b.store(b.fadd(b.load(self._wrong), wrong), self._wrong)
        b.store(b.fmul(b.load(self._above), above), self._above)

    def result(self):
        """Return a pair of doubles."""
        b = self._code.builder
        double = vector_type(LANES, F64)
        wrong = b.fpext(self._code.combine(b.load(self._wrong), b.fadd), F64)
        above = self._code.combine(b.fpext(b.load(self._above), double), b.fmul)
        return self._code.context.make_tuple(b, types.UniTuple(float64, 2), [wrong, above])


@intrinsic
def _dot_contexts(typing, W, U, contexts, first, last, outputs, window, place, scores):
    """Write the dot product of each context row with six output rows to ``scores[e, place + j]``."""
    if not (is_matrix(W) and is_matrix(U) and is_matrix(scores) and is_matrix(outputs, int32)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        w, u, c, o, s = (code.matrix(kinds[k], arguments[k]) for k in (0, 1, 2, 5, 8))
        first, last, window, place = (arguments[k] for k in (3, 4, 6, 7))
        others = _output_rows(code, u, o, window, place)

        def take(entry, n):
            entries = [builder.add(entry, ir.Constant(I64, r)) for r in range(n)]
            rows = [partial(code.load, code.row(w, code.item(c, e))) for e in entries]
            sums = _dots(code, rows, others, w[1])
            for r, e in enumerate(entries):
                mine = code.shuffle(sums, sums, range(STRIDE * r, STRIDE * (r + 1)))
                code.store(mine, code.row(s, e), place)

        even = builder.and_(builder.sub(last, first), ir.Constant(I64, -2))
        with code.range(first, builder.add(first, even), 2) as entry:
            take(entry, 2)
        with code.range(builder.add(first, even), last) as entry:
            take(entry, 1)
        return context.get_dummy_value()

    intp = types.intp
    return types.void(W, U, contexts, intp, intp, outputs, intp, intp, scores), generate


@intrinsic
def _dot_mean(typing, W, U, contexts, first, last, outputs, window, place, scores):
    """Write the dot product of the mean of the context rows with six output rows to ``scores[first, place + j]``."""
    if not (is_matrix(W) and is_matrix(U) and is_matrix(scores) and is_matrix(outputs, int32)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        w, u, c, o, s = (code.matrix(kinds[k], arguments[k]) for k in (0, 1, 2, 5, 8))
        first, last, window, place = (arguments[k] for k in (3, 4, 6, 7))
        mean = partial(_mean, code, w, c, first, last)
        sums = _dots(code, [mean], _output_rows(code, u, o, window, place), w[1])
        code.store(code.shuffle(sums, sums, range(STRIDE)), code.row(s, first), place)
        return context.get_dummy_value()

    intp = types.intp
    return types.void(W, U, contexts, intp, intp, outputs, intp, intp, scores), generate


@intrinsic
def _weigh(typing, scores, first, last, window, place, shares, weights, label, rate, mean):
    """Turn the scores of a window's rows into coefficients, in place.

    A score s becomes ``rate * min(shares[e], weights[window, place + j]) * (label - sigma(s))``; the label is
    ``label`` for j = 0 and 0 for the others. If ``mean``, the shares do not count. At most 64 rows.

    Returns (a, b): the loss of the pairs is ``a + log(b)`` nats; pairs of weight 0 are no pairs.
    """
    if not (is_matrix(scores) and is_matrix(weights)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds, b = Code(context, builder), signature.args, builder
        g, s, p = (code.matrix(kinds[k], arguments[k]) for k in (0, 5, 6))
        first, last, window, place, label, rate = (arguments[k] for k in (1, 2, 3, 4, 7, 8))
        half = code.load(code.row(p, window), place, STRIDE)
        weights = code.shuffle(half, half, [*range(STRIDE), *range(STRIDE)])
        labels, rates, losses = _labels(code, label), code.spread(rate), _Losses(code)
        with code.range(first, last, 2) as entry:
            following = b.add(entry, ir.Constant(I64, 1))
            there = b.icmp_signed("<", following, last)
            other = b.select(there, following, entry)  # of an odd last row, twice the same
            nothing = ir.Constant(F32, 0.0)
            shares = (b.select(arguments[9], ir.Constant(F32, 1.0), code.scalar(s[0], e)) for e in (entry, other))
            mine, yours = next(shares), b.select(there, next(shares), nothing)
            mine, yours = code.spread(mine, STRIDE), code.spread(yours, STRIDE)
            both = code.shuffle(mine, yours, range(LANES))
            least = b.select(b.fcmp_ordered("<", both, weights), both, weights)
            low, high = (code.load(code.row(g, e), place, STRIDE) for e in (entry, other))
            steps, *loss = _coefficients(code, code.shuffle(low, high, range(LANES)), least, labels, rates)
            losses.add(*loss)
            for lanes, e in ((range(STRIDE, LANES), other), (range(STRIDE), entry)):
                code.store(code.shuffle(steps, steps, lanes), code.row(g, e), place)
        return losses.result()

    intp = types.intp
    kinds = (scores, intp, intp, intp, intp, shares, weights, float32, float32, types.boolean)
    return types.UniTuple(float64, 2)(*kinds), generate


def _mean(code, w, contexts, first, last, d, width=LANES):
    """Return the mean of ``width`` columns of the context rows."""
    b = code.builder
    total = code.variable(constant(0, width))
    with code.range(first, last) as entry:
        row = code.row(w, code.item(contexts, entry))
        b.store(b.fadd(b.load(total), code.load(row, d, width)), total)
    share = b.fdiv(ir.Constant(F32, 1.0), b.sitofp(b.sub(last, first), F32))
    return b.fmul(b.load(total), code.spread(share, width))


def _columns(code, low, high):
    """Yield (d, width) for each width: code for columns ``low`` to ``high - 1``, the widest vectors first."""
    b = code.builder
    for width in _WIDTHS:
        whole = b.and_(b.sub(high, low), ir.Constant(I64, -width))
        stop = b.add(low, whole)
        with code.range(low, stop, width) as d:
            yield d, width
        low = stop


@intrinsic
def _update_contexts(
    typing, W, U, contexts, first, last, outputs, window, place, coefficients, low, high, update_output
):
    """Add the steps of all pairs to columns ``low`` to ``high - 1`` of the context rows and the six output rows.

    A context row moves by ``coefficients[e, place + j] * U[outputs[j]]``, at the values of ``U`` before. An output
    row, unless ``update_output`` is False, moves by the sum of the coefficients times the context rows, each at its
    value before its own step.
    """
    if not (is_matrix(W) and is_matrix(U) and is_matrix(coefficients) and is_matrix(outputs, int32)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        w, u, c, o, g = (code.matrix(kinds[k], arguments[k]) for k in (0, 1, 2, 5, 8))
        first, last, window, place, low, high, update_output = (arguments[k] for k in (3, 4, 6, 7, 9, 10, 11))
        others = _output_rows(code, u, o, window, place)

        def emit(frozen):
            for d, width in _columns(code, low, high):
                _update_columns(code, w, c, first, last, others, (g, place), (d, width), frozen)

        with builder.if_else(update_output) as (then, otherwise):
            with then:
                emit(frozen=False)
            with otherwise:
                emit(frozen=True)
        return context.get_dummy_value()

    intp = types.intp
    kinds = (W, U, contexts, intp, intp, outputs, intp, intp, coefficients, intp, intp, types.boolean)
    return types.void(*kinds), generate


def _update_columns(code, w, contexts, first, last, others, pairs, columns, frozen):
    """Update ``width`` columns from column d on; ``frozen`` leaves the output rows alone."""
    (g, place), (d, width) = pairs, columns
    b = code.builder
    parts = [(b.add(d, ir.Constant(I64, k)), min(width, LANES)) for k in range(0, width, LANES)]
    before = [[code.load(other, at, n) for at, n in parts] for other in others]
    steps = [[code.variable(constant(0, n)) for _, n in parts] for _ in others]
    with code.range(first, last) as entry:
        row = code.row(w, code.item(contexts, entry))
        weights = code.at(code.row(g, entry), place)
        xs = [code.load(row, at, n) for at, n in parts]
        moved = list(xs)
        for j in range(len(others)):
            weight = code.spread(code.scalar(weights, ir.Constant(I64, j)), parts[0][1])
            for k, x in enumerate(xs):
                if not frozen:
                    b.store(code.fma(weight, x, b.load(steps[j][k])), steps[j][k])
                moved[k] = code.fma(weight, before[j][k], moved[k])
        for vector, (at, _) in zip(moved, parts, strict=True):
            code.store(vector, row, at)
    if frozen:
        return
    for j, other in enumerate(others):
        for k, (at, n) in enumerate(parts):
            code.store(b.fadd(code.load(other, at, n), b.load(steps[j][k])), other, at)


@intrinsic
def _update_mean(
    typing, W, U, contexts, shares, first, last, outputs, window, coefficients, scale, low, high, update_output
):
    """Add the steps of a window whose mean was scored to columns ``low`` to ``high - 1``.

    With h the mean of the context rows, an output row moves by ``coefficients[first, j] * h``, unless
    ``update_output`` is False, and context row e by ``scale * shares[e]`` times the sum of ``coefficients[first, j] *
    U[outputs[j]]``, at the values of ``U`` before. ``outputs`` holds groups of six words in eight places.
    """
    if not (is_matrix(W) and is_matrix(U) and is_matrix(coefficients) and is_matrix(outputs, int32)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        w, u, c, s, o, g = (code.matrix(kinds[k], arguments[k]) for k in (0, 1, 2, 3, 6, 8))
        first, last, window, scale, low, high, update_output = (arguments[k] for k in (4, 5, 7, 9, 10, 11, 12))
        weights, words = code.row(g, first), (code.row(o, window, I32), None)
        for d, width in _columns(code, low, high):
            hidden, total = _mean(code, w, c, first, last, d, width), code.variable(constant(0, width))
            with code.range(_ZERO, o[1], STRIDE) as group:
                for j in range(OUTPUTS):
                    place = builder.add(group, ir.Constant(I64, j))
                    weight, row = code.spread(code.scalar(weights, place), width), code.row(u, code.item(words, place))
                    x = code.load(row, d, width)
                    builder.store(code.fma(weight, x, builder.load(total)), total)
                    with builder.if_then(update_output):
                        code.store(code.fma(weight, hidden, x), row, d)
            step = builder.load(total)
            with code.range(first, last) as entry:
                row = code.row(w, code.item(c, entry))
                share = builder.fmul(scale, code.scalar(s[0], entry))
                code.store(code.fma(code.spread(share, width), step, code.load(row, d, width)), row, d)
        return context.get_dummy_value()

    intp = types.intp
    kinds = (W, U, contexts, shares, intp, intp, outputs, intp, coefficients, float32, intp, intp, types.boolean)
    return types.void(*kinds), generate


@intrinsic
def _copy_items(typing, source, start, n, target, to):
    """Copy ``source[start:start + n]`` to ``target[to:to + n]``; up to 15 items more are read and overwritten."""
    if not (is_vector(source, source.dtype) and is_vector(target, source.dtype)):
        return None

    def generate(context, builder, signature, arguments):
        code = Code(context, builder)
        item = context.get_value_type(signature.args[0].dtype)
        (old, _), (new, _) = (code.matrix(signature.args[k], arguments[k]) for k in (0, 3))
        with code.range(_ZERO, arguments[2], LANES) as i:
            places = (
                code.at(old, builder.add(arguments[1], i), item),
                code.at(new, builder.add(arguments[4], i), item),
            )
            here, there = (builder.bitcast(place, vector_type(LANES, item).as_pointer()) for place in places)
            builder.store(builder.load(here, align=4), there, align=4)
        return context.get_dummy_value()

    return types.void(source, types.intp, types.intp, target, types.intp), generate


@intrinsic
def _prefetch_row(typing, A, row):
    """Ask for a row that will be read and written soon; a hint that changes nothing."""
    if not is_matrix(A):
        return None

    def generate(context, builder, signature, arguments):
        code = Code(context, builder)
        matrix = code.matrix(signature.args[0], arguments[0])
        start = code.row(matrix, arguments[1])
        with code.range(_ZERO, matrix[1], LANES) as d:
            address = builder.bitcast(code.at(start, d), ir.IntType(8).as_pointer())
            hints = [ir.Constant(I32, k) for k in (1, 3, 1)]  # to be written, into every cache, data
            code.call("llvm.prefetch.p0", ir.VoidType(), address, *hints)
        return context.get_dummy_value()

    return types.void(A, types.intp), generate


if config.DISABLE_JIT:
    dot_contexts, dot_mean, weigh = _plain.dot_contexts, _plain.dot_mean, _plain.weigh
    update_contexts, update_mean = _plain.update_contexts, _plain.update_mean
    copy_items, prefetch_row = _plain.copy_items, _plain.prefetch_row
else:
    dot_contexts, dot_mean, weigh = _dot_contexts, _dot_mean, _weigh
    update_contexts, update_mean = _update_contexts, _update_mean
    copy_items, prefetch_row = _copy_items, _prefetch_row

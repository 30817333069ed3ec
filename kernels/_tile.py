"""The inside of a window in registers: its context rows, or their mean, against six output rows.

Rows are float32 and padded to a multiple of 16. A window is written as in :class:`wordvec.kernels.windows.Windows`:
rows ``contexts[rows[w]:rows[w + 1]]`` of ``W`` meet rows ``outputs[w, place:place + 6]`` of ``U``. Each function says
what it computes;
:mod:`wordvec.kernels._plain` says the same in loops, and stands in with the JIT off.
"""

from functools import partial

from llvmlite import ir
from numba import config, float32, float64, types
from numba.extending import intrinsic

from . import _plain
from ._place import Window
from ._vector import (
    F32,
    F64,
    I32,
    I64,
    LANES,
    OUTPUTS,
    ROWS,
    STRIDE,
    Code,
    constant,
    has_wide_registers,
    is_matrix,
    vector_type,
)

__all__ = [
    "dot_contexts",
    "dot_mean",
    "update_contexts",
    "update_mean",
    "update_senses",
    "weigh",
]

_ZERO = ir.Constant(I64, 0)
#: How many floats of a row are updated at once: 12 rows of so many floats are in registers.
_WIDTHS = (2 * LANES, LANES) if has_wide_registers() else (LANES // 2,)


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
def _dot_contexts(typing, W, U, windows, w, place):
    """Write the dot products of the context rows with six output rows to ``scores[e, place + j]``."""
    if not (is_matrix(W) and is_matrix(U)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        W, U = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], *arguments[2:])
        others = window.six_outputs(U)

        def take(entry, n):
            entries = [builder.add(entry, ir.Constant(I64, r)) for r in range(n)]
            sums = _dots(code, [partial(code.load, window.context(W, e)) for e in entries], others, W[1])
            for r, e in enumerate(entries):
                mine = code.shuffle(sums, sums, range(STRIDE * r, STRIDE * (r + 1)))
                code.store(mine, window.pairs(e), _ZERO)

        even = builder.and_(builder.sub(window.last, window.first), ir.Constant(I64, -2))
        middle = builder.add(window.first, even)
        with code.range(window.first, middle, 2) as entry:
            take(entry, 2)
        with code.range(middle, window.last) as entry:
            take(entry, 1)
        return context.get_dummy_value()

    return types.void(W, U, windows, types.intp, types.intp), generate


@intrinsic
def _dot_mean(typing, W, U, windows, w, place):
    """Write the dot products of the mean context row with six output rows to ``scores[rows[w], place + j]``."""
    if not (is_matrix(W) and is_matrix(U)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        W, U = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], *arguments[2:])
        sums = _dots(code, [partial(_mean, code, W, window)], window.six_outputs(U), W[1])
        code.store(code.shuffle(sums, sums, range(STRIDE)), window.pairs(window.first), _ZERO)
        return context.get_dummy_value()

    return types.void(W, U, windows, types.intp, types.intp), generate


@intrinsic
def _weigh(typing, windows, w, place, label, mean, part):
    """Turn scores of a window into coefficients, in place.

    A score s becomes ``rates[w] * min(shares[e], weights[w, place + j]) * (label - sigma(s))``; the label is
    ``label`` for j = 0 and 0 for the others. If ``mean``, there is one row of scores, and shares do not count.
    Else ``part`` says which 64 rows; there may be fewer, or none.

    Returns (a, b): the loss of the pairs is ``a + log(b)`` nats; pairs of weight 0 are no pairs.
    """

    def generate(context, builder, signature, arguments):
        code, b = Code(context, builder), builder
        label, mean, part = arguments[3:]
        window = Window(code, signature.args[0], *arguments[:3])
        half = code.load(window.weights, _ZERO, STRIDE)
        weights = code.shuffle(half, half, [*range(STRIDE), *range(STRIDE)])
        labels, rates, losses = _labels(code, label), code.spread(window.rate), _Losses(code)
        one = ir.Constant(I64, 1)
        first = b.add(window.first, b.mul(part, ir.Constant(I64, ROWS)))
        whole = b.add(first, ir.Constant(I64, ROWS))
        last = b.select(b.icmp_signed("<", whole, window.last), whole, window.last)
        with code.range(first, b.select(mean, b.add(first, one), last), 2) as entry:
            following = b.add(entry, one)
            there = b.and_(b.icmp_signed("<", following, last), b.not_(mean))
            other = b.select(there, following, entry)  # of an odd last row, twice the same
            full, nothing = ir.Constant(F32, 1.0), ir.Constant(F32, 0.0)
            shares = (b.select(mean, full, code.scalar(window.shares[0], e)) for e in (entry, other))
            mine, yours = next(shares), b.select(there, next(shares), nothing)
            both = code.shuffle(code.spread(mine, STRIDE), code.spread(yours, STRIDE), range(LANES))
            least = b.select(b.fcmp_ordered("<", both, weights), both, weights)
            low, high = (code.load(window.pairs(e), _ZERO, STRIDE) for e in (entry, other))
            steps, *loss = _coefficients(code, code.shuffle(low, high, range(LANES)), least, labels, rates)
            losses.add(*loss)
            for lanes, e in ((range(STRIDE, LANES), other), (range(STRIDE), entry)):
                code.store(code.shuffle(steps, steps, lanes), window.pairs(e), _ZERO)
        return losses.result()

    kinds = (windows, types.intp, types.intp, float32, types.boolean, types.intp)
    return types.UniTuple(float64, 2)(*kinds), generate


def _mean(code, W, window, d, width=LANES):
    """Return the mean of ``width`` columns of the context rows."""
    b = code.builder
    total = code.variable(constant(0, width))
    with code.range(window.first, window.last) as entry:
        b.store(b.fadd(b.load(total), code.load(window.context(W, entry), d, width)), total)
    share = b.fdiv(ir.Constant(F32, 1.0), b.sitofp(b.sub(window.last, window.first), F32))
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
def _update_contexts(typing, W, U, windows, w, place, low, high, update_output):
    """Add the steps of all pairs to columns ``low`` to ``high - 1`` of the context rows and the six output rows.

    A context row moves by ``scores[e, place + j] * U[outputs[j]]``, at the values of ``U`` before. An output row,
    unless ``update_output`` is False, moves by the sum of the coefficients times the context rows, each at its value
    before its own step.
    """
    if not (is_matrix(W) and is_matrix(U)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        W, U = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], *arguments[2:5])
        low, high, update_output = arguments[5:]
        others = window.six_outputs(U)

        def emit(frozen):
            for d, width in _columns(code, low, high):
                _update_columns(code, W, window, others, d, width, frozen)

        with builder.if_else(update_output) as (then, otherwise):
            with then:
                emit(frozen=False)
            with otherwise:
                emit(frozen=True)
        return context.get_dummy_value()

    intp = types.intp
    return types.void(W, U, windows, intp, intp, intp, intp, types.boolean), generate


def _update_columns(code, W, window, others, d, width, frozen=False, movers=OUTPUTS):
    """Update ``width`` columns from column d on.

    ``frozen`` leaves the output rows alone; the first ``movers`` of them move the context rows, if any.
    """
    b = code.builder
    parts = [(b.add(d, ir.Constant(I64, k)), min(width, LANES)) for k in range(0, width, LANES)]
    before = [[code.load(other, at, n) for at, n in parts] for other in others]
    steps = [[code.variable(constant(0, n)) for _, n in parts] for _ in others]
    with code.range(window.first, window.last) as entry:
        row, pairs = window.context(W, entry), window.pairs(entry)
        xs = [code.load(row, at, n) for at, n in parts]
        moved = list(xs)
        for j in range(len(others)):
            weight = code.spread(code.scalar(pairs, ir.Constant(I64, j)), parts[0][1])
            for k, x in enumerate(xs):
                if not frozen:
                    b.store(code.fma(weight, x, b.load(steps[j][k])), steps[j][k])
                if j < movers:
                    moved[k] = code.fma(weight, before[j][k], moved[k])
        for vector, (at, _) in zip(moved, parts, strict=True):
            if movers:
                code.store(vector, row, at)
    if frozen:
        return
    for j, other in enumerate(others):
        for k, (at, n) in enumerate(parts):
            code.store(b.fadd(code.load(other, at, n), b.load(steps[j][k])), other, at)


@intrinsic
def _update_senses(typing, U, M, windows, w, place, low, high, update_context):
    """Add the steps of a window's words, senses and gate to columns ``low`` to ``high - 1``.

    Of the six rows of ``M`` three are senses and three gates. Each moves by the sum of its coefficients times the
    context rows of ``U``, each at its value before its own step; context rows, if ``update_context``, move by the
    coefficients times the senses as they were before. Gates move no context row.
    """
    if not (is_matrix(U) and is_matrix(M)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        U, M = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], *arguments[2:5])
        low, high, update_context = arguments[5:]
        others = window.six_outputs(M)
        with builder.if_else(update_context) as branches:
            for branch, movers in zip(branches, (OUTPUTS // 2, 0), strict=True):
                with branch:
                    for d, width in _columns(code, low, high):
                        _update_columns(code, U, window, others, d, width, movers=movers)
        return context.get_dummy_value()

    intp = types.intp
    return types.void(U, M, windows, intp, intp, intp, intp, types.boolean), generate


@intrinsic
def _update_mean(typing, W, U, windows, w, exact, low, high, update_output):
    """Add the steps of a window whose mean was scored to columns ``low`` to ``high - 1``.

    With h the mean of the n context rows, an output row moves by ``scores[rows[w], j] * h``, unless ``update_output``
    is False, and context row e by ``shares[e]`` times the sum of ``scores[rows[w], j] * U[outputs[j]]``, each taken
    when its turn comes; divided by n if ``exact``.
    """
    if not (is_matrix(W) and is_matrix(U)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        W, U = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], arguments[2], arguments[3], _ZERO)
        exact, low, high, update_output = arguments[4:]
        pairs, one = window.pairs(window.first), ir.Constant(F32, 1.0)
        n = builder.sitofp(builder.sub(window.last, window.first), F32)
        scale = builder.select(exact, builder.fdiv(one, n), one)
        for d, width in _columns(code, low, high):
            hidden, total = _mean(code, W, window, d, width), code.variable(constant(0, width))
            with code.range(_ZERO, window.groups, STRIDE) as group:
                for j in range(OUTPUTS):
                    place = builder.add(group, ir.Constant(I64, j))
                    weight, row = code.spread(code.scalar(pairs, place), width), window.output(U, place)
                    x = code.load(row, d, width)
                    builder.store(code.fma(weight, x, builder.load(total)), total)
                    with builder.if_then(update_output):
                        code.store(code.fma(weight, hidden, x), row, d)
            step = builder.load(total)
            with code.range(window.first, window.last) as entry:
                row = window.context(W, entry)
                share = builder.fmul(scale, code.scalar(window.shares[0], entry))
                code.store(code.fma(code.spread(share, width), step, code.load(row, d, width)), row, d)
        return context.get_dummy_value()

    intp = types.intp
    return types.void(W, U, windows, intp, types.boolean, intp, intp, types.boolean), generate


if config.DISABLE_JIT:
    dot_contexts, dot_mean, weigh = _plain.dot_contexts, _plain.dot_mean, _plain.weigh
    update_contexts, update_mean, update_senses = _plain.update_contexts, _plain.update_mean, _plain.update_senses
else:
    dot_contexts, dot_mean, weigh = _dot_contexts, _dot_mean, _weigh
    update_contexts, update_mean, update_senses = _update_contexts, _update_mean, _update_senses

"""Where the parts of a window are: for the tiles, for asking ahead of time, and for copying."""

from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from . import _plain
from ._vector import I32, I64, LANES, OUTPUTS, STRIDE, Code, is_matrix, is_vector, vector_type

__all__ = ["Window", "copy_items", "prefetch_read", "prefetch_row", "prefetch_words", "prefetch_write"]

_ZERO = ir.Constant(I64, 0)


class Window:
    """Window ``w`` of a :class:`~wordvec.kernels.windows.Windows`, and its output rows from ``place`` on.

    The fields are taken out of the tuple without counting references, which Numba would do.
    """

    def __init__(self, code, kind, value, w, place):
        self._code, self._kind, self._value, self.place = code, kind, value, place
        rows = self._field("rows")[0]
        self.first, self.last = code.scalar(rows, w, I64), code.scalar(code.at(rows, w, I64), ir.Constant(I64, 1), I64)
        self.contexts, self.shares, self.scores = (self._field(name) for name in ("contexts", "shares", "scores"))
        outputs, weights = self._field("outputs"), self._field("weights")
        self.groups = outputs[1]
        self.outputs = code.at(code.row(outputs, w, I32), place, I32)
        self.weights = code.at(code.row(weights, w), place)
        self.rate = code.scalar(self._field("rates")[0], w)

    def _field(self, name):
        number = self._kind.fields.index(name)
        return self._code.matrix(self._kind.types[number], self._code.builder.extract_value(self._value, number))

    def context(self, W, entry):
        """Return the address of a context word's row."""
        return self._code.row(W, self._code.item(self.contexts, entry))

    def output(self, U, j):
        """Return the address of an output word's row."""
        return self._code.row(U, self._code.item((self.outputs, None), j))

    def six_outputs(self, U):
        """Return the addresses of six output rows."""
        return [self.output(U, ir.Constant(I64, j)) for j in range(OUTPUTS)]

    def pairs(self, entry):
        """Return where scores and coefficients of a context row with six outputs are."""
        return self._code.at(self._code.row(self.scores, entry), self.place)


def _prefetch(to_write):
    """Return one of two functions: rows that are only read are not asked for to be written, others need them, too."""

    @intrinsic
    def prefetch(typing, W, U, windows, w, low, high):
        """Ask for columns ``low`` to ``high - 1`` of the rows that window w adds to those before it: a hint."""
        if not (is_matrix(W) and is_matrix(U)):
            return None

        def generate(context, builder, signature, arguments):
            code, kinds = Code(context, builder), signature.args
            W, U = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
            window = Window(code, kinds[2], arguments[2], arguments[3], _ZERO)

            def ask(row):
                with code.range(arguments[4], arguments[5], LANES) as d:
                    address = builder.bitcast(code.at(row, d), ir.IntType(8).as_pointer())
                    hints = [ir.Constant(I32, k) for k in (int(to_write), 3, 1)]  # into every cache; data
                    code.call("llvm.prefetch.p0", ir.VoidType(), address, *hints)

            with code.range(_ZERO, window.groups, STRIDE) as group:
                for j in range(OUTPUTS):
                    ask(window.output(U, builder.add(group, ir.Constant(I64, j))))
            ask(window.context(W, builder.sub(window.last, ir.Constant(I64, 1))))
            return context.get_dummy_value()

        return types.void(W, U, windows, types.intp, types.intp, types.intp), generate

    return prefetch


@intrinsic
def _prefetch_words(typing, U, M, windows, w, count, low, high):
    """Ask for columns of the last ``count`` context rows of window w, and of its rows of ``M``: a hint."""
    if not (is_matrix(U) and is_matrix(M)):
        return None

    def generate(context, builder, signature, arguments):
        code, kinds = Code(context, builder), signature.args
        U, M = (code.matrix(kinds[k], arguments[k]) for k in (0, 1))
        window = Window(code, kinds[2], arguments[2], arguments[3], _ZERO)

        def ask(row):
            with code.range(arguments[5], arguments[6], LANES) as d:
                address = builder.bitcast(code.at(row, d), ir.IntType(8).as_pointer())
                code.call("llvm.prefetch.p0", ir.VoidType(), address, *(ir.Constant(I32, k) for k in (1, 3, 1)))

        with code.range(_ZERO, window.groups, STRIDE) as group:
            for j in range(OUTPUTS):
                ask(window.output(M, builder.add(group, ir.Constant(I64, j))))
        start = builder.sub(window.last, arguments[4])
        start = builder.select(builder.icmp_signed(">", start, window.first), start, window.first)
        with code.range(start, window.last) as entry:
            ask(window.context(U, entry))
        return context.get_dummy_value()

    return types.void(U, M, windows, types.intp, types.intp, types.intp, types.intp), generate


@intrinsic
def _prefetch_row(typing, matrix, row, low, high):
    """Ask for columns ``low`` to ``high - 1`` of a row that will be read: a hint."""
    if not is_matrix(matrix):
        return None

    def generate(context, builder, signature, arguments):
        code = Code(context, builder)
        start = code.row(code.matrix(signature.args[0], arguments[0]), arguments[1])
        with code.range(arguments[2], arguments[3], LANES) as d:
            address = builder.bitcast(code.at(start, d), ir.IntType(8).as_pointer())
            code.call("llvm.prefetch.p0", ir.VoidType(), address, *(ir.Constant(I32, k) for k in (0, 3, 1)))
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, types.intp), generate


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


if config.DISABLE_JIT:
    copy_items, prefetch_read, prefetch_write = _plain.copy_items, _plain.prefetch_read, _plain.prefetch_write
    prefetch_row, prefetch_words = _plain.prefetch_row, _plain.prefetch_words
else:
    copy_items, prefetch_read, prefetch_write = _copy_items, _prefetch(to_write=False), _prefetch(to_write=True)
    prefetch_row, prefetch_words = _prefetch_row, _prefetch_words

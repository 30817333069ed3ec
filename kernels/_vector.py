"""The words in which the tiles are written: vectors of float32, loaded, multiplied, added, stored.

Everything here runs while a kernel is compiled, and emits LLVM instructions: :mod:`wordvec.kernels._tile`
says with them what happens to a window. The result does not depend on the CPU, for three reasons. Sums are taken in
:data:`LANES` virtual lanes and folded in one fixed tree, however many lanes the CPU has. Multiply-add
is fused everywhere, in hardware or in software. Nothing calls a mathematical library, and no
fast-math flag lets LLVM reorder anything.
"""

from contextlib import contextmanager

from llvmlite import binding, ir
from numba import config, float32, int32, types
from numba.core import cgutils

#: Number of floats in a vector; rows are padded to a multiple of it.
LANES = 16
#: A context row's scores lie in so many lanes, of which the first :data:`OUTPUTS` are used.
STRIDE = 8
#: Output rows that a tile takes at once: a center and five noise words are one tile.
OUTPUTS = 6
#: Context rows whose pairs are weighed at once: the product of their losses fits in a double.
ROWS = 64

F32, F64, I32, I64 = ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(64)


def has_wide_registers():
    """Tell whether the CPU that code is made for has 32 vector registers of 16 floats.

    It decides the shape of tiles and never a result. ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` are obeyed.
    """
    if config.CPU_FEATURES is not None:
        return "+avx512f" in config.CPU_FEATURES
    if config.CPU_NAME not in (None, "", "host"):
        return False
    try:
        return bool(binding.get_host_cpu_features().get("avx512f", False))
    except RuntimeError:  # LLVM does not know this CPU
        return False


def vector_type(width, kind=F32):
    """Return the type of a vector of ``width`` lanes."""
    return ir.VectorType(kind, width)


def constant(value, width=LANES):
    """Return a vector with the number ``value`` in every lane."""
    return ir.Constant(vector_type(width), [float(value)] * width)


def lanes(numbers):
    """Return a mask for shuffles."""
    return ir.Constant(vector_type(len(numbers), I32), list(numbers))


def is_matrix(kind, dtype=float32):
    """Tell whether a Numba type is a C-contiguous matrix."""
    return isinstance(kind, types.Array) and kind.ndim == 2 and kind.dtype == dtype and kind.layout == "C"


def is_vector(kind, dtype=int32):
    """Tell whether a Numba type is a contiguous vector."""
    return isinstance(kind, types.Array) and kind.ndim == 1 and kind.dtype == dtype and kind.layout == "C"


class Code:
    """Where instructions go: one per function that is being compiled."""

    def __init__(self, context, builder):
        self.context, self.builder = context, builder

    def matrix(self, kind, value):
        """Return the (address, columns) of an array argument; a vector is one row."""
        view = self.context.make_array(kind)(self.context, self.builder, value)
        return view.data, cgutils.unpack_tuple(self.builder, view.shape)[-1]

    def at(self, address, offset, kind=F32):
        """Return the address ``offset`` items further on."""
        return self.builder.gep(address, [offset], source_etype=kind)

    def row(self, matrix, number, kind=F32):
        """Return the address of a row of a matrix."""
        address, columns = matrix
        return self.at(address, self.builder.mul(number, columns), kind)

    def item(self, vector, position, kind=I32):
        """Return an item of an int32 vector, as a 64-bit integer."""
        return self.builder.sext(self.scalar(vector[0], position, kind), I64)

    def scalar(self, address, position, kind=F32):
        """Return one item."""
        return self.builder.load(self.at(address, position, kind))

    def load(self, address, offset, width=LANES):
        """Return ``width`` floats."""
        return self.builder.load(self._wide(address, offset, width), align=4)

    def store(self, vector, address, offset):
        """Write a vector of floats."""
        self.builder.store(vector, self._wide(address, offset, vector.type.count), align=4)

    def _wide(self, address, offset, width):
        return self.builder.bitcast(self.at(address, offset), vector_type(width).as_pointer())

    def call(self, name, kind, *arguments):
        """Call an LLVM intrinsic."""
        signature = ir.FunctionType(kind, [a.type for a in arguments])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, signature, name), arguments)

    def fma(self, a, b, c):
        """Return ``a * b + c``, rounded once."""
        return self.call(f"llvm.fma.v{a.type.count}f32", a.type, a, b, c)

    def spread(self, number, width=LANES):
        """Return a vector with a scalar in every lane."""
        undefined = ir.Constant(vector_type(width, number.type), ir.Undefined)
        first = self.builder.insert_element(undefined, number, ir.Constant(I32, 0))
        return self.shuffle(first, undefined, [0] * width)

    def shuffle(self, a, b, numbers):
        """Return the lanes ``numbers`` of ``a`` and, counted on, of ``b``."""
        return self.builder.shuffle_vector(a, b, lanes(numbers))

    def variable(self, start):
        """Return a variable (an address that LLVM turns into a register), with a first value."""
        return cgutils.alloca_once_value(self.builder, start)

    @contextmanager
    def range(self, start, stop, step=1):
        """Loop from ``start`` up to ``stop``."""
        with cgutils.for_range_slice(self.builder, start, stop, ir.Constant(I64, step), intp=I64) as (i, _):
            yield i

    def sums(self, vectors):
        """Return <16 x float>: the sum over the lanes of each of up to 16 vectors, None for no vector.

        The tree adds lane i to lane i + 8, then to i + 4, i + 2, i + 1: one order for every sum, and all sums
        share its instructions.
        """
        order = _tree_order()
        level = [vectors[k] if k < len(vectors) else None for k in order]
        width = LANES
        while len(level) > 1:
            level = [self._fold(level[i], level[i + 1], width) for i in range(0, len(level), 2)]
            width //= 2
        return level[0]

    def _fold(self, a, b, width):
        """Add the halves of groups of ``width`` lanes; groups of ``a`` and of ``b`` alternate in the result."""
        if a is None and b is None:
            return None
        a, b = (constant(0) if side is None else side for side in (a, b))
        half = width // 2
        starts = [source + group * width for group in range(LANES // width) for source in (0, LANES)]
        first = [start + lane for start in starts for lane in range(half)]
        second = [start + half + lane for start in starts for lane in range(half)]
        return self.builder.fadd(self.shuffle(a, b, first), self.shuffle(a, b, second))

    def combine(self, vector, operation):
        """Return the lanes of a vector joined by an operation, halves onto halves."""
        width = vector.type.count
        while width > 1:
            width //= 2
            low = self.shuffle(vector, vector, range(width))
            high = self.shuffle(vector, vector, range(width, 2 * width))
            vector = operation(low, high)
        return self.builder.extract_element(vector, ir.Constant(I32, 0))

    def exp2(self, x):
        """Return 2**x for x in [-126, 0], relative error below 1e-7: 2**k by the exponent, 2**r by a polynomial."""
        b = self.builder
        k = self.call(f"llvm.rint.v{LANES}f32", x.type, x)
        r = b.fsub(x, k)
        p = constant(1.535336188319500e-4)
        for c in (
            1.339887440266574e-3,
            9.618437357674640e-3,
            5.550332471162809e-2,
            2.402264791363012e-1,
            6.931472028550421e-1,
            1.0,
        ):
            p = self.fma(p, r, constant(c))
        whole = vector_type(LANES, I32)
        biased = b.add(b.fptosi(k, whole), ir.Constant(whole, [127] * LANES))
        return b.fmul(p, b.bitcast(b.shl(biased, ir.Constant(whole, [23] * LANES)), x.type))


def _tree_order():
    """Return which vector goes where into the tree of :meth:`Code.sums`, so that sum k lands in lane k."""
    level = [[(source, lane) for lane in range(LANES)] for source in range(LANES)]
    width = LANES
    while len(level) > 1:
        half = width // 2
        level = [
            [
                side[group * width + lane]
                for group in range(LANES // width)
                for side in (level[i], level[i + 1])
                for lane in range(half)
            ]
            for i in range(0, len(level), 2)
        ]
        width = half
    arrival = [source for source, _ in level[0]]  # the input whose sum lands in each lane
    order = [0] * LANES
    for lane, source in enumerate(arrival):
        order[source] = lane
    return order

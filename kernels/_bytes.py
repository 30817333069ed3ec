"""Questions about 64 bytes at once, as explicit vector instructions, and the few bit tricks that go with them.

The answer is a word of 64 bits, one for each byte, the first byte lowest. Integers only, so the CPU cannot change
an answer; LLVM splits the vectors to whatever it has. Callers see to it that the bytes are there: an array that is
asked at position ``i`` holds at least ``i + 64`` of them (``load64``: ``i + 8``, ``store32``: ``i + 4``). With the
JIT off the same names are plain loops.
"""

from llvmlite import ir
from numba import config, types, uint8, uint32, uint64
from numba.core import cgutils
from numba.extending import intrinsic

#: Bytes that are looked at together.
WIDTH = 64

_I8, _I64 = ir.IntType(8), ir.IntType(64)
_BYTES = ir.VectorType(_I8, WIDTH)


def _is_bytes(type_):
    return isinstance(type_, types.Array) and type_.ndim == 1 and type_.dtype == uint8 and type_.layout == "C"


def _at(context, builder, array_type, array, position, kind):
    view = context.make_array(array_type)(context, builder, array)
    return builder.bitcast(builder.gep(view.data, [position], source_etype=_I8), kind.as_pointer())


def _same(value):
    return ir.Constant(_BYTES, [value] * WIDTH)


def _between(builder, vector, first, last):
    """Return which bytes lie between two values, both included."""
    moved = builder.sub(vector, _same(first)) if first else vector
    return builder.icmp_unsigned("<=", moved, _same(last - first))


def _equal(builder, vector, value):
    return builder.icmp_unsigned("==", vector, _same(value))


def _word(builder, flags):
    return builder.bitcast(flags, _I64)


@intrinsic
def _load64(typing, text, position):
    """Return the 8 bytes at ``position`` as uint64, the first byte lowest."""
    if not _is_bytes(text):
        return None

    def generate(context, builder, signature, arguments):
        address = _at(context, builder, signature.args[0], arguments[0], arguments[1], _I64)
        return builder.load(address, align=1)

    return uint64(text, types.intp), generate


@intrinsic
def _store32(typing, out, position, value):
    """Write a uint32 at ``position``, its lowest byte first."""
    if not _is_bytes(out):
        return None

    def generate(context, builder, signature, arguments):
        address = _at(context, builder, signature.args[0], arguments[0], arguments[1], ir.IntType(32))
        builder.store(arguments[2], address, align=1)
        return context.get_dummy_value()

    return types.void(out, types.intp, uint32), generate


@intrinsic
def _mark_words(typing, text, position):
    """Return (in words, apostrophes and hyphens, line feeds): letters, digits and all beyond ASCII are in words."""
    if not _is_bytes(text):
        return None

    def generate(context, builder, signature, arguments):
        address = _at(context, builder, signature.args[0], arguments[0], arguments[1], _BYTES)
        vector = builder.load(address, align=1)
        letters = _between(builder, builder.or_(vector, _same(0x20)), ord("a"), ord("z"))
        beyond = builder.icmp_signed("<", vector, _same(0))
        words = builder.or_(builder.or_(letters, _between(builder, vector, ord("0"), ord("9"))), beyond)
        joiners = builder.or_(_equal(builder, vector, ord("'")), _equal(builder, vector, ord("-")))
        marks = [_word(builder, flags) for flags in (words, joiners, _equal(builder, vector, ord("\n")))]
        return context.make_tuple(builder, signature.return_type, marks)

    return types.UniTuple(uint64, 3)(text, types.intp), generate


@intrinsic
def _mark_text(typing, text, position):
    """Return (not white space, none, line feeds); white space is that of ASCII, as Python splits at it."""
    if not _is_bytes(text):
        return None

    def generate(context, builder, signature, arguments):
        address = _at(context, builder, signature.args[0], arguments[0], arguments[1], _BYTES)
        vector = builder.load(address, align=1)
        space = builder.or_(_between(builder, vector, 0x09, 0x0D), _between(builder, vector, 0x1C, 0x20))
        marks = [_word(builder, builder.not_(space)), ir.Constant(_I64, 0)]
        marks.append(_word(builder, _equal(builder, vector, ord("\n"))))
        return context.make_tuple(builder, signature.return_type, marks)

    return types.UniTuple(uint64, 3)(text, types.intp), generate


@intrinsic
def _copy_lowered(typing, text, position, lower, out, to):
    """Copy 64 bytes, A to Z lowered if ``lower`` is 32 rather than 0; return (beyond ASCII, line feeds)."""
    if not (_is_bytes(text) and _is_bytes(out)):
        return None

    def generate(context, builder, signature, arguments):
        address = _at(context, builder, signature.args[0], arguments[0], arguments[1], _BYTES)
        vector = builder.load(address, align=1)
        capitals = _between(builder, vector, ord("A"), ord("Z"))
        first = builder.insert_element(ir.Constant(_BYTES, ir.Undefined), arguments[2], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        step = builder.select(capitals, builder.shuffle_vector(first, first, zeros), _same(0))
        target = _at(context, builder, signature.args[3], arguments[3], arguments[4], _BYTES)
        builder.store(builder.or_(vector, step), target, align=1)
        beyond = builder.icmp_signed("<", vector, _same(0))
        marks = [_word(builder, beyond), _word(builder, _equal(builder, vector, ord("\n")))]
        return context.make_tuple(builder, signature.return_type, marks)

    return types.UniTuple(uint64, 2)(text, types.intp, uint8, out, types.intp), generate


@intrinsic
def _prefetch_slot(typing, slots, place):
    """Ask for the row ``place`` of a uint64 matrix ahead of its use."""

    def generate(context, builder, signature, arguments):
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        offset = builder.mul(arguments[1], cgutils.unpack_tuple(builder, view.shape)[1])
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.bitcast(builder.gep(view.data, [offset], source_etype=_I64), pointer)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        hint = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(hint, [address, *(ir.Constant(number, value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(slots, types.intp), generate


@intrinsic
def _lowest_bit(typing, bits):
    """Return the place of the lowest 1 among 64 bits; 64 if there is none."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(uint64), generate


@intrinsic
def _count_bits(typing, bits):
    """Return how many of 64 bits are 1."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.int64(uint64), generate


def _plain_load64(text, position):
    return uint64(int.from_bytes(text[position : position + 8].tobytes(), "little"))


def _plain_store32(out, position, value):
    out[position : position + 4] = list(int(value).to_bytes(4, "little"))


def _plain_prefetch_slot(slots, place):
    """A hint has no result."""


def _pack(flags):
    return uint64(sum(1 << place for place, flag in enumerate(flags) if flag))


def _plain_mark_words(text, position):
    here = text[position : position + WIDTH].tolist()
    words = _pack(byte >= 0x80 or chr(byte).isalnum() for byte in here)
    return words, _pack(byte in b"'-" for byte in here), _pack(byte == 10 for byte in here)


def _plain_mark_text(text, position):
    here = text[position : position + WIDTH].tolist()
    return _pack(byte >= 0x80 or not chr(byte).isspace() for byte in here), uint64(0), _pack(b == 10 for b in here)


def _plain_copy_lowered(text, position, lower, out, to):
    here = text[position : position + WIDTH].tobytes()
    out[to : to + WIDTH] = list(here.lower() if lower else here)
    return _pack(byte >= 0x80 for byte in here), _pack(byte == 10 for byte in here)


def _plain_lowest_bit(bits):
    return (int(bits) & -int(bits)).bit_length() - 1 if bits else 64


def _plain_count_bits(bits):
    return int(bits).bit_count()


if config.DISABLE_JIT:
    load64, store32, prefetch_slot = _plain_load64, _plain_store32, _plain_prefetch_slot
    mark_words, mark_text, copy_lowered = _plain_mark_words, _plain_mark_text, _plain_copy_lowered
    lowest_bit, count_bits = _plain_lowest_bit, _plain_count_bits
else:
    load64, store32, prefetch_slot = _load64, _store32, _prefetch_slot
    mark_words, mark_text, copy_lowered = _mark_words, _mark_text, _copy_lowered
    lowest_bit, count_bits = _lowest_bit, _count_bits

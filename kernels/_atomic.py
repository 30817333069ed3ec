"""Counters that threads share: add, exchange, publish, wait.

Counters are items of an int64 vector, :data:`APART` items from each other, so that no two lie on one cache line.
With the JIT off there is one thread, and plain loops do.
"""

import platform
import sys

from llvmlite import ir
from numba import config, int64, types
from numba.extending import intrinsic

from ._vector import I32, I64, Code, is_vector

#: Distance of two counters: 128 bytes.
APART = 16
#: Whether several threads may share counters.
IS_ATOMIC = not config.DISABLE_JIT


def _address(context, builder, signature, arguments):
    """Return where counter ``arguments[1]`` of the vector ``arguments[0]`` is."""
    code = Code(context, builder)
    return code.at(code.matrix(signature.args[0], arguments[0])[0], arguments[1], I64)


@intrinsic
def _add(typing, counters, number, amount):
    """Add to a counter; return what it was before."""
    if not is_vector(counters, int64):
        return None

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature, arguments)
        return builder.atomic_rmw("add", address, arguments[2], "acq_rel")

    return int64(counters, types.intp, int64), generate


@intrinsic
def _exchange(typing, counters, number, expected, value):
    """Set a counter to ``value`` if it is ``expected``; tell whether it was."""
    if not is_vector(counters, int64):
        return None

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature, arguments)
        found = builder.cmpxchg(address, arguments[2], arguments[3], "acq_rel", "monotonic")
        return builder.extract_value(found, 1)

    return types.boolean(counters, types.intp, int64, int64), generate


@intrinsic
def _read(typing, counters, number):
    """Return a counter, and see all that was written before it was published."""
    if not is_vector(counters, int64):
        return None

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature, arguments)
        return builder.load_atomic(address, "acquire", 8)

    return int64(counters, types.intp), generate


@intrinsic
def _publish(typing, counters, number, value):
    """Set a counter; who reads it sees all that was written before."""
    if not is_vector(counters, int64):
        return None

    def generate(context, builder, signature, arguments):
        address = _address(context, builder, signature, arguments)
        builder.store_atomic(arguments[2], address, "release", 8)
        return context.get_dummy_value()

    return types.void(counters, types.intp, int64), generate


@intrinsic
def _breathe(typing):
    """Give the CPU to another thread, if one waits for it."""

    def generate(context, builder, signature, arguments):
        Code(context, builder).call("SwitchToThread" if sys.platform == "win32" else "sched_yield", I32)
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def _relax(typing):
    """Wait a moment before looking at a counter again: a hint."""

    def generate(context, builder, signature, arguments):
        if platform.machine() in ("x86_64", "AMD64"):
            Code(context, builder).call("llvm.x86.sse2.pause", ir.VoidType())
        return context.get_dummy_value()

    return types.void(), generate


def _plain_add(counters, number, amount):
    before = counters[number]
    counters[number] += amount
    return before


def _plain_exchange(counters, number, expected, value):
    if counters[number] != expected:
        return False
    counters[number] = value
    return True


def _plain_read(counters, number):
    return counters[number]


def _plain_publish(counters, number, value):
    counters[number] = value


def _nothing():
    """With one thread there is nobody to wait for."""


if config.DISABLE_JIT:
    add, exchange, read, publish = _plain_add, _plain_exchange, _plain_read, _plain_publish
    breathe = relax = _nothing
else:
    add, exchange, read, publish, breathe, relax = _add, _exchange, _read, _publish, _breathe, _relax

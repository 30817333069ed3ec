"""Randomness without state: every draw is a hash of what it is for."""

import numpy as np

from ._jit import inlined, kernel

#: Step of a stream: the state of draw n is the first state plus n steps (Steele et al. 2014).
STEP = np.uint64(0x9E3779B97F4A7C15)
_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_40 = np.uint64(40)


@inlined
def mix64(value):
    """Return 64 well-mixed bits of ``value`` (uint64): the finalizer of SplitMix64."""
    z = value
    z = (z ^ (z >> _30)) * _A
    z = (z ^ (z >> _27)) * _B
    return z ^ (z >> _31)


@inlined
def stream_of(seed, epoch, sentence):
    """Return the first state (uint64) of the stream that belongs to a sentence in an epoch.

    Draw n of the stream is ``mix64(state + n * STEP)``.
    """
    state = mix64(np.uint64(seed) + STEP)
    state = mix64(state + (np.uint64(epoch) + np.uint64(1)) * STEP)
    return mix64(state + (np.uint64(sentence) + np.uint64(1)) * STEP)


@kernel
def fill_uniform(seed, scale, columns, out):
    """Fill ``out[:, :columns]`` with draws from the open interval (-scale, scale).

    Parameters
    ----------
    seed : uint64
        Each row has its own stream, keyed by the seed and the row.
    scale : float32
        Half the width of the interval.
    columns : int
        Columns to fill; the rest (padding) is set to zero.
    out : float32[V, P]
        Overwritten.
    """
    for row in range(out.shape[0]):
        state = stream_of(seed, 0, row)
        for d in range(out.shape[1]):
            if d < columns:
                state += STEP
                unit = np.float32(np.int64(mix64(state) >> _40)) + np.float32(0.5)
                out[row, d] = (unit * np.float32(2.0**-23) - np.float32(1.0)) * scale
            else:
                out[row, d] = np.float32(0.0)

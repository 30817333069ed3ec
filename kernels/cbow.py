"""Continuous bag of words with negative sampling: the loss of a window, and the step that lowers it."""

import numpy as np

from ._jit import inlined
from ._tile import dot_mean, update_mean
from ._vector import STRIDE

_ONE = np.float32(1.0)


@inlined
def score_cbow(w, W, U, windows):
    """Write the dot products of the mean of a window's context words with its center and noise words.

    Parameters
    ----------
    w : int
        Which window.
    W, U : float32[V, P]
        Input and output vectors, padded; only read.
    windows : Windows
        ``scores`` beside the window's first context word are overwritten.
    """
    contexts, outputs, scores = windows.contexts, windows.outputs, windows.scores
    first, last = windows.rows[w], windows.rows[w + 1]
    for place in range(0, outputs.shape[1], STRIDE):
        dot_mean(W, U, contexts, first, last, outputs, w, place, scores)


@inlined
def update_cbow(w, low, high, exact, update_output, W, U, windows):
    """Take the step of a weighed window in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    w, low, high : int
        Which window; columns, multiples of 16.
    exact : bool
        True divides the context words' step by their number, as the derivative of the mean says; False gives
        each of them the whole step, as word2vec does.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    W, U : float32[V, P]
        Updated in place; a word that occurs twice moves twice.
    windows : Windows
        See :class:`wordvec.kernels.windows.Windows`.
    """
    first, last = windows.rows[w], windows.rows[w + 1]
    scale = _ONE / np.float32(last - first) if exact else _ONE
    update_mean(
        W,
        U,
        windows.contexts,
        windows.shares,
        first,
        last,
        windows.outputs,
        w,
        windows.scores,
        scale,
        low,
        high,
        update_output,
    )

"""Skip-gram with negative sampling: the loss of a window, and the step that lowers it."""

from ._jit import inlined
from ._tile import dot_contexts, update_contexts
from ._vector import STRIDE


@inlined
def score_skipgram(w, W, U, windows):
    """Write the dot products of a window's context words with its center and noise words, which they share.

    Parameters
    ----------
    w : int
        Which window.
    W, U : float32[V, P]
        Input and output vectors, padded; only read.
    windows : Windows
        ``scores`` of this window are overwritten.
    """
    contexts, outputs, scores = windows.contexts, windows.outputs, windows.scores
    first, last = windows.rows[w], windows.rows[w + 1]
    for place in range(0, outputs.shape[1], STRIDE):
        dot_contexts(W, U, contexts, first, last, outputs, w, place, scores)


@inlined
def update_skipgram(w, low, high, update_output, W, U, windows):
    """Take the step of a weighed window in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    w : int
        Which window.
    low, high : int
        Columns, multiples of 16.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    W, U : float32[V, P]
        Updated in place: six outputs at a time, context rows meet the values of ``U`` before, and output rows those
        of the context rows when their turn came. A word that occurs twice moves twice.
    windows : Windows
        See :class:`wordvec.kernels.windows.Windows`.
    """
    contexts, scores, outputs = windows.contexts, windows.scores, windows.outputs
    first, last = windows.rows[w], windows.rows[w + 1]
    for place in range(0, outputs.shape[1], STRIDE):
        update_contexts(W, U, contexts, first, last, outputs, w, place, scores, low, high, update_output)

"""Skip-gram with negative sampling: the loss of a window, and the step that lowers it."""

from ._jit import inlined
from ._tile import dot_contexts, update_contexts
from ._vector import STRIDE


@inlined
def score_skipgram(w, groups, W, U, windows):
    """Write the dot products of a window's context words with its center and noise words, which they share.

    Parameters
    ----------
    w : int
        Which window.
    groups : int
        Places for output words, eight for every six.
    W, U : float32[V, P]
        Input and output vectors, padded; only read.
    windows : Windows
        ``scores`` of this window are overwritten.
    """
    for place in range(0, groups, STRIDE):
        dot_contexts(W, U, windows, w, place)


@inlined
def update_skipgram(w, groups, low, high, update_output, W, U, windows):
    """Take the step of a weighed window in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    w, groups : int
        Which window; places for output words.
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
    for place in range(0, groups, STRIDE):
        update_contexts(W, U, windows, w, place, low, high, update_output)

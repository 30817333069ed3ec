"""Continuous bag of words with negative sampling: the loss of a window, and the step that lowers it."""

from ._jit import inlined
from ._tile import dot_mean, update_mean
from ._vector import STRIDE


@inlined
def score_cbow(w, groups, W, U, windows):
    """Write the dot products of the mean of a window's context words with its center and noise words.

    Parameters
    ----------
    w : int
        Which window.
    groups : int
        Places for output words, eight for every six.
    W, U : float32[V, P]
        Input and output vectors, padded; only read.
    windows : Windows
        ``scores`` beside the window's first context word are overwritten.
    """
    for place in range(0, groups, STRIDE):
        dot_mean(W, U, windows, w, place)


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
    update_mean(W, U, windows, w, exact, low, high, update_output)

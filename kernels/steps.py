"""The step of a window in skip-gram and CBOW with negative sampling: its scores, its loss, and what moves."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._place import prefetch_read, prefetch_write
from ._tile import dot_contexts, dot_mean, update_contexts, update_mean, weigh
from ._vector import STRIDE
from .windows import SPARE, prepare_block

#: Which architecture is trained, and how.
SKIPGRAM, CBOW, CBOW_EXACT = 0, 1, 2
#: A product of losses above this becomes a logarithm before it overflows.
_LARGE = 1e150


class Task(NamedTuple):
    """What is trained in one epoch.

    Parameters
    ----------
    model : int
        :data:`SKIPGRAM`, :data:`CBOW` or :data:`CBOW_EXACT`.
    groups, parts : int
        Places for the output words of a window, eight for every six; how many times 64 context words it has at most.
    epoch : int
        With the seed and a segment's number, it keys all randomness.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    rates : float32[B]
        Learning rate of each block.
    W, U : float32[V, P]
        Input and output vectors, padded; updated in place.
    losses, pairs : float64[B]
        Overwritten for each block: sum of its losses in nats, and number of its pairs (of windows, for CBOW).
    """

    model: int
    groups: int
    parts: int
    epoch: int
    update_output: bool
    rates: NDArray[np.float32]
    W: NDArray[np.float32]
    U: NDArray[np.float32]
    losses: NDArray[np.float64]
    pairs: NDArray[np.float64]


@inlined
def score_windows(first, last, task, W, U, windows, losses):
    """Score windows ``first`` to ``last - 1``, weigh their pairs, and write their losses.

    In skip-gram each context word is scored against the center and the noise words of the window, which all context
    words share; in CBOW the mean of the context words is, and its scores lie beside the first one.

    Parameters
    ----------
    first, last : int
        Which windows.
    task : Task
        What is trained.
    W, U : float32[V, P]
        Its vectors; only read.
    windows : Windows
        ``scores`` of these windows are overwritten. Windows after the last are looked at: there is room.
    losses : float64[windows, 2]
        Those of ``windows``, overwritten.
    """
    for w in range(first, last):
        prefetch_read(W, U, windows, w + SPARE, 0, W.shape[1])
        for place in range(0, task.groups, STRIDE):
            if task.model == SKIPGRAM:
                dot_contexts(W, U, windows, w, place)
            else:
                dot_mean(W, U, windows, w, place)
    for w in range(first, last):
        losses[w, 0], losses[w, 1] = weigh_window(w, task, windows)


@inlined
def weigh_window(w, task, windows):
    r"""Turn the scores of a window into the coefficients of its pairs' steps.

    The loss of a score s is :math:`-\log\sigma(s)` for the center and :math:`-\log\sigma(-s)` for a noise word. The
    coefficient is minus its derivative, times the learning rate and the weight that touch decay leaves.

    Parameters
    ----------
    w : int
        Which window.
    task : Task
        What is trained: for CBOW, the mean of the context words was scored, in one row.
    windows : Windows
        ``scores`` of the window are overwritten.

    Returns
    -------
    (float64, float64)
        a and b: the loss of the window is ``a + log(b)`` nats.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their compositionality", eq. 4, for
    skip-gram (the input row is the context word's, as in word2vec); Mikolov et al. (2013), "Efficient estimation of
    word representations in vector space", sec. 3.1, for CBOW.
    """
    loss = 0.0
    product = 1.0
    for place in range(0, task.groups, STRIDE):
        label = np.float32(1.0) if place == 0 else np.float32(0.0)
        for part in range(task.parts if task.model == SKIPGRAM else 1):
            wrong, above = weigh(windows, w, place, label, task.model != SKIPGRAM, part)
            loss += wrong
            product *= above
            if product > _LARGE:
                loss += math.log(product)
                product = 1.0
    return loss, product


@inlined
def update_windows(first, last, low, high, task, W, U, windows):
    """Take the steps of weighed windows ``first`` to ``last - 1`` in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    first, last : int
        Which windows.
    low, high : int
        Columns, multiples of 16.
    task : Task
        What is trained. :data:`CBOW_EXACT` divides the context words' step by their number, as the derivative of the
        mean says; :data:`CBOW` gives each of them the whole step, as word2vec does.
    W, U : float32[V, P]
        Its vectors, updated in place; a word that occurs twice in a window moves twice. In skip-gram context rows meet
        the values of ``U`` before, six outputs at a time, and output rows those of the context rows when their turn
        came.
    windows : Windows
        Only read.
    """
    for w in range(first, last):
        if task.model == SKIPGRAM:
            for place in range(0, task.groups, STRIDE):
                update_contexts(W, U, windows, w, place, low, high, task.update_output)
        else:
            update_mean(W, U, windows, w, task.model == CBOW_EXACT, low, high, task.update_output)


@inlined
def prepare(block, schedule, draws, task, windows):
    """Do :func:`wordvec.kernels.windows.prepare_block` for a task."""
    prepare_block(block, task.epoch, schedule, task.rates[block], draws, windows)


@kernel
def score_share(first, last, task, windows):
    """Do :func:`score_windows`: compiled once, for all who call it for more than one window."""
    score_windows(first, last, task, task.W, task.U, windows, windows.losses)


@kernel
def update_share(low, high, task, windows):
    """Do :func:`update_windows` for all windows of a block.

    Who has some of the columns only has scored some of the windows only: rows are in the caches of another core.
    """
    W, U = task.W, task.U
    for w in range(windows.sizes[0]):
        if high - low < W.shape[1]:
            prefetch_write(W, U, windows, w + SPARE, low, high)
        update_windows(w, w + 1, low, high, task, W, U, windows)


@inlined
def race_windows(task, windows):
    """Score and update the windows of a block one after the other."""
    W, U, losses, columns = task.W, task.U, windows.losses, task.W.shape[1]
    for w in range(windows.sizes[0]):
        score_windows(w, w + 1, task, W, U, windows, losses)
        update_windows(w, w + 1, 0, columns, task, W, U, windows)


@inlined
def sum_losses(block, task, windows):
    """Write the loss and the number of pairs of a block whose windows are scored."""
    total = 0.0
    product = 1.0
    losses = windows.losses
    for w in range(windows.sizes[0]):
        total += losses[w, 0]
        product *= losses[w, 1]
        if product > _LARGE:
            total += math.log(product)
            product = 1.0
    task.losses[block] = total + math.log(product)
    task.pairs[block] = windows.sizes[1] if task.model == SKIPGRAM else windows.sizes[0]

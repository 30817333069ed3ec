"""A small tagger over vectors that stay as they are: a window of words, and a perceptron with one hidden layer.

Of scikit-learn's classifiers ``MLPClassifier`` learns best from windows and soonest; logistic regression (L-BFGS) takes
several times as long for fewer right tags, and ``SGDClassifier`` one class against the others for fewer still.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import require

__all__ = ["SHAPES", "TaggerSettings", "tag"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

_BATCH = 100
#: So that little to learn from is learnt all the same: five passes over 1,000 sentences are 800 batches.
_LEAST_BATCHES = 1000
#: Windows are copied out of the vectors so many tokens at a time: 20,000 of 5 x 300 numbers are 120 MB.
_CHUNK = 20_000

#: Words on either side: 20,000 windows of 20 are 1 GB at 300 dimensions.
_WIDEST = 20

#: How a word is written, as the tagger may see it.
SHAPES = ("lower", "title", "upper", "mixed", "digits", "other")


@dataclass(frozen=True)
class TaggerSettings:
    """What is learnt, from how much.

    Parameters
    ----------
    sizes : tuple of (int >= 1 or None), default (1000, 4000, None)
        Numbers of sentences to learn from; None is all of them. Those that the text does not have are left out.
        A smaller number is part of every larger one.
    hidden : tuple of int >= 0, default (64,)
        Numbers of hidden units; 0 is none, which leaves multinomial logistic regression.
    window : int 0 to 20, default 2
        Words seen on either side.
    shape : bool, default False
        Whether the tagger also sees how a word is written: in lower case, with a capital, in digits ... No by
        default, because the question is what vectors know.
    epochs : int >= 1, default 5
        Passes over the sentences; more where they are so few that it takes more to make 1,000 batches.
    seed : int 0 to 4294967295, default 1
        Of the choice of sentences, the first weights and the random vectors.
    """

    sizes: tuple[int | None, ...] = (1000, 4000, None)
    hidden: tuple[int, ...] = (64,)
    window: int = 2
    shape: bool = False
    epochs: int = 5
    seed: int = 1

    def __post_init__(self) -> None:
        sizes = bool(self.sizes) and all(size is None or size >= 1 for size in self.sizes)
        require(sizes, "sizes", "integers >= 1 or None", self.sizes)
        require(bool(self.hidden) and min(self.hidden) >= 0, "hidden", "integers >= 0", self.hidden)
        require(0 <= self.window <= _WIDEST, "window", f"an integer 0 to {_WIDEST}", self.window)
        require(self.epochs >= 1, "epochs", "an integer >= 1", self.epochs)
        require(0 <= self.seed < 1 << 32, "seed", "an integer 0 to 4294967295", self.seed)


def tag(
    table: Floats,
    learnt: tuple[Ids, Ids],
    asked: Ids,
    *,
    classes: int,
    hidden: int,
    epochs: int,
    seed: int,
    shapes: int = 0,
) -> Ids:
    """Learn the classes of windows, and return int64[M], the class of each window asked.

    Adam over the cross entropy, rectified linear hidden units, a small L2 penalty: scikit-learn's defaults, in
    batches of 100 windows whose order is drawn from the seed. It runs on as many threads as BLAS is allowed to
    use; the same result for any number is had by allowing it one.

    Parameters
    ----------
    table : float32[U, D]
        What the tagger sees of each kind of word.
    learnt : (int64[N, W], int64[N])
        Windows of rows of the table, and the class of each.
    asked : int64[M, W]
        Windows to classify.
    classes : int >= 1
        How many classes there are.
    hidden : int >= 0
        Hidden units; 0 for none.
    epochs : int >= 1
        Passes over the windows; more if they do not make 1,000 batches.
    seed : int >= 0
        Of the first weights and the order.
    shapes : int >= 0, default 0
        How many columns of the windows, the last ones, are numbers 0 to 6 of shapes instead of rows; 6 is none.

    References
    ----------
    Collobert et al. (2011), "Natural language processing (almost) from scratch", JMLR 12, section 3 (windows).

    Examples
    --------
    >>> windows = np.array([[0], [1]] * 5000)
    >>> tag(np.eye(2, dtype=np.float32), (windows, windows[:, 0]), windows[:3], classes=2, hidden=0, epochs=9, seed=1)
    array([0, 1, 0])
    """
    windows, targets = learnt
    if len(np.unique(targets)) < 2:  # nothing to tell apart
        return np.full(len(asked), targets[0], dtype=np.int64)
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        hidden_layer_sizes=(hidden,) if hidden else (),
        batch_size=min(_BATCH, len(windows)),
        shuffle=False,
        random_state=seed,
    )
    rng = np.random.default_rng(seed)
    pieces = -(-len(windows) // _CHUNK)
    for _ in range(max(epochs, -(-_LEAST_BATCHES * _BATCH // len(windows)))):
        for chosen in np.array_split(rng.permutation(len(windows)), pieces):
            model.partial_fit(_features(table, windows[chosen], shapes), targets[chosen], classes=np.arange(classes))
    found = [model.predict(_features(table, asked[i : i + _CHUNK], shapes)) for i in range(0, len(asked), _CHUNK)]
    return np.concatenate(found).astype(np.int64)


def _features(table: Floats, windows: Ids, shapes: int) -> Floats:
    """Return float32[n, F], the rows of each window side by side, and a 1 for each shape."""
    words = windows.shape[1] - shapes
    seen = table[windows[:, :words]].reshape(len(windows), -1)
    if not shapes:
        return np.asarray(seen)
    units = np.eye(len(SHAPES) + 1, len(SHAPES), dtype=np.float32)
    return np.concatenate([seen, units[windows[:, words:]].reshape(len(windows), -1)], axis=1)

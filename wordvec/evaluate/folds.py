"""Classifiers of word pairs that are tested on other pairs, or on other words, than they have learnt from.

A classifier of pairs can learn that *animal* is a word that others entail, and never look at the other word (Levy et
al. 2015). It is seen through when no word that is tested was in training. Folds are drawn from what the pairs say,
not from where they stand in a file, and from the whole test set, not from the words that a model knows.

References
----------
Levy, Remus, Biemann and Dagan (2015), "Do supervised distributional methods really learn lexical inference
relations?", NAACL.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import require

__all__ = [
    "FOLDS",
    "Fold",
    "count_straddling",
    "cross_validate",
    "group_folds",
    "random_folds",
    "word_folds",
]

FOLDS = 5

Pairs = Sequence[tuple[str, str]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fold:
    """One round: what is tested, and what may be learnt from.

    Parameters
    ----------
    test, train : bool[n]
        Which pairs; none is both.
    """

    test: Mask
    train: Mask


def _folded(words: Pairs) -> list[tuple[str, str]]:
    return [(one.casefold(), other.casefold()) for one, other in words]


def _drawn(keys: Sequence[str]) -> list[str]:
    """Return keys in an order that looks random and depends on nothing but what they say."""
    return sorted(keys, key=lambda key: hashlib.sha256(key.encode()).digest())


def random_folds(words: Pairs, folds: int = FOLDS) -> list[Fold]:
    """Divide pairs at random; words that are tested are in training too. Copies of a pair stay together.

    Parameters
    ----------
    words : sequence of (str, str)
        The pairs.
    folds : int >= 2, default 5
        How many.

    Examples
    --------
    >>> found = random_folds([("cat", "pet"), ("dog", "pet"), ("Cat", "pet"), ("oak", "tree")], 2)
    >>> [(fold.test.tolist(), fold.train.tolist()) for fold in found][0]
    ([False, True, False, True], [True, False, True, False])
    """
    keys = ["\t".join(pair) for pair in _folded(words)]
    place = {key: i % folds for i, key in enumerate(_drawn(list(set(keys))))}
    return _rounds(np.array([place[key] for key in keys], dtype=np.int64), folds)


def group_folds(groups: NDArray[np.int64], names: Sequence[str], folds: int = FOLDS) -> list[Fold]:
    """Divide groups of pairs into folds of about the same size: the largest first, to the smallest fold.

    Parameters
    ----------
    groups : int64[n]
        The group of each pair.
    names : sequence of str
        What the groups are called; decides between groups of one size.
    folds : int >= 2, default 5
        How many.

    Examples
    --------
    >>> [fold.test.tolist() for fold in group_folds(np.array([0, 0, 1, 2]), ["a", "b", "c"], 2)]
    [[True, True, False, False], [False, False, True, True]]
    """
    require(folds >= 2, "folds", "an integer >= 2", folds)
    sizes = np.bincount(groups, minlength=len(names))
    drawn = {name: i for i, name in enumerate(_drawn(list(names)))}
    load, place = [0] * folds, np.zeros(len(names), dtype=np.int64)
    for group in sorted(range(len(names)), key=lambda g: (-sizes[g], drawn[names[g]])):
        place[group] = fold = load.index(min(load))
        load[fold] += int(sizes[group])
    return _rounds(place[groups], folds)


def _rounds(place: NDArray[np.int64], folds: int) -> list[Fold]:
    return [Fold(place == fold, place != fold) for fold in range(folds)]


def word_folds(words: Pairs, folds: int = FOLDS) -> list[Fold]:
    """Return rounds with no word of a test in training: first words and second words are divided, each by themselves.

    A round tests the pairs of one part of the first words and one part of the second, and learns from pairs that
    have neither in common with it. So each pair is tested once, and training keeps about the same share of every
    kind of pair; what straddles is in neither. Dividing pairs by one word only, and leaving out of training what
    shares the other, would leave rare words there and nothing else.

    Parameters
    ----------
    words : sequence of (str, str)
        The pairs.
    folds : int >= 2, default 5
        Parts of either side: there are up to ``folds ** 2`` rounds.

    Examples
    --------
    >>> found = word_folds([("cat", "pet"), ("dog", "pet"), ("oak", "tree"), ("elm", "tree"), ("dog", "oak")], 2)
    >>> found[0].test.tolist(), found[0].train.tolist()
    ([False, True, False, False, True], [False, False, False, True, False])
    """
    pairs = _folded(words)
    sides = []
    for side in (0, 1):
        names = sorted({pair[side] for pair in pairs})
        number = {name: i for i, name in enumerate(names)}
        sides.append(group_folds(np.array([number[pair[side]] for pair in pairs], dtype=np.int64), names, folds))
    found = []
    for one in sides[0]:
        for other in sides[1]:
            test = one.test & other.test
            tested = {word for pair, asked in zip(pairs, test, strict=True) if asked for word in pair}
            # A word may be first in one pair and second in another.
            apart = np.array([tested.isdisjoint(pair) for pair in pairs], dtype=np.bool_)
            found.append(Fold(test, one.train & other.train & apart))
    return [fold for fold in found if fold.test.any()]


def count_straddling(folds: Sequence[Fold]) -> str:
    """Return a note about how many pairs are in training, on average over the pairs that are tested.

    Parameters
    ----------
    folds : sequence of Fold
        At least one.

    Examples
    --------
    >>> count_straddling([Fold(np.array([True, False, False]), np.array([False, True, False]))])
    'no shared words: learnt from 1 of 2 pairs, 1 straddle and are left out (means of 1 rounds)'
    """
    train = sum(int(fold.train.sum()) for fold in folds) / len(folds)
    rest = sum(int((~fold.test).sum()) for fold in folds) / len(folds)
    return (
        f"no shared words: learnt from {train:.0f} of {rest:.0f} pairs, {rest - train:.0f} straddle and are left out "
        f"(means of {len(folds)} rounds)"
    )


def cross_validate(
    features: NDArray[np.float64], labels: NDArray[np.int64], folds: Sequence[Fold], words: Pairs
) -> NDArray[np.float64]:
    """Return float64[n, C], the probability of each label for each item by logistic regression on other items.

    Parameters
    ----------
    features : float64[n, D]
        What is known of each item.
    labels : int64[n]
        Numbers 0 to C - 1.
    folds : sequence of Fold
        Every item is tested in one.
    words : sequence of (str, str)
        The pairs; items are learnt in their order, so that the order of lines does not matter.

    Notes
    -----
    L2 regularisation with C = 1 on features as they are. Where training holds one label only, that is certain;
    where it holds nothing, all labels are as likely. One thread, so that any number gives the same bits.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [-1.0], [-2.0]])
    >>> even = np.array([True, False, True, False])
    >>> pairs = [("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")]
    >>> chances = cross_validate(x, np.array([1, 1, 0, 0]), [Fold(even, ~even), Fold(~even, even)], pairs)
    >>> chances.argmax(axis=1).tolist()
    [1, 1, 0, 0]
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    size = int(labels.max()) + 1 if len(labels) else 1
    found = np.full((len(labels), size), 1.0 / size)
    pairs = _folded(words)
    order = np.array(sorted(range(len(pairs)), key=lambda i: (pairs[i], int(labels[i]))), dtype=np.int64)
    with threadpool_limits(1):
        for fold in folds:
            train, test = order[fold.train[order]], order[fold.test[order]]
            known = np.unique(labels[train])
            if len(known) and len(test):
                found[test] = 0.0
                if len(known) == 1:
                    found[np.ix_(test, known)] = 1.0
                else:
                    model = LogisticRegression(max_iter=5000).fit(features[train], labels[train])
                    found[np.ix_(test, known)] = model.predict_proba(features[test])
    return found

"""How far a word's drift stands out among words that are as frequent: a rule that needs no labels."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEWEST", "PEERS", "THRESHOLD", "drift_standing"]

Floats = NDArray[np.float64]

#: Words as frequent as a word that it is compared with, and how few of them are too few.
PEERS, FEWEST = 200, 50
#: Standing above which a word is called changed. It is where planted words (half of their uses swapped with those of
#: another word, in text that is otherwise of one source) and unchanged ones are told apart with fewest errors:
#: ``benchmarks/drift_threshold.py``. No gold label was looked at.
THRESHOLD = 0.9

#: A median of absolute deviations times this is a standard deviation, of normal numbers.
_NORMAL = 1.4826


def drift_standing(drift: Floats, counts: NDArray[np.int64], asked: NDArray[np.int64], *, peers: int = PEERS) -> Floats:
    r"""Return how far each word's drift is above that of words that are as frequent, in their standard deviations.

    Drift falls with the count, so a threshold on it would be one on counts. A word is compared with the ``peers``
    other words whose effective count :math:`1 / (1 / n_{source} + 1 / n_{target})` is nearest; their median and the
    median of their absolute deviations make up the scale.

    Parameters
    ----------
    drift : float64[n]
        Of all words that were compared.
    counts : int64[n, 2]
        Their occurrences in the two slices.
    asked : int64[m]
        Which words; they are not among the peers of each other.
    peers : int >= 1, default 200
        How many words to compare with.

    Returns
    -------
    float64[m]
        NaN where fewer than 50 peers are left, or they all drift alike.

    Examples
    --------
    >>> drift = np.append(np.linspace(0.1, 0.3, 101), 0.9)
    >>> drift_standing(drift, np.full((102, 2), 40), np.array([101])).round(1).tolist()
    [9.4]
    """
    logs = -np.log((1.0 / np.maximum(counts, 1)).sum(axis=1))
    others = np.setdiff1d(np.flatnonzero(np.isfinite(drift)), asked)
    found = np.full(len(asked), np.nan)
    if len(others) < FEWEST:
        return found
    others = others[np.argsort(logs[others], kind="stable")]
    ordered, take = logs[others], min(peers, len(others))
    for place, word in enumerate(asked.tolist()):
        here = int(np.searchsorted(ordered, logs[word]))
        span = np.arange(max(0, here - take), min(len(ordered), here + take))
        near = span[np.argsort(np.abs(ordered[span] - logs[word]), kind="stable")[:take]]
        beside = drift[others[near]]
        middle = float(np.median(beside))
        spread = _NORMAL * float(np.median(np.abs(beside - middle)))
        if spread > 0.0:
            found[place] = (drift[word] - middle) / spread
    return found

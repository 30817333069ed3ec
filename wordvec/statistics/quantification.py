r"""How common each class is, from a classifier that errs: quantification.

Counting a classifier's answers, or averaging its probabilities, is not it: errors in both directions pull every share
toward the middle, and 80:20 seen through a classifier that is right in 85 of 100 cases looks like 71:29. What it does
to each true class, its confusion, is undone by maximum likelihood.

The confusion of a classifier without labels is taken from its own probabilities over all the data
(:func:`confusion_of`): if the probabilities are honest, occurrences of class i are seen as j at the rate
:math:`\sum_n p_i(x_n) p_j(x_n) / \sum_n p_i(x_n)`. Where they are too sure of themselves, :func:`temper` flattens the
evidence first, by a temperature that is measured where the truth is known.
"""

import numpy as np
from numpy.typing import NDArray

from ..errors import require

__all__ = ["adjust_prior", "confusion_of", "estimate_shares", "fit_temperature", "invert_confusion", "temper"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_STEPS = 5_000
_TOLERANCE = 1e-9
#: Shares where the search for the likeliest begins: EM never leaves a share of 0.
_INSIDE = 1e-3


def confusion_of(products: Floats) -> Floats:
    """Return float64[n, K, K]: how occurrences of true class i are seen as class j; rows sum to 1.

    Parameters
    ----------
    products : float64[n, K, K]
        For each of n words, the sum over its occurrences of ``p[:, None] * p[None, :]``, p the probabilities of the K
        classes; or of ``p[:, None] * d[None, :]``, d being 1 for the class decided for and 0 elsewhere. A class
        without any probability is seen as itself.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> confusion_of((p.T @ p)[None]).round(3).tolist()
    [[[0.773, 0.227], [0.278, 0.722]]]
    """
    mass = products.sum(axis=2)
    own = np.broadcast_to(np.eye(products.shape[1]), products.shape)
    return np.where((mass > 0)[:, :, None], products / np.where(mass > 0, mass, 1.0)[:, :, None], own)


def invert_confusion(confusion: Floats) -> tuple[Floats, Floats]:
    """Return what undoes a confusion, float64[n, K, K], and float64[n, K], how well each class is told from the others.

    The separation of a class is 1 where every occurrence shows what it is, and 0 where the class looks like a mixture
    of the others: then no amount of text says how common it is. The standard error of its share is about one divided
    by its separation times what it were with labels. Where a confusion has no inverse the separations are 0, as far as
    the classes are concerned, and the pseudo-inverse is returned.

    Parameters
    ----------
    confusion : float64[n, K, K]
        Rows sum to 1; see :func:`confusion_of`.

    Examples
    --------
    >>> inverse, separation = invert_confusion(np.array([[[0.85, 0.15], [0.15, 0.85]], [[0.5, 0.5], [0.5, 0.5]]]))
    >>> separation.round(2).tolist()
    [[0.7, 0.7], [0.0, 0.0]]
    >>> (np.array([0.71, 0.29]) @ inverse[0]).round(3).tolist()
    [0.8, 0.2]
    """
    left, values, right = np.linalg.svd(confusion)
    kept = values > 1e-6
    scaled = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
    inverse = np.asarray(np.einsum("nji,nj,nkj->nik", right, scaled, left), dtype=np.float64)
    span = inverse.max(axis=1) - inverse.min(axis=1)
    separation = np.divide(1.0, span, out=np.zeros_like(span), where=span > 0)
    # What the lost directions hold is unknown for every class that takes part in them.
    lost = np.einsum("njk,nj->nk", np.abs(left.transpose(0, 2, 1)), (~kept).astype(np.float64)) > 1e-6
    return inverse, np.where(lost, 0.0, np.minimum(separation, 1.0))


def estimate_shares(seen: Floats, confusion: Floats, is_kept: Mask | None = None) -> Floats:
    r"""Return float64[n, K], the likeliest true shares behind the shares that a classifier saw.

    Maximizes :math:`\sum_j q_j \log \sum_i \pi_i M_{ij}` over the shares :math:`\pi`, by solving the equations where
    their solution is a share of every class, and by EM elsewhere.

    Parameters
    ----------
    seen : float64[n, K]
        Share of each class among the answers (decisions, or mean probabilities); NaN for none.
    confusion : float64[n, K, K]
        :math:`M_{ij}`, the rate at which true class i is seen as j.
    is_kept : bool[n, K], optional
        Classes that there are; all by default. The others get 0.

    References
    ----------
    Dempster, Laird and Rubin (1977), "Maximum likelihood from incomplete data via the EM algorithm"; Forman (2008),
    "Quantifying counts and costs via classification"; Bella et al. (2010), "Quantification via probability estimators".

    Examples
    --------
    >>> errs = np.array([[[0.85, 0.15], [0.15, 0.85]]])
    >>> estimate_shares(np.array([[0.71, 0.29]]), errs).round(3).tolist()
    [[0.8, 0.2]]
    >>> estimate_shares(np.array([[0.95, 0.05]]), errs).round(3).tolist()
    [[1.0, 0.0]]
    """
    require(seen.shape == confusion.shape[:2], "seen.shape", str(confusion.shape[:2]), seen.shape)
    kept = np.ones(seen.shape, np.bool_) if is_kept is None else is_kept
    inverse, _ = invert_confusion(confusion)
    shares = np.einsum("nj,nji->ni", seen, inverse)
    shares = np.where(kept, shares, 0.0)
    outside = np.flatnonzero((shares < 0).any(axis=1) & np.isfinite(seen).all(axis=1))
    start = np.where(kept[outside], np.maximum(shares[outside], _INSIDE), 0.0)
    shares[outside] = _climb(seen[outside], confusion[outside], start / start.sum(axis=1, keepdims=True))
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=np.full_like(shares, np.nan), where=total > 0))


def _climb(seen: Floats, confusion: Floats, shares: Floats) -> Floats:
    """Return the shares after steps of EM; rows that no longer move are left alone."""
    moving = np.arange(len(seen))
    for _ in range(_STEPS):
        if not len(moving):
            break
        now, rates = shares[moving], confusion[moving]
        expected = np.einsum("ni,nij->nj", now, rates)
        weight = np.divide(seen[moving], expected, out=np.zeros_like(expected), where=expected > 0)
        after = now * np.einsum("nij,nj->ni", rates, weight)
        after /= after.sum(axis=1, keepdims=True)
        shares[moving] = after
        moving = moving[np.abs(after - now).max(axis=1) > _TOLERANCE]
    shares[shares < 1e-6] = 0.0  # EM nears a share of 0 ever more slowly
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def adjust_prior(
    probabilities: Floats | NDArray[np.float32],
    prior: Floats,
    *,
    groups: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
    tolerance: float = _TOLERANCE,
) -> Floats:
    r"""Return float64[G, K], the shares of classes in each group under which its probabilities are likeliest.

    What single occurrences say is used, not only their sum. With :math:`p_i(x)` the probability under a prior
    :math:`\rho`, EM repeats :math:`\pi_i \leftarrow \frac{1}{N} \sum_n \frac{\pi_i p_i(x_n) / \rho_i}{\sum_j \pi_j
    p_j(x_n) / \rho_j}`.

    Parameters
    ----------
    probabilities : float64[N, K] or float32[N, K]
        Of each occurrence; rows sum to 1.
    prior : float64[G, K]
        The shares under which they were made, for each group. A class of prior 0 gets 0.
    groups : int64[N], optional
        Which group (a word in a slice) an occurrence belongs to; one by default.
    weights : float64[N], optional
        How much each occurrence counts; 1 by default.
    tolerance : float > 0, default 1e-9
        Steps end when no share moves by more.

    Returns
    -------
    float64[G, K]
        NaN for a group without occurrences.

    References
    ----------
    Saerens, Latinne and Decaestecker (2002), "Adjusting the outputs of a classifier to new a priori probabilities: a
    simple procedure", Neural Computation 14, equation 2.9.

    Examples
    --------
    >>> seen = np.repeat([[0.85, 0.15], [0.15, 0.85]], [71, 29], axis=0)
    >>> seen.mean(axis=0).round(3).tolist()
    [0.647, 0.353]
    >>> adjust_prior(seen, np.array([[0.5, 0.5]])).round(3).tolist()
    [[0.8, 0.2]]
    """
    n, k = probabilities.shape
    size = len(prior)
    where = np.zeros(n, np.int64) if groups is None else groups
    weight = np.ones(n) if weights is None else weights
    mass = np.bincount(where, weight, size)[:, None]
    evidence = np.divide(probabilities, prior[where], out=np.zeros((n, k)), where=prior[where] > 0)
    shares = np.where(mass > 0, prior, np.nan)
    require(tolerance > 0, "tolerance", "above 0", tolerance)
    for _ in range(_STEPS):
        joint = shares[where] * evidence
        joint *= (weight / np.maximum(joint.sum(axis=1), 1e-300))[:, None]
        after = np.stack([np.bincount(where, column, size) for column in joint.T], axis=1)
        after = np.divide(after, mass, out=np.full(after.shape, np.nan), where=mass > 0)  # counts of nothing are whole
        moved = np.nanmax(np.abs(after - shares), initial=0.0)
        shares = after
        if moved <= tolerance:
            break
    return np.asarray(shares)


def temper(probabilities: Floats, prior: Floats, temperature: float) -> Floats:
    r"""Return probabilities with the evidence flattened, the prior kept: :math:`\rho_i (p_i / \rho_i)^{1/T}`, scaled.

    Parameters
    ----------
    probabilities, prior : float64[N, K]
        Of each occurrence, and its prior.
    temperature : float > 0
        T: above 1 for a classifier that is too sure of itself.

    Examples
    --------
    >>> temper(np.array([[0.99, 0.01]]), np.array([[0.5, 0.5]]), 2.0).round(3).tolist()
    [[0.909, 0.091]]
    """
    require(temperature > 0, "temperature", "above 0", temperature)
    if temperature == 1.0:
        return probabilities
    there = prior > 0
    ratio = np.divide(probabilities, prior, out=np.zeros_like(probabilities), where=there)
    logs = np.log(np.maximum(ratio, 1e-30)) / temperature
    logs = np.where(there, logs, -np.inf)
    weighed = np.where(there, prior, 0.0) * np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))


def fit_temperature(
    probabilities: Floats, prior: Floats, is_true: Mask, *, weights: Floats | None = None, most: float = 100.0
) -> float:
    """Return the temperature under which probabilities fit the truth best, by its mean logarithm.

    Parameters
    ----------
    probabilities, prior : float64[N, K]
        Of each occurrence, and its prior; see :func:`temper`.
    is_true : bool[N, K]
        Which classes are right; where several are (parts of one truth), their probabilities are added.
    weights : float64[N], optional
        How much each occurrence counts; 1 by default.
    most : float, default 100
        The highest temperature tried; the lowest is its inverse.

    References
    ----------
    Guo et al. (2017), "On calibration of modern neural networks", section 4.2.

    Examples
    --------
    >>> sure = np.repeat([[0.99, 0.01]], 100, axis=0)
    >>> right = np.array([[True, False]] * 85 + [[False, True]] * 15)
    >>> round(fit_temperature(sure, np.full((100, 2), 0.5), right), 2)
    2.65
    """
    from scipy.optimize import minimize_scalar

    require(most > 1, "most", "above 1", most)
    weight = np.ones(len(probabilities)) if weights is None else weights

    def loss(log_temperature: float) -> float:
        tempered = temper(probabilities, prior, float(np.exp(log_temperature)))
        return -float(weight @ np.log(np.maximum((tempered * is_true).sum(axis=1), 1e-12)))

    reach = float(np.log(most))
    return float(np.exp(minimize_scalar(loss, bounds=(-reach, reach), method="bounded").x))

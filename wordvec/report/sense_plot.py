"""A picture of a word's contexts, colored by the sense that the word has there."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..senses.occurrences import Occurrences, find_occurrences, typical_words
from .plot import COLORS, MARKERS, new_figure, shown, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..senses.embeddings import SenseEmbeddings
    from ..text.corpus import Corpus

__all__ = ["plot_senses", "project_contexts"]

#: How far apart the names of two senses stand at least, as a share of the picture's height, and how wide one is.
_APART, _WIDE = 0.11, 0.3
#: Characters of typical words under the name of a sense.
_TYPICAL = 34


def plot_senses(
    senses: "SenseEmbeddings", corpus: "Corpus", word: str, *, window: int | None = None, most: int = 2_000
) -> "Figure":
    """Draw the contexts of a word in two dimensions, colored by sense.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells the senses apart.
    corpus : Corpus
        Where the word occurs.
    word : str
        The word.
    window : int >= 1, optional
        Words on either side that are the context; ``senses.window`` by default.
    most : int >= 1, default 2,000
        Of more occurrences so many are drawn, evenly spaced.

    Returns
    -------
    matplotlib.figure.Figure
        One point for each occurrence: the mean vector of its context, as the gates read it, in the plane in which the
        contexts of this word differ most (their two first principal components). At the mean of each sense stand
        its name and the words that set its contexts apart.

    Raises
    ------
    UnknownWordError
        If the senses do not know the word.
    FormatError
        If it occurs in fewer than three contexts that have a known word.

    Examples
    --------
    >>> from wordvec import Corpus, SenseEmbeddings, Vocabulary
    >>> words, eye = Vocabulary(("bank", "river", "money"), np.array([6, 3, 3])), np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     words,
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> corpus = Corpus.from_sentences([["river", "bank"], ["money", "bank"]] * 5, min_count=1)
    >>> plot_senses(senses, corpus, "bank").axes[0].get_title(loc="left")
    'The contexts of bank, by sense'
    """
    found = find_occurrences(senses, corpus, word, window=window, most=most)
    means, is_known = found.means(senses)
    n = int(np.count_nonzero(is_known))
    if n < 3:
        contexts = "context" if n == 1 else "contexts"
        raise FormatError(f"{word!r} has {n} {contexts} with a known word in this corpus; a plot needs 3.")
    points, shares = project_contexts(means[is_known])
    numbers = found.probabilities[is_known].argmax(axis=1) + 1
    kept = senses.kept(word)
    with style():
        figure, axes = new_figure((7.2, 5.6))
        _scatter(axes, points, numbers, kept)
        _name_senses(axes, senses, found, word, points, numbers, kept)
        _legend(figure, senses, word, numbers, kept)
        _label(axes, word, len(points), found.n_found, shares)
    return figure


def project_contexts(means: NDArray[np.float32]) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Return the two first principal components of some vectors, and their shares of the variance.

    Parameters
    ----------
    means : float32[n, D]
        One vector for each context.

    Returns
    -------
    tuple of (float64[n, 2], tuple of (float, float))
        Signs are such that the point furthest out along each component is on the positive side.

    Examples
    --------
    >>> points, shares = project_contexts(np.array([[0, 0, 1], [4, 0, 1], [2, 1, 1]], np.float32))
    >>> points.round(2).tolist()[1], [round(share, 2) for share in shares]
    ([2.0, -0.33], [0.92, 0.08])
    """
    centered = means.astype(np.float64) - means.mean(axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centered, full_matrices=False)
    points = np.zeros((len(means), 2))
    n = min(2, len(sizes))
    points[:, :n] = left[:, :n] * sizes[:n]
    extreme = points[np.abs(points).argmax(axis=0), np.arange(2)]
    points *= np.where(extreme < 0, -1.0, 1.0)
    variance = np.zeros(2)
    variance[:n] = sizes[:n] ** 2 / max(float((sizes**2).sum()), 1e-300)
    return points, (float(variance[0]), float(variance[1]))


def _label(axes: "Axes", word: str, n: int, n_found: int, shares: tuple[float, float]) -> None:
    """Say what is drawn, and how much of the variance the two axes hold."""
    axes.set_title(shown(f"The contexts of {word}, by sense"), loc="left", fontweight="bold")
    axes.set_title(f"{n:,} of {n_found:,} occurrences", loc="right", fontsize=8.5, color="#444444")
    component = "{} principal component of the contexts ({:.0%} of their variance)"
    axes.set_xlabel(component.format("first", shares[0]), fontsize=9)
    axes.set_ylabel(component.format("second", shares[1]), fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])


def _scatter(axes: "Axes", points: NDArray[np.float64], numbers: NDArray[np.int64], kept: tuple[int, ...]) -> None:
    """Draw one point for each context, those of rare senses above the others."""
    size = float(np.clip(9_000 / max(1, len(points)), 9, 40))
    by_count = sorted(kept, key=lambda number: (-np.count_nonzero(numbers == number), number))
    for layer, number in enumerate(by_count):
        x, y = points[numbers == number].T
        color, marker = _look(number)
        axes.scatter(x, y, s=size, c=color, marker=marker, alpha=0.5, linewidths=0, zorder=2 + layer)


def _name_senses(
    axes: "Axes",
    senses: "SenseEmbeddings",
    found: Occurrences,
    word: str,
    points: NDArray[np.float64],
    numbers: NDArray[np.int64],
    kept: tuple[int, ...],
) -> None:
    """Write, near the mean of each sense, its name and typical words, no two on top of each other."""
    there = [number for number in kept if (numbers == number).any()]
    centers = np.array([points[numbers == number].mean(axis=0) for number in there])
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-12)
    axes.set_xlim(low[0] - 0.08 * extent[0], high[0] + 0.08 * extent[0])
    axes.set_ylim(low[1] - 0.08 * extent[1], high[1] + 0.10 * extent[1])
    spots = _spread_apart((centers - low) / extent) * extent + low
    for number, center, spot in zip(there, centers, spots, strict=True):
        color, marker = _look(number)
        axes.scatter(center[0], center[1], s=130, c=color, marker=marker, edgecolors="white", linewidths=1.8, zorder=40)
        typical = _join(typical_words(found, number))
        axes.annotate(
            "\n".join([shown(f"{word}#{number}"), *([shown(typical)] if typical else [])]),
            center,
            spot,
            ha="center",
            va="center",
            fontsize=9,
            color="#111111",
            zorder=30,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": color, "alpha": 0.92},
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
        )


def _spread_apart(centers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places for names, as shares of the picture: above or below the centers, and apart from each other."""
    above = np.where(centers[:, 1] >= np.median(centers[:, 1]), 1.0, -1.0)
    spots = np.clip(centers + 0.13 * np.stack([0 * above, above], axis=1), [_WIDE / 2, 0.0], [1 - _WIDE / 2, 1.02])
    for _ in range(100):
        for i in range(len(spots)):
            for j in range(i):
                gap = spots[i] - spots[j]
                if abs(gap[0]) < _WIDE and abs(gap[1]) < _APART:
                    step = (_APART - abs(gap[1])) / 2 + 1e-3
                    up = 1.0 if gap[1] >= 0 else -1.0
                    spots[i, 1] += up * step
                    spots[j, 1] -= up * step
        spots = np.clip(spots, [_WIDE / 2, 0.0], [1 - _WIDE / 2, 1.02])
    return np.asarray(spots)


def _join(words: list[str]) -> str:
    """Return as many words as fit below a name."""
    text = ""
    for word in words:
        longer = f"{text}, {word}" if text else word
        if text and len(longer) > _TYPICAL:
            break
        text = longer
    return text


def _legend(
    figure: "Figure", senses: "SenseEmbeddings", word: str, numbers: NDArray[np.int64], kept: tuple[int, ...]
) -> None:
    """Say below the picture what color and shape each sense has, and how frequent it is."""
    from matplotlib.lines import Line2D

    lines, names = [], []
    for number in kept:
        color, marker = _look(number)
        lines.append(Line2D([], [], color=color, marker=marker, linestyle="", markersize=7))
        label = senses.label(word, number)
        share = np.count_nonzero(numbers == number) / len(numbers)
        names.append(f"{word}#{number}{f' ({label})' if label else ''}: {share:.0%}")
    columns = max(1, min(len(names), 80 // (6 + max(map(len, names)))))
    legend = figure.legend(lines, [" "] * len(lines), loc="outside lower center", ncols=columns, frameon=False)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(shown(name))  # set late: a label that begins with _ would be left out


def _look(number: int) -> tuple[str, str]:
    """Return color and marker of a sense."""
    return COLORS[(number - 1) % len(COLORS)], MARKERS[(number - 1) % len(MARKERS)]

"""Are the parts of sense vectors what they must be? What an artefact is asked when it is opened."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .embeddings import SenseEmbeddings

__all__ = ["find_damage"]

#: How far the prevalences of a word may be from 1 in sum: rounding, no more.
_ROUNDING = 1e-6
#: Rows looked at once, so that mapped matrices are not copied whole.
_BLOCK = 16_384


def find_damage(senses: "SenseEmbeddings") -> str | None:
    """Return what is wrong with the values of ``senses``, naming the first bad one; None if nothing is.

    Parameters
    ----------
    senses : SenseEmbeddings
        Its shapes fit together; what is in the arrays is looked at here.
    """
    return _odd_prevalence(senses) or _not_finite(senses) or _odd_label(senses) or _odd_window(senses)


def _odd_prevalence(senses: "SenseEmbeddings") -> str | None:
    shares = senses.prevalence
    words = senses.vocabulary.words
    negative = ~(shares >= 0).all(axis=1)  # not a number is neither
    if negative.any():
        row = int(np.argmax(negative))
        return f"the prevalences of {words[row]!r} must be at least 0, got {shares[row].tolist()}"
    sums = shares.sum(axis=1)
    odd = ~(np.abs(sums - 1.0) <= _ROUNDING)
    if odd.any():
        row = int(np.argmax(odd))
        return f"the prevalences of {words[row]!r} must sum to 1, got {float(sums[row]):.6g}"
    return None


def _not_finite(senses: "SenseEmbeddings") -> str | None:
    for name in ("vectors", "context", "gates", "gate_biases", "context_weights"):
        array = getattr(senses, name)
        for start in range(0, len(array), _BLOCK):
            block = array[start : start + _BLOCK]
            is_fine = np.isfinite(block).reshape(len(block), -1).all(axis=1)
            if not is_fine.all():
                return f"row {start + int(np.argmin(is_fine)) + 1} of {name!r} is not finite"
    weights = senses.context_weights
    if (weights < 0).any():
        row = int(np.argmax(weights < 0))
        return f"row {row + 1} of 'context_weights' must be at least 0, got {float(weights[row]):.6g}"
    return None


def _odd_label(senses: "SenseEmbeddings") -> str | None:
    for (row, place), label in senses.labels.items():
        inside = 0 <= row < len(senses) and 0 <= place < senses.n_senses
        if not inside or senses.prevalence[row, place] == 0:
            name = f"{senses.vocabulary.words[row]}#{place + 1}" if 0 <= row < len(senses) else f"word {row}"
            return f"the label {label!r} is of {name}, which is not there"
    return None


def _odd_window(senses: "SenseEmbeddings") -> str | None:
    window = senses.metadata.get("window", 1)
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        return f"window must be an integer >= 1, got {window!r}"
    return None

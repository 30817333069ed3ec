"""What senses of an inventory look like among word vectors: a direction for each, from its gloss and neighbors."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..text.tokenize import find_words
from ..text.vocabulary import Vocabulary
from .inventory import InventorySense, SenseInventory

__all__ = ["Frame", "Profiles", "draw_profiles", "merge_alike"]

#: How much a related word counts beside the others; chosen on the training part of CoarseWSD-20.
_RELATIONS = {"synonym": 1.5, "hyponym": 0.5}
#: Texts of senses that stand for contexts where there is no corpus.
_GLOSSES = 500


@dataclass(frozen=True)
class Frame:
    """How contexts and glosses become vectors.

    Parameters
    ----------
    table : float32[V, D]
        A vector for each word.
    weights : float32[V]
        How much each word counts in a mean.
    shares : float64[V]
        Share of each word in the text.
    is_unit : bool
        Whether the mean of a context is scaled to unit length.
    """

    table: NDArray[np.float32]
    weights: NDArray[np.float32]
    shares: NDArray[np.float64]
    is_unit: bool

    @cached_property
    def common(self) -> NDArray[np.float64]:
        """float64[D]: the direction of the mean of all words, which every mean of words has a part of."""
        mean = np.asarray((self.weights * self.shares) @ self.table.astype(np.float64))
        return mean / (float(np.linalg.norm(mean)) or 1.0)

    def directions(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return rows without their common part, of unit length (0 where nothing else is left)."""
        own = rows - np.outer(rows @ self.common, self.common)
        lengths = np.linalg.norm(own, axis=1, keepdims=True)
        floor = 1e-6 * np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(np.divide(own, lengths, out=np.zeros_like(own), where=lengths > floor))


@dataclass
class Profiles:
    """The senses of those words of a vocabulary that have an entry; sense i of word j is row ``starts[j] + i``.

    Parameters
    ----------
    words : int64[n]
        Ids of words, ascending.
    starts : int64[n + 1]
        Where the senses of each word start.
    names : list of str
        Label of each sense.
    prior : float64[m]
        Share of each sense among those of its word.
    directions : float64[m, D]
        Unit vectors in the frame.
    shifts : float64[m, D]
        Unit vectors among the word vectors.
    glosses : float64[g, D]
        Means of some of the texts themselves, in the frame: what contexts look like.
    """

    words: NDArray[np.int64]
    starts: NDArray[np.int64]
    names: list[str]
    prior: NDArray[np.float64]
    directions: NDArray[np.float64]
    shifts: NDArray[np.float64]
    glosses: NDArray[np.float64]

    def of(self, place: int) -> slice:
        """Return which rows are senses of the word at a place of ``words``."""
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


def draw_profiles(
    inventory: SenseInventory, vocabulary: Vocabulary, frame: Frame, vectors: Frame, related: float
) -> tuple[Profiles, dict[str, int]]:
    """Return a direction for each sense of each known word, and what was left out.

    The weighted mean of the words of gloss and neighbors, less its part along the mean of all words.

    Parameters
    ----------
    inventory : SenseInventory
        The senses.
    vocabulary : Vocabulary
        The known words.
    frame, vectors : Frame
        How contexts are averaged, and the word vectors.
    related : float
        How much a related word counts beside a word of the gloss.

    References
    ----------
    Chen, Liu and Sun (2014), "A unified model for word sense representation and disambiguation", initialise sense
    vectors by glosses; Arora et al. (2017) the weights and the common part.
    """
    from scipy.sparse import csr_array

    reader = _Texts(vocabulary)
    held: list[tuple[int, InventorySense, float]] = []
    ids: list[NDArray[np.int64]] = []
    counted: list[NDArray[np.float64]] = []
    unknown = 0
    for row, word in enumerate(vocabulary.words):
        senses = inventory.get(word)
        for sense, share in zip(senses, _priors(senses, inventory.is_ranked), strict=True):
            found, counts = reader.read(sense, row, related)
            if not len(found):
                unknown += 1
                continue
            held.append((row, sense, share))
            ids.append(found)
            counted.append(counts)
    offsets = np.cumsum([0, *map(len, ids)], dtype=np.int64)
    every = np.concatenate(ids) if ids else np.empty(0, np.int64)
    weight = np.concatenate(counted) if counted else np.empty(0)
    directions, sums = [], []
    for each in (frame, vectors):
        mixture = csr_array((weight * each.weights[every], every, offsets), shape=(len(held), len(vocabulary)))
        sums.append(np.asarray(mixture @ each.table.astype(np.float64)))
        directions.append(each.directions(np.asarray(sums[-1], dtype=np.float64)))
    some = np.unique(np.linspace(0, len(held) - 1, min(len(held), _GLOSSES)).astype(np.int64))
    masses = np.array([weight[offsets[i] : offsets[i + 1]] @ frame.weights[ids[i]] for i in some.tolist()])
    scales = np.linalg.norm(sums[0][some], axis=1) if frame.is_unit else masses
    glosses = sums[0][some] / np.where(scales > 0, scales, 1.0)[:, None]
    rows = np.array([row for row, _, _ in held], dtype=np.int64)
    words, starts = np.unique(rows, return_index=True)
    starts = np.append(starts, len(rows)).astype(np.int64)
    prior = np.array([share for _, _, share in held])
    totals = np.add.reduceat(prior, starts[:-1]) if len(prior) else prior
    prior = prior / np.repeat(totals, np.diff(starts))
    names = [sense.name for _, sense, _ in held]
    towards = np.asarray(glosses, dtype=np.float64)
    found_ones = Profiles(words, starts, names, prior, directions[0], directions[1], towards)
    return found_ones, {"senses_without_known_words": unknown}


def _priors(senses: tuple[InventorySense, ...], is_ranked: bool) -> list[float]:
    """Return shares: by tag counts plus one; by 1 / rank where only the order is known; else all alike."""
    if any(sense.count is not None for sense in senses):
        shares = np.array([1.0 + (sense.count or 0) for sense in senses])
    elif is_ranked:
        shares = 1.0 / np.arange(1, len(senses) + 1)
    else:
        shares = np.ones(len(senses))
    return list(shares / shares.sum()) if len(senses) else []


class _Texts:
    """Words of glosses and neighbors as ids, each text looked up once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._index = vocabulary.index
        self._glosses: dict[str, list[int]] = {}
        self._phrases: dict[str, list[int]] = {}

    def read(self, sense: InventorySense, own: int, related: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return ids of known words around a sense, the word itself left out, and how much each counts."""
        ids = list(self._gloss(sense.gloss))
        weights = [1.0] * len(ids)
        for word, relation, weight in sense.related:
            found = self._phrase(word)
            if found and own not in found:
                ids += found
                weights += [related * _RELATIONS.get(relation, 1.0) * weight / len(found)] * len(found)
        numbers, counts = np.array(ids, dtype=np.int64), np.array(weights, dtype=np.float64)
        is_other = numbers != own
        return numbers[is_other], counts[is_other]

    def _gloss(self, text: str) -> list[int]:
        if text not in self._glosses:
            self._glosses[text] = self._known(find_words(text))
        return self._glosses[text]

    def _phrase(self, text: str) -> list[int]:
        if text not in self._phrases:
            joined = self._known(["_".join(text.split())])
            self._phrases[text] = joined or self._known(find_words(text))
        return self._phrases[text]

    def _known(self, tokens: Iterable[str]) -> list[int]:
        found = (self._index.get(token, self._index.get(token.lower(), -1)) for token in tokens)
        return [number for number in found if number >= 0]


def merge_alike(profiles: Profiles, above: float) -> tuple[Profiles, int]:
    """Join senses of a word whose directions have, on average, a cosine above ``above``; return how many went.

    Parameters
    ----------
    profiles : Profiles
        Senses.
    above : float
        A cosine. Average linkage; a joined sense has all labels and the sum of the shares.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    groups: list[list[int]] = []
    sizes = []
    for place in range(len(profiles.words)):
        rows = np.arange(len(profiles.names))[profiles.of(place)]
        marks = np.ones(len(rows), np.int64)
        if len(rows) > 1:
            distances = 1.0 - np.clip(profiles.directions[rows] @ profiles.directions[rows].T, -1.0, 1.0)
            distances = (distances + distances.T) / 2.0
            np.fill_diagonal(distances, 0.0)
            tree = linkage(squareform(distances, checks=False), "average")
            marks = np.asarray(fcluster(tree, 1.0 - above, "distance"), dtype=np.int64)
        held = [rows[marks == mark].tolist() for mark in dict.fromkeys(marks.tolist())]
        groups += held
        sizes.append(len(held))
    prior = np.array([profiles.prior[group].sum() for group in groups])
    joined = []
    for table in (profiles.directions, profiles.shifts):
        sums = np.array([profiles.prior[group] @ table[group] for group in groups]).reshape(len(groups), table.shape[1])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        joined.append(np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0))
    names = [" + ".join(profiles.names[row] for row in group) for group in groups]
    starts = np.cumsum([0, *sizes], dtype=np.int64)
    merged = Profiles(profiles.words, starts, names, prior, joined[0], joined[1], profiles.glosses)
    return merged, len(profiles.names) - len(names)

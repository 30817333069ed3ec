"""From synsets and the edges between them to senses: what the readers of WordNet and of synset tables share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .inventory import InventorySense, Related, fold

__all__ = ["Synset", "join_synsets", "relate"]


@dataclass
class Synset:
    """A node of the graph while it is read.

    Parameters
    ----------
    part : str
        Part of speech.
    lemmas : list of str
        Its words, underscores for blanks.
    gloss : str
        Definition and examples.
    related : list of Related
        Its own words as synonyms, then its neighbors' words.
    """

    part: str
    lemmas: list[str]
    gloss: str
    related: list[Related] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.related = [Related(spaced(lemma), "synonym") for lemma in self.lemmas]


def spaced(lemma: str) -> str:
    """Return a lemma with blanks for underscores."""
    return lemma.replace("_", " ")


def relate(synsets: Mapping[str, Synset], edges: Iterable[tuple[str, str, str, str | None]]) -> int:
    """Add the words of neighbors to each synset; return how many edges lead out of the graph.

    Parameters
    ----------
    synsets : mapping of str to Synset
        The graph, changed in place.
    edges : iterable of (str, str, str, str or None)
        Synset, relation, synset, and the one word that is meant of the second; None for all.
    """
    loose = 0
    for first, relation, second, word in edges:
        if relation == "antonym":  # stands in the same contexts, and tells no senses apart
            continue
        if first not in synsets or second not in synsets:
            loose += 1
            continue
        words = synsets[second].lemmas if word is None else [word]
        synsets[first].related += [Related(spaced(w), relation) for w in words]
    return loose


def join_synsets(
    synsets: Mapping[str, Synset], label: Callable[[str, str], str] = lambda lemma, synset: synset
) -> dict[str, tuple[InventorySense, ...]]:
    """Return the senses of each lemma, in the order of the synsets.

    Parameters
    ----------
    synsets : mapping of str to Synset
        The graph, neighbors added.
    label : callable, optional
        Lemma and id of a synset to the label of the sense; the id itself by default.
    """
    entries: dict[str, list[InventorySense]] = defaultdict(list)
    for number, synset in synsets.items():
        related = tuple(dict.fromkeys(synset.related))
        for lemma in dict.fromkeys(map(fold, synset.lemmas)):
            entries[lemma].append(InventorySense(label(lemma, number), number, synset.gloss, related, synset.part))
    return {lemma: tuple(senses) for lemma, senses in entries.items()}

"""A pre-set inventory: which senses words have, by a dictionary or a knowledge graph, not by induction."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..errors import UnknownWordError, require, similar_words

__all__ = ["InventorySense", "Related", "SenseInventory"]

#: Parts of speech, in the order in which senses of equal rank stand.
PARTS = ("n", "v", "a", "r")


class Related(NamedTuple):
    """A word that stands near a sense in the graph.

    Parameters
    ----------
    word : str
        One word or several with blanks between them.
    relation : str, default "related"
        How: ``"synonym"``, ``"hypernym"``, ``"hyponym"``, ...
    weight : float > 0, default 1
        How strongly, beside others of the same relation.
    """

    word: str
    relation: str = "related"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class InventorySense:
    """One sense of one lemma.

    Parameters
    ----------
    label : str
        Its name among the senses of the lemma, ``bank.n.02`` for instance.
    synset : str, default ""
        What it is in the graph: ``08420278-n``, ``bn:00008364n``; empty if the inventory has no such ids.
    gloss : str, default ""
        Definition and examples.
    related : tuple of Related, default ()
        Synonyms and neighbors in the graph; the lemma itself may be among them.
    part : str, default ""
        Part of speech: n, v, a or r; empty if unknown.
    count : int, optional
        How often this sense of the lemma was found in a sense-tagged corpus; None if nobody says.
    is_tagged : bool, optional
        Whether it was found at all; None if nobody says.

    Examples
    --------
    >>> InventorySense("bank.n.02", "08420278-n", "accepts deposits").name
    'bank.n.02 08420278-n'
    """

    label: str
    synset: str = ""
    gloss: str = ""
    related: tuple[Related, ...] = ()
    part: str = ""
    count: int | None = None
    is_tagged: bool | None = None

    @property
    def name(self) -> str:
        """Label and synset, once where they are the same: what a sense of :class:`SenseEmbeddings` is labelled."""
        return self.label if self.synset in ("", self.label) else f"{self.label} {self.synset}"


@dataclass(frozen=True, eq=False)
class SenseInventory:
    """The senses of many lemmas.

    A lemma is looked for as it is typed, then lowered, with blanks as underscores.

    Parameters
    ----------
    entries : mapping of str to tuple of InventorySense
        Lemma to its senses, the most frequent first where the source says so. Labels of a lemma differ.
    form : str
        What it was read from: ``"wordnet"``, ``"synsets"``, ``"babelnet"``, ``"twsi"``, ``"table"``.
    source : str, default ""
        File or folder.
    notes : tuple of str, default ()
        What was decided while reading, and how much was left out.
    metadata : mapping, default {}
        What tells equal inventories: the SHA-256 of their files.
    is_ranked : bool, default False
        Whether the first sense of a lemma is its most frequent one, as in WordNet.

    Examples
    --------
    >>> inventory = SenseInventory(
    ...     {
    ...         "bank": (
    ...             InventorySense("bank.n.01", gloss="sloping land beside a river", part="n"),
    ...             InventorySense("bank.n.02", gloss="lends money", part="n"),
    ...         )
    ...     },
    ...     "table",
    ... )
    >>> inventory
    SenseInventory(1 lemma, 2 senses, table)
    >>> inventory.sense("Bank", "bank.n.02").gloss
    'lends money'
    """

    entries: Mapping[str, tuple[InventorySense, ...]]
    form: str
    source: str = ""
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_ranked: bool = False

    def __post_init__(self) -> None:
        for lemma, senses in self.entries.items():
            labels = {sense.label for sense in senses}
            require(bool(lemma), "entries", "without an empty lemma", lemma)
            require(bool(senses), f"senses of {lemma!r}", "at least one", 0)
            require(len(labels) == len(senses), f"labels of {lemma!r}", "different", [s.label for s in senses])

    def __repr__(self) -> str:
        lemmas, senses = len(self.entries), self.n_senses
        return (
            f"SenseInventory({lemmas:,} lemma{'s' * (lemmas != 1)}, {senses:,} sense{'s' * (senses != 1)}, {self.form})"
        )

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and bool(self.get(word))

    @property
    def n_senses(self) -> int:
        """Senses of all lemmas; a synset counts once for each of its lemmas."""
        return sum(map(len, self.entries.values()))

    @property
    def n_synsets(self) -> int:
        """Different synsets, as far as senses have one."""
        return len({s.synset for senses in self.entries.values() for s in senses if s.synset})

    def get(self, word: str) -> tuple[InventorySense, ...]:
        """Return the senses of a word, () if it has no entry."""
        word = unicodedata.normalize("NFC", word)
        found = self.entries.get(word) or self.entries.get(fold(word))
        return found or ()

    def senses(self, word: str) -> tuple[InventorySense, ...]:
        """Return the senses of a word.

        Raises
        ------
        UnknownWordError
            If it has no entry; with lemmas that look like it.
        """
        found = self.get(word)
        if not found:
            raise UnknownWordError(word, len(self), similar_words(fold(word), list(self.entries)))
        return found

    def sense(self, word: str, label: str) -> InventorySense:
        """Return the sense of a word with this label, or with this synset.

        Raises
        ------
        UnknownWordError
            If the word has no entry.
        ParameterError
            If it has no such sense.
        """
        senses = self.senses(word)
        found = next((s for s in senses if label in (s.label, s.synset, s.name)), None)
        domain = f"one of {', '.join(s.name for s in senses)}"
        require(found is not None, f"label of a sense of {word!r}", domain, label)
        assert found is not None
        return found

    def select(
        self,
        *,
        words: Iterable[str] | None = None,
        parts: Collection[str] | None = None,
        tagged: bool = False,
        limit: int | None = None,
    ) -> "SenseInventory":
        """Return fewer senses, how many were left out among the notes.

        Parameters
        ----------
        words : iterable of str, optional
            Keep these lemmas only; those without an entry are counted.
        parts : collection of {"n", "v", "a", "r"}, optional
            Keep these parts of speech; senses of unknown part stay.
        tagged : bool, default False
            Keep senses that were found in a sense-tagged corpus, where the inventory says so.
        limit : int >= 1, optional
            Keep the first so many senses of each lemma: the most frequent ones, where that is known.

        Raises
        ------
        ParameterError
            If a value is outside its domain.

        Examples
        --------
        >>> senses = tuple(InventorySense(label) for label in "abc")
        >>> fewer = SenseInventory({"bank": senses}, "table").select(limit=2)
        >>> fewer, fewer.notes
        (SenseInventory(1 lemma, 2 senses, table), ('1 sense of 1 lemma left out: limit=2',))
        """
        require(limit is None or limit >= 1, "limit", "an integer >= 1", limit)
        unknown = sorted(set(parts or ()) - set(PARTS))
        require(not unknown, "parts", f"among {', '.join(PARTS)}", ", ".join(unknown))
        entries, notes = dict(self.entries), list(self.notes)
        if words is not None:
            asked = list(dict.fromkeys(words))
            entries = {fold(w): self.get(w) for w in asked if self.get(w)}
            notes.append(f"{len(entries):,} of {len(asked):,} words asked for have an entry")
        if parts is not None:
            wanted = {*parts, ""}
            entries = _keep(entries, lambda s: s.part in wanted, f"parts={','.join(sorted(parts))}", notes)
        if tagged:
            entries = _keep(entries, lambda s: s.is_tagged is not False, "tagged=True", notes)
        if limit is not None:
            first = {lemma: senses[:limit] for lemma, senses in entries.items()}
            _note_losses(entries, first, f"limit={limit}", notes)
            entries = first
        return replace(self, entries=entries, notes=tuple(notes))


def fold(lemma: str) -> str:
    """Return how a lemma is keyed: NFC, lower case, underscores for white space."""
    return unicodedata.normalize("NFC", "_".join(lemma.split()).lower())


def _keep(
    entries: Mapping[str, tuple[InventorySense, ...]], is_wanted: Any, why: str, notes: list[str]
) -> dict[str, tuple[InventorySense, ...]]:
    kept = {lemma: tuple(s for s in senses if is_wanted(s)) for lemma, senses in entries.items()}
    _note_losses(entries, kept, why, notes)
    return {lemma: senses for lemma, senses in kept.items() if senses}


def _note_losses(before: Mapping[str, Any], after: Mapping[str, Any], why: str, notes: list[str]) -> None:
    lost = [len(senses) - len(after[lemma]) for lemma, senses in before.items()]
    n, lemmas = sum(lost), sum(map(bool, lost))
    if n:
        notes.append(f"{n:,} sense{'s' * (n != 1)} of {lemmas:,} lemma{'s' * (lemmas != 1)} left out: {why}")

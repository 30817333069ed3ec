"""Which word does this text define? A reverse dictionary."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..text.tokenize import tokenize
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .pooling import Pooling, pool
from .retrieval import candidates_of, find_places, precision_at, reciprocal_ranks
from .sets.columns import Columns, Role, read_table
from .sets.datasets import Dataset, read_dataset
from .sets.numbering import number_keys, number_words
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Candidates", "Definitions", "evaluate_definitions", "read_definitions", "score_definitions"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Candidates = Literal["defined", "all"]

#: Column names as they are compared: lower case, letters and digits only.
_ROLES: list[Role] = [
    ("word", {"word", "words", "term", "terms", "name", "names", "lemma", "lemmas", "label"}),
    ("definition", {"definition", "gloss", "description"}),
]
_A = 1e-3


@dataclass(frozen=True, eq=False)
class Definitions:
    """Texts, and the words that each of them defines.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of tuples of str
        The words that each text defines: one, or several that mean the same. Every word with its text is an item.
    texts : tuple of str
        The definitions.
    notes : tuple of str
        What was read by rule.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.words))


def read_definitions(path: Path | str | Dataset, *, columns: Columns | None = None) -> Definitions:
    """Read a file of words and their definitions, one definition a line, plain or compressed.

    Columns are separated by tabs if the first line has one, else by commas. The first line is a header if one of
    its fields is ``word`` (``term``, ``name``, ``lemma``, ``label``, or the plural) and one ``definition``
    (``gloss``, ``description``). Without a header there must be two columns: word, definition. Several words that
    one text defines are joined by ``|``.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    columns : (int or str, int or str), optional
        Names (with a header) or numbers from 1 of the columns of word and definition.

    Raises
    ------
    FormatError
        Naming file and line, if the rules find no two columns, a word is empty, or a definition holds no word.

    Examples
    --------
    >>> found = read_definitions(Dataset("toy", "id\\tlemmas\\tgloss\\n1\\tcat|puss\\ta small animal\\n", ""))
    >>> found.words, found.texts
    ((('cat', 'puss'),), ('a small animal',))
    """
    source = read_dataset(path)
    table = read_table(source, _ROLES, columns, separators="\t,")
    words, texts, notes = [], [], list(table.notes)
    for where, (word, text) in table.rows:
        names = [name.strip() for name in word.split("|")]
        if not all(names):
            raise FormatError(f"{where}: a word is empty.")
        if not tokenize(text):
            raise FormatError(f"{where}: expected a definition, got {text[:60]!r}.")
        words.append(tuple(dict.fromkeys(names)))
        texts.append(text)
    several = sum(len(names) > 1 for names in words)
    if several:
        notes.append(f"{several} lines define several words, joined by '|'")
    return Definitions(table.name, source.sha256, tuple(words), tuple(texts), tuple(notes))


def evaluate_definitions(
    embeddings: Embeddings,
    definitions: Definitions | Path | str,
    *,
    pooling: Pooling = "sif",
    a: float = _A,
    remove: int = 0,
    candidates: Candidates = "defined",
    exclude: bool = True,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> "pd.DataFrame":
    """Find the word that a text defines by the highest cosine with the text's vector: P@1, P@10 and MRR.

    The vector of a text is made from its known tokens (see :func:`~wordvec.evaluate.pooling.pool`), without the
    words that it defines. All candidates are ranked. Other words of the same text are no wrong answers: they are
    left out of the ranking. Candidates with the same cosine are taken in random order: P@k is how likely the right
    one is among the first k, MRR the expected mean of 1 / rank, over all ranks.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    definitions : Definitions, Path or str
        Definitions, or a file of them (see :func:`read_definitions`).
    pooling : {"sif", "mean"}, default "sif"
        How the vector of a text is made. ``"sif"`` needs word counts.
    a : float > 0, default 1e-3
        For ``"sif"``: a word with this share of the corpus counts half.
    remove : int >= 0, default 0
        Common components to take away from the vectors of the texts.
    candidates : {"defined", "all"}, default "defined"
        Which words may be the answer: those that some text of the set defines, or the whole vocabulary. In both
        cases they are the known ones, so that two vocabularies have different candidates.
    exclude : bool, default True
        Whether the words of a text are no answers to it, as in analogies: a mean is near what it is made from.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an item whose word is unknown, or none of whose tokens is known: leave it out and count it,
        raise, or take zeros or the mean vector for the text; an unknown word is then not found. Unknown tokens
        beside known ones are left out of the text under every policy.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.

    Returns
    -------
    pandas.DataFrame
        Three rows with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw
        of words; where a text defines several words, or stands there twice, of words and of definitions.

    Raises
    ------
    FormatError
        If the file is not one of definitions.
    UnknownWordError
        If ``missing="error"`` and a word, or all tokens of a text, are unknown.
    ParameterError
        If an option is outside its domain, or ``"sif"`` is asked of vectors without word counts.

    References
    ----------
    Hill, Cho, Korhonen and Bengio (2016), "Learning to understand phrases by embedding the dictionary", TACL 4;
    Arora, Liang and Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings", ICLR.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("small", "animal", "cat", "plum"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 1.0], [1.0, 0.2], [1.0, 0.5], [0.1, 1.0]], np.float32)
    >>> asked = Definitions("toy", "", (("cat",), ("plum",), ("ox",)), ("a small animal", "small", "an animal"))
    >>> table = evaluate_definitions(Embeddings(words, rows), asked)
    >>> table[["metric", "score", "n", "missing"]].values.tolist()
    [['sif P@1', 0.5, 2, 1], ['sif P@10', 1.0, 2, 1], ['sif MRR', 0.75, 2, 1]]
    """
    held = definitions if isinstance(definitions, Definitions) else read_definitions(definitions)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(
        score_definitions(
            lookup,
            held,
            pooling=pooling,
            a=a,
            remove=remove,
            candidates=candidates,
            exclude=exclude,
            threads=threads,
        )
    )


def score_definitions(
    lookup: Lookup,
    definitions: Definitions,
    *,
    pooling: Pooling = "sif",
    a: float = _A,
    remove: int = 0,
    candidates: Candidates = "defined",
    exclude: bool = True,
    threads: int | None = None,
) -> list[Outcome]:
    """Return for each word and text what the word's rank is worth: as P@1, P@10 and MRR.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    definitions : Definitions
        Words and texts.
    pooling, a, remove, candidates, exclude, threads
        See :func:`evaluate_definitions`.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    require(candidates in ("defined", "all"), "candidates", "'defined' or 'all'", candidates)
    start = time.perf_counter()
    names = [[lookup.get(word) for word in words] for words in definitions.words]
    tokens = _tokens(lookup, definitions, names)
    vectors, known = pool(lookup, tokens, pooling=pooling, a=a, remove=remove)
    line = np.repeat(np.arange(len(names)), [len(one) for one in names])
    right = np.array([row for one in names for row in one], dtype=np.int64)
    lost = (right < 0) | (known[line] == 0)
    if lookup.missing == "error" and lost.any():
        _refuse(lookup, definitions, tokens)
    if lookup.missing == "mean":
        vectors[known == 0] = lookup.vectors(np.array([-1]))[0]
    anything = bool((right >= 0).any() or known.any())  # a score of substitutes alone would be one of nothing
    items = np.flatnonzero(~lost | (anything and lookup.missing in ("zero", "mean")))
    found = items[right[items] >= 0]
    among = candidates_of(lookup, right if candidates == "defined" else None)
    answers = np.stack([np.arange(len(found)), right[found]], axis=1)
    barred = _barred(lookup, names, tokens if exclude else None, line[found], right[found])
    places = find_places(vectors[line[found]], among, answers, barred=barred, threads=threads)[0]
    label = pooling + (f" a={a:g}" if pooling == "sif" and a != _A else "") + (f" remove={remove}" if remove else "")
    policy = f"{lookup.policy}, among {candidates} words" + ("" if exclude else ", the text's own too")
    units, unit = _units(definitions, line)
    columns = {"P@1": precision_at(places, 1), "P@10": precision_at(places, 10), "MRR": reciprocal_ranks(places)}
    outcomes = []
    for metric, column in columns.items():
        values = np.zeros((len(right), 1))
        values[found, 0] = column
        outcomes.append(
            Outcome(
                "reverse dictionary",
                definitions.name,
                definitions.sha256,
                f"{label} {metric}",
                MEAN,
                items,
                values[items],
                units[items],
                unit,
                int(lost.sum()),
                policy,
            )
        )
    return timed(outcomes, time.perf_counter() - start)


def _tokens(lookup: Lookup, definitions: Definitions, names: list[list[int]]) -> list[list[str]]:
    """Return the tokens of each text, without the words that it defines."""
    kept = []
    for words, rows, text in zip(definitions.words, names, definitions.texts, strict=True):
        own = {lookup.fold(word) for word in words}
        tokens = tokenize(text, case="keep" if lookup.case == "keep" else "lower")
        barred = set(rows) - {-1}
        kept.append([t for t in tokens if lookup.fold(t) not in own and (not barred or lookup.get(t) not in barred)])
    return kept


def _refuse(lookup: Lookup, definitions: Definitions, tokens: list[list[str]]) -> None:
    """Raise the error that names the first unknown word; a text of nothing but its own words has none."""
    for words, text in zip(definitions.words, tokens, strict=True):
        for word in words:
            if lookup.get(word) < 0:
                raise lookup.unknown(word)
        if text and all(lookup.get(token) < 0 for token in text):
            raise lookup.unknown(text[0])


def _barred(lookup: Lookup, names: list[list[int]], tokens: list[list[str]] | None, line: Ids, right: Ids) -> Ids:
    """Return pairs of query and row that are not compared: other words of the same text, and the text's tokens."""
    pairs: list[tuple[int, int]] = []
    for number, (at, own) in enumerate(zip(line.tolist(), right.tolist(), strict=True)):
        others = set(names[at])
        if tokens is not None:
            others.update(map(lookup.get, tokens[at]))
        others -= {own, -1}
        pairs += ((number, row) for row in others)
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _units(definitions: Definitions, line: Ids) -> tuple[Ids, str]:
    """Return the number of each item's word and, where definitions have several items, of its definition."""
    texts = number_keys(definitions.texts)
    words = number_words(word.replace("_", " ") for words in definitions.words for word in words)
    if int(texts.max(initial=-1)) + 1 == len(line):
        return words[:, None], "word"
    return np.stack([words + len(texts), texts[line]], axis=1), "word, definition"

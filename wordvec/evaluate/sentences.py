"""Are sentences alike where people find them alike? Semantic textual similarity of pooled word vectors."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..text.tokenize import tokenize
from .geometry import cosines
from .measures import PEARSON, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .pooling import POOLINGS, Pooling, pool
from .sets.columns import Columns, Role, checked_number, is_numeric, read_table
from .sets.datasets import Dataset, read_dataset
from .sets.numbering import number_keys
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SentencePairs", "evaluate_sentences", "read_sentences", "score_sentences"]

_ROLES: list[Role] = [
    ("sentence 1", {"sentencea", "sentence1", "sent1", "s1", "text1"}),
    ("sentence 2", {"sentenceb", "sentence2", "sent2", "s2", "text2"}),
    ("score", {"relatednessscore", "relatedness", "score", "similarityscore", "similarity", "goldstandard", "rating"}),
]


@dataclass(frozen=True, eq=False)
class SentencePairs:
    """Pairs of sentences with the similarity that people gave them.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    sentences : tuple of (str, str)
        The pairs.
    scores : float64[n]
        Judgements, on any scale.
    notes : tuple of str
        What was read from the file by rule.
    """

    name: str
    sha256: str
    sentences: tuple[tuple[str, str], ...]
    scores: NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sentences)


def read_sentences(path: Path | str | Dataset, *, columns: Columns | None = None) -> SentencePairs:
    r"""Read a file of sentence pairs and scores, one pair a line, plain or compressed.

    If the first line has a tab, tabs separate the fields and quotation marks mean nothing; otherwise commas do, and
    a field with a comma stands in double quotation marks. The first line is a header if its fields include
    ``sentence_A`` and ``sentence_B`` (also ``sentence1``, ``s1``, ``text1``; case and punctuation ignored); then
    the score is the one column called like a score (``relatedness_score``, ``score``, ``similarity``, ...). Without
    a header there must be three columns: sentence, sentence, score.

    Parameters
    ----------
    path : Path, str or Dataset
        The file: the STS benchmark as CSV, SICK, or alike.
    columns : (int or str, int or str, int or str), optional
        Names (with a header) or numbers from 1 of the columns of first sentence, second sentence and score, for
        files that the rules above do not cover: ``(6, 7, 5)`` for the STS benchmark as it was published. A first
        line whose score is no number is then a header.

    Raises
    ------
    FormatError
        Naming file and line, if the rules find no three columns, a sentence is empty or a score is no number.

    Examples
    --------
    >>> found = read_sentences(Dataset("sts", '"A cat, asleep.",A cat sleeps.,4.8\n', ""))
    >>> found.sentences, found.scores.tolist()
    ((('A cat, asleep.', 'A cat sleeps.'),), [4.8])
    """
    source = read_dataset(path)
    # Columns that are named may be those of a file whose lines go on as they like, as those of STS do.
    value = None if columns is None else is_numeric
    table = read_table(source, _ROLES, columns, separators="\t,", value=value, ragged=columns is not None)
    sentences, scores = [], []
    for where, (first, second, score) in table.rows:
        if not (first and second):
            raise FormatError(f"{where}: a sentence is empty.")
        sentences.append((first, second))
        scores.append(checked_number(score, where))
    return SentencePairs(table.name, source.sha256, tuple(sentences), np.array(scores), table.notes)


def evaluate_sentences(
    embeddings: Embeddings,
    pairs: SentencePairs | Path | str,
    *,
    pooling: Sequence[Pooling] = POOLINGS,
    remove: Sequence[int] = (0, 1),
    a: float = 1e-3,
    tokenizer: str = "words",
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Compare cosines of sentences with judgements of their similarity: Spearman's and Pearson's correlation.

    The vector of a sentence is the mean of its known words' vectors, or their mean weighted by smooth inverse
    frequency (SIF); from either, the direction that the sentences of the test set have in common may be removed
    (see :func:`~wordvec.evaluate.pooling.pool`).

    Parameters
    ----------
    embeddings : Embeddings
        The vectors; SIF needs the counts of their words.
    pairs : SentencePairs, Path or str
        Sentence pairs, or a file of them (see :func:`read_sentences`).
    pooling : sequence of {"mean", "sif"}
        How words make a sentence; both by default.
    remove : sequence of int >= 0, default (0, 1)
        How many common components to remove: rows for each. They are found in all sentences of the test set, so
        that the score of a pair depends on the others.
    a : float > 0, default 1e-3
        Of SIF: a word with this share of the corpus counts half.
    tokenizer : {"words", "whitespace"}, default "words"
        How sentences are cut into words (see :func:`~wordvec.text.tokenize.tokenize`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with a sentence of which no word is known: leave it out and count it, raise, or
        take zeros, or the mean of the other sentences' vectors, for the sentence. Unknown words beside known ones
        are left out of the sentence.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`, two rows for each way to pool. The interval is
        over another draw of sentences: pairs that share one are not independent. ``attrs["notes"]`` says how many
        words were left out.

    Raises
    ------
    FormatError
        If the file is not one of sentence pairs.
    ParameterError
        If an option is outside its domain, or SIF is asked of vectors without word counts.
    UnknownWordError
        If ``missing="error"`` and a sentence has no known word.

    References
    ----------
    Arora, Liang and Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings", ICLR.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("a", "cat", "dog", "tax"), np.array([40, 3, 2, 1]))
    >>> rows = np.array([[1, 1], [1, 0.1], [0.9, 0.2], [0, 1.0]], np.float32)
    >>> asked = (("A cat.", "A dog."), ("A cat.", "Tax!"), ("A dog.", "A tax."), ("A cat.", "Meow."))
    >>> pairs = SentencePairs("toy", "", asked, np.array([4.0, 0.0, 1.0, 3.0]))
    >>> table = evaluate_sentences(Embeddings(words, rows), pairs, remove=[0])
    >>> table[["metric", "n", "missing"]].values.tolist()[::2]
    [['sif spearman', 3, 1], ['mean spearman', 3, 1]]
    """
    held = pairs if isinstance(pairs, SentencePairs) else read_sentences(pairs)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    table = outcome_table(score_sentences(lookup, held, pooling=pooling, remove=remove, a=a, tokenizer=tokenizer))
    tokens = [token for pair in held.sentences for text in pair for token in _tokens(text, tokenizer)]
    unknown = sum(lookup.get(token) < 0 for token in tokens)
    table.attrs["notes"] = (*held.notes, f"{unknown} of {len(tokens)} words of sentences are unknown")
    return table


def _tokens(text: str, tokenizer: str) -> list[str]:
    return tokenize(text, tokenizer=tokenizer, case="keep")  # the look-up says what case means


def score_sentences(
    lookup: Lookup,
    pairs: SentencePairs,
    *,
    pooling: Sequence[Pooling] = POOLINGS,
    remove: Sequence[int] = (0, 1),
    a: float = 1e-3,
    tokenizer: str = "words",
) -> list[Outcome]:
    """Return the cosine of each pair of sentences beside its judgement: by pooling, two correlations.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    pairs : SentencePairs
        What to compare.
    pooling, remove, a, tokenizer
        See :func:`evaluate_sentences`.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so, and a sentence has no known word.
    """
    bad = [name for name in pooling if name not in POOLINGS]
    require(bool(pooling) and not bad, "pooling", "'mean' or 'sif'", bad[0] if bad else None)
    require(bool(remove), "remove", "at least one number of components", tuple(remove))
    start = time.perf_counter()
    texts = [_tokens(text, tokenizer) for pair in pairs.sentences for text in pair]
    units = number_keys(" ".join(text.split()) for pair in pairs.sentences for text in pair).reshape(-1, 2)
    policy = lookup.policy + ("" if tokenizer == "words" else f", tokens by {tokenizer}")
    outcomes = []
    for name in pooling:
        for components in remove:
            vectors, known = pool(lookup, texts, pooling=name, a=a, remove=components)
            lost = _unknown_sentences(lookup, pairs, texts, known)
            if lookup.missing == "mean" and known.any():
                vectors[known == 0] = vectors[known > 0].mean(axis=0)
            items = np.flatnonzero(~lost | (bool(known.any()) and lookup.missing in ("zero", "mean")))
            found = cosines(vectors[0::2][items], vectors[1::2][items])
            for measure in (SPEARMAN, PEARSON):
                outcomes.append(
                    Outcome(
                        "sentence similarity",
                        pairs.name,
                        pairs.sha256,
                        f"{_called(name, components, a)} {measure.name}",
                        measure,
                        items,
                        np.stack([found, pairs.scores[items]], axis=1),
                        units[items],
                        "sentence",
                        int(lost.sum()),
                        policy,
                    )
                )
    return timed(outcomes, time.perf_counter() - start)


def _unknown_sentences(
    lookup: Lookup, pairs: SentencePairs, texts: Sequence[Sequence[str]], known: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return bool[n]: the pairs with a sentence of which no word is known; raise if that is an error."""
    lost = np.flatnonzero(known == 0)
    if len(lost) and lookup.missing == "error":
        number = int(lost[0])
        raise lookup.unknown(texts[number][0] if texts[number] else pairs.sentences[number // 2][number % 2])
    return np.asarray((known == 0).reshape(-1, 2).any(axis=1))


def _called(name: Pooling, components: int, a: float) -> str:
    """Return what a way to pool is called in a table: what is not as usual is named."""
    options = [f"a={a:g}"] * (name == "sif" and a != 1e-3) + [f"remove={components}"] * (components > 0)
    return f"{name} ({', '.join(options)})" if options else name

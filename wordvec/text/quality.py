"""How well the text of each slice was read: what scanning, conversion and typing did to it, in numbers."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import regex
from numpy.typing import NDArray

from ..errors import FormatError
from .corpus import Corpus
from .tables import LineSource

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "WordList", "describe_quality", "measure_quality", "read_lexicon", "text_quality"]

#: Name of a measure to what it is in words, and the difference between slices from which on it is told.
MEASURES: Mapping[str, tuple[str, float]] = {
    "outside_lexicon": ("words outside {lexicon}", 0.05),
    "single_letters": ("single letters", 0.01),
    "digits_inside": ("words with a digit between letters", 0.001),
    "broken": ("words broken by unusual characters", 0.001),
    "mean_length": ("mean word length", 0.5),
}
#: Slices differ if one has so many times what another has.
_TIMES = 1.5
#: And so many standard errors more than it; tokens come in clumps, hence more than two.
_ERRORS = 6.0
#: Above this ratio of sizes, shares outside the other slices are not compared: the smaller one is outside of less.
_RATIO = 3.0
_WORD = regex.compile(r"[\p{L}\p{N}]")
_LETTER = regex.compile(r"\p{L}")
_DIGIT = regex.compile(r"\p{N}")
_DIGIT_INSIDE = regex.compile(r"\p{L}\p{M}*\p{N}+\p{L}")
_EDGES = regex.compile(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$")
_JOINTS = regex.compile("['’‐‑-]")
#: A part of a word that is at most so long, beside a longer one, is taken for an ending or an article: 's, 've, l'.
_SHORT = 2


@dataclass(frozen=True, eq=False)
class WordList:
    """The words that are taken for well read.

    Parameters
    ----------
    words : frozenset of str
        Lowered, in NFC, with plain apostrophes.
    name : str
        What it is called: the name of its file.

    Examples
    --------
    >>> words = WordList(frozenset({"king", "self", "made"}), "words.txt")
    >>> [words.has(word) for word in ("King's", "self-made", "kjng")]
    [True, True, False]
    """

    words: frozenset[str]
    name: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the words."""
        return hashlib.sha256("\n".join(sorted(self.words)).encode()).hexdigest()

    def has(self, word: str) -> bool:
        """Tell whether a word is in the list, or is made of words that are, with hyphens and apostrophes between."""
        word = _plain(word)
        if word in self.words:
            return True
        parts = [part for part in _JOINTS.split(word) if len(part) > _SHORT]
        return word not in parts and bool(parts) and all(part in self.words for part in parts)


def read_lexicon(path: Path | str) -> WordList:
    """Read a lexicon: one word a line, in UTF-8; what follows a tab does not count.

    Parameters
    ----------
    path : Path or str
        A plain, ``.gz``, ``.bz2`` or ``.xz`` file.

    Raises
    ------
    FormatError
        If it cannot be read, or more than half of its lines are no words.
    """
    source = LineSource(Path(path))
    lines, first = 0, ""
    odd: list[int] = []
    words = set()
    for number, line in source.lines():
        word = _plain(line.partition("\t")[0].strip())
        lines += 1
        if len(word.split()) == 1 and _LETTER.search(word):
            words.add(word)
        else:
            odd.append(number)
            first = line if len(odd) == 1 else first
    if 2 * len(odd) > lines:
        raise FormatError(
            f"{source.where(odd[0])}: expected a word, got {first.strip()[:60]!r}; {len(odd):,} of {lines:,} lines "
            "hold no single word, so this is no lexicon: one word a line."
        )
    return WordList(frozenset(words), Path(path).name)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower().replace("’", "'"))


class _Types:
    """What is to be known of each distinct word."""

    def __init__(self, words: Sequence[str], lexicon: WordList | None) -> None:
        n = len(words)
        self.lengths = np.fromiter(map(len, words), np.int64, n)
        self.letters = np.fromiter(map(str.isalpha, words), np.bool_, n)
        self.words = self.letters.copy()
        self.digits = np.zeros(n, np.bool_)
        for number in np.flatnonzero(~self.letters).tolist():
            core = _EDGES.sub("", words[number])
            self.words[number] = bool(_WORD.search(core))
            self.letters[number] = bool(_LETTER.search(core)) and not _DIGIT.search(core)
            self.digits[number] = bool(_DIGIT_INSIDE.search(core))
            self.lengths[number] = len(core)
        self.single = self.letters & (self.lengths == 1)
        for number in np.flatnonzero(self.single).tolist():  # a letter of Chinese is a word
            core = _EDGES.sub("", words[number])
            self.single[number] = core.lower() != core.upper()
        self.outside = None
        if lexicon is not None:
            known = (lexicon.has(_EDGES.sub("", word)) for word in words)
            self.outside = ~np.fromiter(known, np.bool_, n) & self.letters

    def count(self, counts: NDArray[np.int64]) -> dict[str, int | None]:
        """Return the numbers of a slice whose words have these counts."""
        return {
            "tokens": int(counts[self.words].sum()),
            "words": int(counts[self.letters].sum()),
            "characters": int((counts * self.lengths)[self.letters].sum()),
            "outside": None if self.outside is None else int(counts[self.outside].sum()),
            "single_letters": int(counts[self.single].sum()),
            "digits_inside": int(counts[self.digits].sum()),
        }


def measure_quality(
    labels: Sequence[str],
    words: Sequence[str],
    slices: Iterable[NDArray[np.int64]],
    broken: Sequence[int],
    lexicon: WordList | None = None,
) -> dict[str, Any]:
    """Return what a corpus keeps of the quality of its slices.

    Parameters
    ----------
    labels : sequence of str
        Names of the slices.
    words : sequence of str
        All distinct words, those that are dropped later included.
    slices : iterable of int64[words]
        Occurrences of each word, slice by slice.
    broken : sequence of int
        Words broken by unusual characters, in each slice.
    lexicon : WordList, optional
        Words that are taken for well read. Without it, a word of a slice is outside if no other slice has it.

    Returns
    -------
    dict
        ``lexicon``: where it is from; ``slices``: a dict of counts for each.

    Examples
    --------
    >>> counts = [np.array([2, 1, 0]), np.array([2, 0, 1])]
    >>> quality = measure_quality(["old", "new"], ["sea", "ſ", "w4r"], counts, [0, 0])
    >>> [part["outside"] for part in quality["slices"]], quality["slices"][1]["digits_inside"]
    ([1, 0], 1)
    """
    types = _Types(words, lexicon)
    group = _fold(words)
    owner = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)  # the slice that a word is of, -2 for several
    total = np.zeros(len(owner), dtype=np.int64)
    rows: list[dict[str, Any]] = []
    for number, (label, counts, count) in enumerate(zip(labels, slices, broken, strict=True)):
        rows.append({"label": label, **types.count(counts), "broken": int(count)})
        here = np.bincount(group, weights=counts * types.letters, minlength=len(owner)).astype(np.int64)
        owner[here > 0] = np.where(owner[here > 0] == -1, number, -2)
        total += here
    if lexicon is not None:
        known = {"from": lexicon.name, "words": len(lexicon.words), "sha256": lexicon.digest}
        return {"lexicon": known, "slices": rows}
    if len(rows) > 1:
        for number, row in enumerate(rows):
            row["outside"] = int(total[owner == number].sum())
    return {"lexicon": {"from": "other slices" if len(rows) > 1 else None}, "slices": rows}


def _fold(words: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each word, the same for those that differ in case only."""
    if all(word.islower() or not word.isalpha() for word in words):
        return np.arange(len(words), dtype=np.int64)
    index: dict[str, int] = {}
    return np.fromiter((index.setdefault(word.lower(), len(index)) for word in words), np.int64, len(words))


def text_quality(corpus: Corpus) -> "pd.DataFrame":
    """Return how well the text of each slice was read, as a table.

    The numbers are of the text as it was cut into words, variants replaced, before rare words were dropped: that is
    where the errors are. They were counted when the corpus was made.

    Parameters
    ----------
    corpus : Corpus
        Made by :func:`wordvec.encode`, :func:`wordvec.encode_slices` or ``wordvec encode``, or a slice of one.

    Returns
    -------
    pandas.DataFrame
        A row for each slice: ``slice``; ``tokens``, those with a letter or a digit; shares: ``outside_lexicon`` of the
        words (tokens of letters only) that are not in the lexicon, NaN for a single slice without one;
        ``single_letters``; ``digits_inside``, tokens with a digit between letters (``gov3rnment``); ``broken``, words
        broken by unusual characters (``gov£rnment``), for each token; and ``mean_length``, letters of a word.
        ``attrs["lexicon"]`` says what the lexicon is: a file, or the words of the other slices. These tell slices
        apart, but not errors from names and topics; and they favor the smaller of two slices.

    Raises
    ------
    FormatError
        If the corpus has no such numbers: it was made in memory, or by an earlier version.

    Examples
    --------
    >>> import tempfile
    >>> from wordvec import encode_slices
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "old.txt").write_text("the fea and the w4r and the s e a\\n")
    >>> _ = (folder / "new.txt").write_text("the sea and the war\\n")
    >>> table = text_quality(encode_slices({"old": folder / "old.txt", "new": folder / "new.txt"}, min_count=1))
    >>> table[["slice", "tokens", "single_letters", "digits_inside"]].round(2).values.tolist()
    [['old', 10, 0.3, 0.1], ['new', 5, 0.0, 0.0]]
    """
    import pandas as pd

    quality = corpus.metadata.get("quality")
    if not isinstance(quality, Mapping):
        raise FormatError(
            "this corpus does not say how well its text was read: it was made in memory, or by an earlier version; "
            "encode the text with wordvec encode."
        )
    rows = [_shares(row) for row in quality["slices"] if row["label"] in corpus.labels]
    table = pd.DataFrame(rows, columns=["slice", "tokens", *MEASURES])
    table.attrs["lexicon"] = dict(quality["lexicon"])
    table.attrs["words"] = [int(row["words"]) for row in quality["slices"] if row["label"] in corpus.labels]
    return table


def _shares(row: Mapping[str, Any]) -> dict[str, Any]:
    tokens, words = max(1, row["tokens"]), max(1, row["words"])
    outside = row["outside"]
    return {
        "slice": row["label"],
        "tokens": row["tokens"],
        "outside_lexicon": float("nan") if outside is None else outside / words,
        **{name: row[name] / tokens for name in ("single_letters", "digits_inside", "broken")},
        "mean_length": row["characters"] / words,
    }


def describe_quality(table: "pd.DataFrame") -> list[str]:
    """Return in words where slices differ so much that drift between them may be bad text.

    Told is a measure of which one slice has at least 1.5 times what another has (mean length: half a letter more), if
    the difference is more than a few in a hundred or in a thousand (``MEASURES``) and than six standard errors.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`text_quality` returned.
    """
    remarks = []
    lexicon = table.attrs["lexicon"]["from"]
    called = {"other slices": "the other slices"}.get(lexicon, f"the lexicon {lexicon}")
    if len(table) < 2:
        return []
    ratio = table["tokens"].max() / max(1, table["tokens"].min())
    for name, (words, least) in MEASURES.items():
        if name == "outside_lexicon" and lexicon == "other slices" and ratio > _RATIO:
            remarks.append(
                f"words outside the other slices are not compared: one slice has {ratio:.1f} times the tokens of "
                "another; --lexicon FILE would tell"
            )
            continue
        low, high = int(table[name].argmin()), int(table[name].argmax())
        small, large = float(table[name].iloc[low]), float(table[name].iloc[high])
        if large - small < least or not _is_sure(table, name, low, high):
            continue
        slices = table["slice"].iloc[high], table["slice"].iloc[low]
        if name == "mean_length":
            said = f"{words}: {large:.2f} letters in {slices[0]}, {small:.2f} in {slices[1]}"
        elif large < _TIMES * small:
            continue
        else:
            times = f" ({large / small:.1f} times)" if small else ""
            said = f"{words.format(lexicon=called)}: {large:.2%} in {slices[0]}, {small:.2%} in {slices[1]}{times}"
        remarks.append(f"{said}; they differ in kind of text, or in how well it was read")
    return remarks


def _is_sure(table: "pd.DataFrame", name: str, low: int, high: int) -> bool:
    """Tell whether a difference is more than chance, each token drawn by itself, would make it."""
    if name == "mean_length":
        return True
    sizes = table.attrs["words"] if name == "outside_lexicon" else table["tokens"].tolist()
    shares = [float(table[name].iloc[i]) for i in (low, high)]
    variance = sum(p * (1 - p) / max(1, sizes[i]) for p, i in zip(shares, (low, high), strict=True))
    return bool(shares[1] - shares[0] > _ERRORS * float(np.sqrt(variance)))

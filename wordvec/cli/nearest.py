"""``wordvec nearest``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import FormatError, UnknownWordError, similar_words
from .options import format_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from wordvec import AlignedSlices, Embeddings, Neighbor
    from wordvec.senses.embeddings import SenseEmbeddings

__all__ = ["find_senses", "nearest"]


@click.command()
@click.argument("vectors", type=click.Path(path_type=Path))
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--slice", "label", metavar="LABEL", help="Only this slice (default: all).")
@click.option("-k", type=click.IntRange(1), default=10, show_default=True, help="How many neighbors.")
@format_option
def nearest(vectors: Path, words: tuple[str, ...], label: str | None, k: int, table_format: str | None) -> None:
    """Show the words whose vectors point most nearly the same way as WORD's.

    VECTORS is an artefact (.wv, .wvs), a word2vec text or binary file, or GloVe text. Of senses, ask for
    one as bank#2, or for all of a word as bank.

    \b
    Example:
        wordvec nearest aligned.wvs broadcast --slice 1960-2021 -k 5
    """
    import pandas as pd

    from wordvec.files.formats import sniff

    from .output import note, print_table

    if sniff(vectors) in ("senses", "sense-slices"):
        print_table(_nearest_senses(vectors, words, label, k), table_format)
        return
    slices, aligned = _read(vectors, label)
    asked = _known(words, slices, aligned)
    lacking = {word: [name for name, embeddings in slices.items() if word not in embeddings] for word in asked}
    missing = []
    if aligned is not None:
        missing = [_without_vector(word, names, aligned) for word, names in lacking.items() if names]
    found = {name: _neighbors(embeddings, asked, k) for name, embeddings in slices.items()}
    rows = [
        (word, name, rank, neighbor.word, neighbor.similarity)
        for word in asked
        for name in slices
        for rank, neighbor in enumerate(found[name].get(word, ()), start=1)
    ]
    if not rows and missing:
        raise FormatError("\n".join(missing))
    for line in missing:
        note(line)
    print_table(pd.DataFrame(rows, columns=["word", "slice", "rank", "neighbor", "similarity"]), table_format)


def _read(vectors: Path, label: str | None) -> "tuple[Mapping[str, Embeddings], AlignedSlices | None]":
    """Return the vectors by slice, and what they come from if that is aligned slices."""
    from wordvec import AlignedSlices
    from wordvec.files.formats import read_every_slice, sniff

    if sniff(vectors) != "slices":
        return read_every_slice(vectors, label=label), None
    aligned = AlignedSlices.load(vectors)
    return {name: aligned[name] for name in (aligned.labels if label is None else (label,))}, aligned


def _neighbors(embeddings: "Embeddings", words: "Sequence[str]", k: int) -> "Mapping[str, Sequence[Neighbor]]":
    """Return the neighbors of those words that have a vector, all found in one search."""
    from wordvec import Neighbor

    there = [word for word in words if word in embeddings]
    names, found = embeddings.vocabulary.words, embeddings.nearest_many(there, k=k)
    return {
        word: [Neighbor(names[row], score) for row, score in zip(rows, scores, strict=True) if row >= 0]
        for word, rows, scores in zip(there, found.rows.tolist(), found.similarities.tolist(), strict=True)
    }


def _nearest_senses(vectors: Path, names: "Sequence[str]", label: str | None, k: int) -> "pd.DataFrame":
    """Return the neighbors of senses, those of the same word left out; by slice where slices have own vectors."""
    import pandas as pd

    from wordvec.files.formats import read_senses, sniff
    from wordvec.senses.slices import SenseSlices

    parts = {label or "": None} if sniff(vectors) == "senses" else {}
    if not parts:
        slices = SenseSlices.load(vectors)
        own = slices.labels if slices.vectors else ("",)
        parts = dict.fromkeys(own if label is None else (label,))
    rows = []
    for part in parts:
        senses = read_senses(vectors, label=part or None)
        rows += [
            (f"{word}#{sense}", part, rank, neighbor.word, neighbor.similarity)
            for word, sense in find_senses(senses, names)
            for rank, neighbor in enumerate(senses.nearest(word, sense, k=k), start=1)
        ]
    return pd.DataFrame(rows, columns=["word", "slice", "rank", "neighbor", "similarity"])


def find_senses(senses: "SenseEmbeddings", names: "Sequence[str]") -> list[tuple[str, int]]:
    """Return the senses that names on the command line stand for, each once.

    Parameters
    ----------
    senses : SenseEmbeddings
        Where to look.
    names : sequence of str
        ``bank`` for all senses of a word, ``bank#2`` for one.

    Raises
    ------
    FormatError
        If words are unknown, with one line for each.
    ParameterError
        If a word has no sense of that number.
    """
    found: dict[tuple[str, int], None] = {}
    unknown = []
    for name in dict.fromkeys(names):
        try:
            found.update(dict.fromkeys(senses.find(name)))
        except UnknownWordError as error:
            unknown.append(str(error))
    if unknown:
        raise FormatError("\n".join(unknown))
    return list(found)


def _known(words: "Iterable[str]", slices: "Mapping[str, Embeddings]", aligned: "AlignedSlices | None") -> list[str]:
    """Return the words that are in a vocabulary, each once; name the others, and raise if there are no more."""
    from .output import note

    asked = list(dict.fromkeys(words))
    vocabulary = next(iter(slices.values())).vocabulary if aligned is None else aligned.vocabulary
    known = (vocabulary, *(embeddings.vocabulary for embeddings in slices.values()))
    unknown = [word for word in asked if not any(word in some for some in known)]
    if unknown:
        errors = (UnknownWordError(w, len(vocabulary), similar_words(w, vocabulary.words)) for w in unknown)
        told = "\n".join(map(str, errors))
        if len(unknown) == len(asked):
            raise FormatError(told)
        note(f"{told}\nLeft out as unknown: {len(unknown)} of the {len(asked)} words asked for.")
    return [word for word in asked if word not in set(unknown)]


def _without_vector(word: str, labels: "Sequence[str]", aligned: "AlignedSlices") -> str:
    """Say how often ``word`` occurs in the slices ``labels``, which have no vector for it."""
    row = aligned.vocabulary.get(word)
    if row < 0:  # a slice may hold words of its own
        return f"{word!r} is not in {', '.join(labels)}."
    counts = {label: int(aligned.counts[aligned.number(label), row]) for label in labels}
    listed = [f"{n} {'time' if n == 1 else 'times'} in {label}" for label, n in counts.items()]
    found = " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
    settings = aligned.metadata.get("settings", {})
    floor = settings.get("min_slice_count") if isinstance(settings, dict) else None
    if floor is None:
        return f"{word!r} occurs {found}, without a vector there."
    rare = "too rare for" if max(counts.values()) < floor else "without"
    return f"{word!r} occurs {found}, {rare} a vector there (min_slice_count {floor})."

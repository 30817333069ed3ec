"""What is in a file or folder, as a table of properties."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artifact import Artifact, is_artifact, open_artifact
from ..knowledge.description import describe_graph
from ..knowledge.graph import KnowledgeGraph
from ..senses.embeddings import SenseEmbeddings
from ..senses.slices import SenseSlices
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..text.quality import describe_quality, text_quality
from ..text.vocabulary import Vocabulary
from .word2vec import read_word2vec, sniff_word2vec

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["describe"]

#: Entries of the metadata that have a row of their own, or none.
_SHOWN = {"format", "kind", "payloads", "children", "versions", "labels", "slices", "quality"}
#: Entries of a graph's metadata that its description has told.
_TOLD_OF_GRAPHS = frozenset({"graph", "reading"})
#: Entries whose name would be read as something else.
_CALLED = {"documents": "documents end at", "files": "input files"}
#: Measures of a text, as a row tells them.
_MEASURED = {
    "outside_lexicon": "of the words outside the lexicon",
    "single_letters": "single letters",
    "digits_inside": "digits between letters",
    "broken": "broken words",
}
#: Of long lists, so many entries are shown.
_LIMIT = 10


def describe(path: Path | str) -> "pd.DataFrame":
    """Describe an artefact or a file of vectors.

    Parameters
    ----------
    path : Path or str
        A corpus, vectors, aligned slices, senses, senses in slices, a knowledge graph, or a file of vectors.

    Returns
    -------
    pandas.DataFrame
        Columns ``property`` and ``value``, both text.

    Raises
    ------
    FormatError
        If it is none of these.
    CorruptFileError
        If an artefact is damaged.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> describe(path).values.tolist()
    [['kind', 'word2vec'], ['words', '1'], ['dim', '2'], ['first words', 'cat']]
    """
    import pandas as pd

    path = Path(path)
    rows = _artifact(open_artifact(path)) if is_artifact(path) else _file(path)
    return pd.DataFrame([(name, str(value)) for name, value in rows], columns=["property", "value"])


def _file(path: Path) -> Iterator[tuple[str, Any]]:
    kind = sniff_word2vec(path)
    embeddings = read_word2vec(path, format=kind)
    yield "kind", kind
    yield "words", len(embeddings)
    yield "dim", embeddings.dim
    yield "first words", _first(embeddings.vocabulary)


def _artifact(artifact: Artifact) -> Iterator[tuple[str, Any]]:
    metadata, told = artifact.metadata, frozenset[str]()
    yield "kind", artifact.kind
    yield "format", metadata["format"]
    if artifact.kind == "slices":
        yield from _slices(AlignedSlices.load(artifact.path))
    elif artifact.kind == "corpus":
        yield from _corpus(Corpus.load(artifact.path))
    elif artifact.kind == "senses":
        yield from _senses(SenseEmbeddings.load(artifact.path))
    elif artifact.kind == "sense-slices":
        yield from _sense_slices(SenseSlices.load(artifact.path))
    elif artifact.kind == "graph":
        graph = KnowledgeGraph.load(artifact.path)
        for name, value in describe_graph(graph).itertuples(index=False, name=None):
            yield "read as" if name == "format" else name, value
        told = _TOLD_OF_GRAPHS
    elif artifact.kind == "embeddings":
        vocabulary = Vocabulary.load(artifact)
        yield "words", len(vocabulary)
        yield "dim", artifact.array("vectors").shape[-1]
        yield "first words", _first(vocabulary)
    for name, value in metadata.items():
        if name not in _SHOWN and name not in told:
            yield from _flat(_CALLED.get(name, name), value)
    sizes = [artifact.file(name).stat().st_size for name in metadata.get("payloads", {})]
    yield "on disk", f"{len(sizes)} files ({sum(sizes):,} bytes), {len(metadata.get('children', {}))} parts"
    yield from _flat("versions", metadata.get("versions", {}))


def _slices(aligned: AlignedSlices) -> Iterator[tuple[str, Any]]:
    yield "words", len(aligned.vocabulary)
    yield "dim", aligned.dim if aligned.embeddings else 0
    yield "compass", "yes" if aligned.compass is not None else "no"
    tokens = aligned.counts.sum(axis=1)
    for label, embeddings, count in zip(aligned.labels, aligned.embeddings, tokens, strict=True):
        yield f"slice {label}", f"{len(embeddings)} words, {_share(int(count), int(tokens.sum()))}"


def _senses(senses: SenseEmbeddings) -> Iterator[tuple[str, Any]]:
    yield "words", len(senses)
    yield "dim", senses.dim
    kept = np.count_nonzero(senses.prevalence, axis=1)
    yield "senses", int(kept.sum())
    shares = [f"{count} of {number}" for number, count in enumerate(np.bincount(kept)) if count and number]
    yield "words by number of senses", ", ".join(shares)
    yield "gates", len(senses.gates)
    if senses.labels:
        yield "labels", len(senses.labels)
    yield "first words", _first(senses.vocabulary)


def _sense_slices(slices: SenseSlices) -> Iterator[tuple[str, Any]]:
    yield from _senses(slices.compass)
    yield "words followed", len(slices.tallies.words)
    yield "vectors of slices", "their own" if slices.vectors else "those of all together"
    tokens = slices.counts.sum(axis=1)
    for label, count in zip(slices.labels, tokens, strict=True):
        yield f"slice {label}", _share(int(count), int(tokens.sum()))


def _corpus(corpus: Corpus) -> Iterator[tuple[str, Any]]:
    yield "words", len(corpus.vocabulary)
    yield "tokens", corpus.n_tokens
    yield "sentences", corpus.n_sentences
    yield "documents", len(corpus.documents)
    for label, count in zip(corpus.labels, corpus.counts.sum(axis=1), strict=True):
        yield f"slice {label}", _share(int(count), corpus.n_tokens)
    yield "first words", _first(corpus.vocabulary)
    if "quality" in corpus.metadata:
        yield from _quality(corpus)


def _quality(corpus: Corpus) -> Iterator[tuple[str, Any]]:
    """Yield how well the text of each slice was read, and where slices differ."""
    table = text_quality(corpus)
    lexicon = table.attrs["lexicon"]
    yield "lexicon", lexicon["from"] or "none, so nothing is outside: there is one slice"
    for row in table.to_dict("records"):
        shares = [f"{row[name]:.2%} {_MEASURED[name]}" for name in _MEASURED if row[name] == row[name]]
        yield f"text of {row['slice']}", f"{', '.join(shares)}; words of {row['mean_length']:.2f} letters"
    for remark in describe_quality(table):
        yield "differs", remark


def _share(count: int, total: int) -> str:
    return f"{count} tokens ({100 * count / total if total else 0:.1f} %)"


def _first(vocabulary: Vocabulary) -> str:
    return " ".join(vocabulary.words[:10])


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a row for each leaf of a tree of settings; what is unknown or shown elsewhere has none."""
    if name == "report.slices" or value is None:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif not isinstance(value, list):
        yield name, value
    elif value and all(isinstance(item, dict) and "path" in item for item in value):
        yield name, ", ".join([str(item["path"]) for item in value[:_LIMIT]] + _more(value))
    elif any(isinstance(item, (dict, list)) for item in value):
        for number, item in enumerate(value[:_LIMIT], start=1):
            yield from _flat(f"{name}.{number}", item)
        if _more(value):
            yield name, _more(value)[0]
    elif any(item is not None for item in value):
        yield name, " ".join(_item(item) for item in value)


def _item(value: Any) -> str:
    return "unknown" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _more(items: list[Any]) -> list[str]:
    return [f"and {len(items) - _LIMIT} more"] if len(items) > _LIMIT else []

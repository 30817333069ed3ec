from dataclasses import replace

import numpy as np
import pytest

from wordvec import Corpus, CorruptFileError, FormatError, ParameterError, Vocabulary
from wordvec.artifact_writer import ArtifactWriter
from wordvec.text.documents import Column

SLICES = {"then": [["a", "b"], ["b"], []], "now": [["b", "c", "rare"], ["a", "b"]]}


@pytest.fixture
def corpus():
    vocabulary = Vocabulary(("b", "a", "c"), np.array([4, 2, 1]))
    return Corpus.from_sentences(SLICES, vocabulary=vocabulary)


def test_slices_are_views(corpus):
    now = corpus["now"]
    assert list(now.sentences()) == [["b", "c"], ["a", "b"]]
    assert np.shares_memory(now.ids, corpus.ids)
    assert (now.labels, now.n_tokens, now.n_sentences, len(now.documents)) == (("now",), 4, 2, 2)
    assert now.word_counts.tolist() == [2, 1, 1]
    assert now["now"].sentence(1) == ["a", "b"]
    assert corpus.word_counts.tolist() == [4, 2, 1]
    with pytest.raises(ParameterError, match="slice must be one of then, now, got 'soon'"):
        corpus["soon"]


def test_the_digest_is_of_the_content_alone(corpus):
    other = Corpus.from_sentences({"x": SLICES["now"], "y": SLICES["then"][::-1]}, vocabulary=corpus.vocabulary)
    assert other.digest == corpus.digest
    assert other["x"].digest == corpus["now"].digest != corpus["then"].digest
    changed = Corpus.from_sentences({**SLICES, "now": [["b", "c"], ["b", "a"]]}, vocabulary=corpus.vocabulary)
    assert changed.digest != corpus.digest


def test_recoding_drops_and_counts(corpus):
    other = corpus.recoded(Vocabulary(("c", "b"), np.array([2, 1])))
    assert list(other.sentences()) == [["b"], ["b"], [], ["b", "c"], ["b"]]
    assert other.counts.tolist() == [[0, 2], [1, 2]]
    assert other.metadata["recoding"] == {"dropped": {"tokens": 2, "types": 1}}
    assert list(corpus["now"].recoded(other.vocabulary).sentences()) == [["b", "c"], ["b"]]


def test_round_trip(corpus, tmp_path):
    corpus.save(tmp_path / "c.wvc")
    for mmap in (True, False):
        loaded = Corpus.load(tmp_path / "c.wvc", mmap=mmap)
        assert list(loaded.sentences()) == list(corpus.sentences())
        assert loaded.counts.tolist() == corpus.counts.tolist()
        assert loaded.digest == corpus.digest == loaded.metadata["digest"]
    corpus["now"].save(tmp_path / "now.wvc")
    assert list(Corpus.load(tmp_path / "now.wvc").sentences()) == list(corpus["now"].sentences())


def test_a_corpus_made_in_memory_quotes_nothing(corpus):
    with pytest.raises(FormatError, match="this corpus was made in memory and has no lines to quote"):
        corpus.line(0)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("ids", [0, 1, 0, 0, 2, 1, 9]),
        ("ids", [0, 1, 0, 0, 2, 1, -1]),
        ("offsets", [0, 3, 2, 3, 5, 7]),
        ("offsets", [0, 2, 3, 3, 5, 6]),
        ("slices", [0, 3, 4]),
        ("counts", [[0, 0, 0]]),
        ("documents", [[0, 1]]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(corpus, tmp_path, name, array):
    arrays = {
        "ids": corpus.ids,
        "offsets": corpus.offsets,
        "documents": corpus.documents.offsets,
        "document_files": corpus.documents.files,
        "slices": corpus.slice_offsets,
        "counts": corpus.counts,
    }
    arrays[name] = np.array(array, dtype=arrays[name].dtype)
    with ArtifactWriter(tmp_path / "c", kind="corpus") as writer:
        corpus.vocabulary.save(writer)
        for key, value in arrays.items():
            writer.array(key, value)
        writer.commit({"labels": ["then", "now"]})
    with pytest.raises(CorruptFileError, match="the arrays of this corpus do not fit together"):
        Corpus.load(tmp_path / "c")


def test_a_session_shows_sizes_only():
    corpus = Corpus.from_sentences({"then": [["a", "b"]] * 1200, "now": [["b"]]}, min_count=1)
    assert repr(corpus) == "Corpus(2 slices, 1,201 sentences, 2,401 tokens, 2 words)"
    assert repr(corpus["now"]) == "Corpus(1 slice, 1 sentence, 1 token, 2 words)"


def test_recoding_takes_words_as_they_are_spelt():
    corpus = Corpus.from_sentences([["e\u0301", "é"]], min_count=1)
    recoded = corpus.recoded(Vocabulary(("é",), np.array([1])))
    assert (recoded.sentence(0), recoded.counts.tolist()) == (["é"], [[1]])


def with_columns(corpus, **columns):
    held = {name: Column.from_values(values) for name, values in columns.items()}
    return replace(corpus, documents=replace(corpus.documents, columns=held))


def test_columns_survive_saving_and_slicing(tmp_path):
    corpus = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b", "a"]]}, min_count=1)
    corpus = with_columns(corpus, speaker=["Ann", "", "Ann"], genre=["x\ty", "z", "z"])
    corpus.save(tmp_path / "c.wvc")
    loaded = Corpus.load(tmp_path / "c.wvc")
    assert loaded.units("speaker").codes.tolist() == [0, -1, 0]
    assert loaded.units("genre").values == ("x y", "z")
    assert loaded["now"].units("genre").codes.tolist() == [1]
    loaded["now"].save(tmp_path / "now.wvc")
    assert Corpus.load(tmp_path / "now.wvc").units("speaker").codes.tolist() == [0]


def test_units_that_are_not_there_are_named():
    corpus = with_columns(Corpus.from_sentences([["a", "b"]], min_count=1), speaker=["Ann"])
    with pytest.raises(ParameterError, match="unit must be one of document, speaker in this corpus, got 'author'"):
        corpus.units("author")


def test_a_column_that_does_not_fit_is_refused(tmp_path):
    corpus = with_columns(Corpus.from_sentences([["a", "b"]], min_count=1), speaker=["Ann"])
    wrong = replace(
        corpus, documents=replace(corpus.documents, columns={"speaker": Column(np.array([3], np.int32), ("Ann",))})
    )
    wrong.save(tmp_path / "c.wvc")
    with pytest.raises(CorruptFileError, match="column 'speaker' does not fit the documents"):
        Corpus.load(tmp_path / "c.wvc")

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import CorruptFileError, ParameterError, UnknownWordError, Vocabulary
from wordvec.artifact import open_artifact
from wordvec.artifact_writer import ArtifactWriter


def test_order_is_by_count_and_then_by_code_point():
    vocabulary = Vocabulary.from_counts({"b": 2, "a": 2, "Z": 2, "c": 5, "rare": 1}, min_count=2)
    assert vocabulary.words == ("c", "Z", "a", "b")
    assert vocabulary.counts.tolist() == [5, 2, 2, 2]
    assert Vocabulary.from_counts({"a": 1, "b": 2}, max_size=1).words == ("b",)
    assert not vocabulary.counts.flags.writeable


def test_sentences_are_counted():
    assert Vocabulary.from_sentences([["a", "b"], ["a"]], min_count=2).words == ("a",)


def test_lookup():
    vocabulary = Vocabulary(("dog", "cat"), np.array([2, 1]))
    assert (vocabulary["cat"], vocabulary.get("x"), "dog" in vocabulary, list(vocabulary)) == (
        1,
        -1,
        True,
        ["dog", "cat"],
    )
    with pytest.raises(UnknownWordError) as caught:
        vocabulary["dogs"]
    assert str(caught.value) == "'dogs' is not among the 2 words of this vocabulary. Did you mean 'dog'?"
    with pytest.raises(UnknownWordError, match="'zebra' is not among the 2 words of this vocabulary.$"):
        vocabulary["zebra"]


def test_lookup_falls_back_to_the_nfc_form():
    vocabulary = Vocabulary(("király", "e\u0301", "é"), np.array([3, 2, 1]))
    decomposed = "kira\u0301ly"
    assert (vocabulary[decomposed], vocabulary.get(decomposed), decomposed in vocabulary) == (0, 0, True)
    assert (vocabulary["e\u0301"], vocabulary["é"]) == (1, 2)  # the word as typed comes first
    assert (vocabulary.get("a\u0301"), "a\u0301" in vocabulary, 3 in vocabulary) == (-1, False, False)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), "Vocabulary(0 words)"),
        (("sea",), "Vocabulary(1 word: sea)"),
        (("a\nb", "x" * 50), "Vocabulary(2 words: a\\nb, " + "x" * 40 + "…)"),
        (tuple(map(str, range(1200))), "Vocabulary(1,200 words: 0, 1, 2, …)"),
    ],
)
def test_a_session_shows_a_few_words(words, shown):
    assert repr(Vocabulary(words, np.zeros(len(words)))) == shown


@pytest.mark.parametrize(
    ("words", "counts", "message"),
    [
        (("a", "a"), [1, 1], "words must be without duplicates, got 'a'"),
        (("a", ""), [1, 1], "words must be without an empty word, got ''"),
        (("a",), [1, 1], r"counts.shape must be \(1,\), got \(2,\)"),
    ],
)
def test_what_is_no_vocabulary(words, counts, message):
    with pytest.raises(ParameterError, match=message):
        Vocabulary(words, np.array(counts))


def test_limits_are_checked():
    with pytest.raises(ParameterError, match="min_count must be an integer >= 1, got 0"):
        Vocabulary.from_counts({}, min_count=0)
    with pytest.raises(ParameterError, match="max_size must be an integer >= 1, got 0"):
        Vocabulary.from_counts({}, max_size=0)


@given(words=st.lists(st.text(min_size=1).filter(lambda w: w.isprintable() or "\n" in w), unique=True))
def test_any_word_survives_the_disk(words, tmp_path_factory):
    folder = tmp_path_factory.mktemp("v") / "x"
    vocabulary = Vocabulary(tuple(words), np.arange(len(words))[::-1])
    with ArtifactWriter(folder, kind="embeddings") as writer:
        vocabulary.save(writer)
        writer.commit({})
    loaded = Vocabulary.load(open_artifact(folder))
    assert loaded.words == vocabulary.words
    assert loaded.counts.tolist() == vocabulary.counts.tolist()
    assert loaded.digest == vocabulary.digest


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sea", "line 2 of the vocabulary is not 'word, tab, count': 'sea'"),
        ("sea\t-1", "line 2 of the vocabulary"),
        ("\t3", "line 2 of the vocabulary"),
        ("sea\t99999999999999999999", "line 2 of the vocabulary"),
        ("war\t1", "the vocabulary names a word twice"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, line, message):
    with ArtifactWriter(tmp_path / "x", kind="embeddings") as writer:
        writer.text("vocabulary", ["war\t3", line])
        writer.commit({})
    with pytest.raises(CorruptFileError, match=message):
        Vocabulary.load(open_artifact(tmp_path / "x"))


def test_select_orders_by_the_new_counts():
    vocabulary = Vocabulary(("a", "b", "c", "d"), np.array([9, 8, 7, 6]))
    part, rows = vocabulary.select(np.array([0, 2, 5, 2]), min_count=2)
    assert (part.words, part.counts.tolist(), rows.tolist()) == (("c", "b", "d"), [5, 2, 2], [2, 1, 3])


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 3), st.randoms(use_true_random=False))
def test_select_sorts_by_count_then_word(counts, min_count, stream):
    words = [f"w{i:02d}" for i in range(len(counts))]
    stream.shuffle(words)
    vocabulary = Vocabulary(tuple(words), np.ones(len(words), np.int64))
    part, rows = vocabulary.select(np.array(counts, np.int64), min_count=min_count)
    kept = sorted((-count, word) for word, count in zip(words, counts, strict=True) if count >= min_count)
    assert [(-int(count), word) for word, count in zip(part.words, part.counts, strict=True)] == kept
    assert [words[i] for i in rows] == list(part.words)
    assert rows.dtype == np.int64


def test_the_index_is_made_when_a_word_is_looked_up():
    vocabulary = Vocabulary.from_counts({"cat": 2, "dog": 1})
    assert "index" not in vars(vocabulary)
    assert vocabulary["dog"] == 1
    assert "index" in vars(vocabulary)


def test_selecting_everything_copies_nothing():
    vocabulary = Vocabulary(("b", "a", "c"), np.array([3, 2, 2]))
    selected, rows = vocabulary.select(np.array([3, 2, 2]))
    assert selected is vocabulary
    assert rows.tolist() == [0, 1, 2]
    other, rows = vocabulary.select(np.array([3, 2, 1]))
    assert other.counts.tolist() == [3, 2, 1]
    assert rows.tolist() == [0, 1, 2]

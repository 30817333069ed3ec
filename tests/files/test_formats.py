"""Vectors from anywhere: what a path is, and what it says about itself."""

import numpy as np
import pytest
from small_senses import small_senses

from wordvec import AlignedSlices, Corpus, Embeddings, Training, Vocabulary, encode
from wordvec.artifact_writer import ArtifactWriter
from wordvec.errors import CorruptFileError, FormatError, ParameterError
from wordvec.files.describe import describe
from wordvec.files.formats import guess_format, read_every_slice, read_vectors, sniff, write_vectors

WORDS = Vocabulary(("sea", "war", "tea"), np.array([4, 3, 2]))


def some(seed=0):
    return Embeddings(WORDS, np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32), {"settings": {"a": 1}})


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(Corpus, "document_digests", np.zeros(3, np.uint64))  # no kernel needed
    made = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b"]]}, min_count=1)
    made.save(tmp_path / "c.wvc")
    return tmp_path / "c.wvc"


@pytest.fixture
def slices(tmp_path):
    counts = np.array([[2, 2, 1], [2, 1, 1]])
    AlignedSlices(("then", "now"), (some(1), some(2)), WORDS, counts, Training(some(3), some(4), (1.0,))).save(
        tmp_path / "a.wvs"
    )
    return tmp_path / "a.wvs"


@pytest.mark.parametrize("format, kind", [("artifact", "embeddings"), ("word2vec", None), ("word2vec-binary", None)])
def test_every_format_is_read_back(tmp_path, format, kind):
    write_vectors(some(), tmp_path / "v", format)
    assert sniff(tmp_path / "v") == (kind or format)
    found = read_vectors(tmp_path / "v")
    assert found.vectors.tobytes() == some().vectors.tobytes()
    assert found.vocabulary.words == WORDS.words


def test_slices(slices):
    assert list(read_every_slice(slices)) == ["then", "now"]
    assert read_vectors(slices, label="now").vectors.tobytes() == some(2).vectors.tobytes()
    with pytest.raises(FormatError, match=r"a.wvs holds the slices then, now; choose one with --slice\."):
        read_vectors(slices)
    with pytest.raises(ParameterError, match="slice must be one of then, now, got 'soon'"):
        read_vectors(slices, label="soon")


def test_what_holds_no_vectors_or_no_slices(tmp_path, corpus):
    with pytest.raises(FormatError, match=r"c.wvc is a corpus and holds no vectors; make some with: wordvec train"):
        read_vectors(corpus)
    write_vectors(some(), tmp_path / "v", "word2vec")
    with pytest.raises(ParameterError, match=r"slice must not be given: .*v holds no slices, got 'now'"):
        read_vectors(tmp_path / "v", label="now")
    with pytest.raises(ParameterError, match="format must be 'word2vec' or 'word2vec-binary' or 'artifact', got 'npz'"):
        write_vectors(some(), tmp_path / "w", "npz")


@pytest.mark.parametrize(
    "name, format",
    [("a.wv", "artifact"), ("a.TXT", "word2vec"), ("a.vec.gz", "word2vec"), ("a.b.bin.gz", "word2vec-binary")],
)
def test_endings(name, format):
    assert guess_format(name) == format


@pytest.mark.parametrize("name", ["a", "a.wv.gz", "a.npz", "a.wvs"])
def test_other_endings(name):
    with pytest.raises(ParameterError, match=rf"output must end in .wv, .txt, .vec or .bin .* got '{name}'"):
        guess_format(name)


def rows(path):
    return dict(describe(path).values.tolist())


def test_describe_vectors(tmp_path):
    Training(some(), some(1), (2.5, 1.25)).save(tmp_path / "v.wv")
    found = rows(tmp_path / "v.wv")
    assert found["kind"] == "embeddings"
    assert (found["words"], found["dim"], found["losses"], found["settings.a"]) == ("3", "4", "2.5 1.25", "1")
    assert found["first words"] == "sea war tea"
    assert found["on disk"].startswith("3 files (")
    assert "versions.numpy" in found


def test_describe_slices_and_corpora(slices, corpus):
    found = rows(slices)
    assert found["slice then"] == "3 words, 5 tokens (55.6 %)"
    assert (found["compass"], found["dim"]) == ("yes", "4")
    found = rows(corpus)
    assert (found["tokens"], found["documents"], found["slice now"]) == ("4", "3", "1 tokens (25.0 %)")


def test_describe_names_the_input_and_leaves_out_what_is_unknown(tmp_path):
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_text("sea war sea\n")
    encode([tmp_path / f"{number:02}.txt" for number in range(12)], min_count=1, output=tmp_path / "c.wvc")
    described = describe(tmp_path / "c.wvc")
    assert described["property"].is_unique
    found = dict(described.values.tolist())
    assert found["input files"].count(".txt") == 10
    assert found["input files"].endswith("09.txt, and 2 more")
    assert (found["documents"], found["documents end at"]) == ("12", "line")
    assert not {"dates", "report.slices", "slices"} & set(found)
    assert "None" not in found.values()


def test_describe_numbers_the_entries_of_a_list(tmp_path):
    added = [{"labels": ["now"], "dropped": {"tokens": number}} for number in range(12)]
    Embeddings(WORDS, some().vectors, {"added": added, "nothing": [], "dates": [None, "1900"]}).save(tmp_path / "v.wv")
    found = rows(tmp_path / "v.wv")
    assert (found["added.1.labels"], found["added.10.dropped.tokens"], found["added"]) == ("now", "9", "and 2 more")
    assert "added.11.labels" not in found
    assert "nothing" not in found
    assert found["dates"] == "unknown 1900"


def test_describe_a_file(tmp_path):
    write_vectors(some(), tmp_path / "v", "word2vec-binary")
    assert rows(tmp_path / "v") == {
        "kind": "word2vec-binary",
        "words": "3",
        "dim": "4",
        "first words": "sea war tea",
    }


def test_senses_are_read_as_words(tmp_path):
    small_senses().save(tmp_path / "s.wv")
    assert sniff(tmp_path / "s.wv") == "senses"
    found = read_vectors(tmp_path / "s.wv")
    assert set(found.vocabulary.words) == {"bank#1", "bank#2", "river#1", "water#1", "money#1", "loan#1"}
    with pytest.raises(ParameterError, match="holds no slices, got 'now'"):
        read_vectors(tmp_path / "s.wv", label="now")


def test_sense_slices_without_their_parts_are_refused(tmp_path):
    with ArtifactWriter(tmp_path / "s.wvs", kind="sense-slices") as writer:
        writer.commit({})
    with pytest.raises(CorruptFileError, match="labels must be a list of names, got None"):
        read_vectors(tmp_path / "s.wvs")

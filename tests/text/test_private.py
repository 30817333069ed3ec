"""Private text: no way back to it, and no word of a single document."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

import wordvec.text.document_counts as document_counts
from wordvec.errors import FormatError, ParameterError
from wordvec.senses.examples import sense_examples
from wordvec.text.encode import Reading, encode, encode_slices
from wordvec.text.phrases import PhraseMerger
from wordvec.text.vocabulary import Vocabulary


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_leads_back_to_the_text(tmp_path: Path) -> None:
    for name in ("patient-smith.txt", "patient-jones.txt"):
        write(tmp_path, f"secret/{name}", "pain in the back\npain since may\n")
    output = tmp_path / "c.wvc"
    reading = Reading(documents="file", encoding="latin-1")  # whose lines would be kept
    corpus = encode(tmp_path / "secret", reading=reading, min_count=1, examples=False, output=output)
    with pytest.raises(FormatError, match="made with --no-examples: it keeps no lines, and nothing is quoted from it"):
        corpus.line(0)
    assert corpus.lines is None and set(corpus.documents.names or ()) <= {""}
    stored = b"".join(path.read_bytes() for path in sorted(output.iterdir()))
    assert b"smith" not in stored and b"secret" not in stored and b"pain in" not in stored
    metadata = json.loads((output / "metadata.json").read_text())
    assert "files" not in metadata and metadata["settings"]["examples"] is False
    assert not any(path.suffix == ".txt" for path in output.iterdir())


def test_dates_stay_without_names(tmp_path: Path) -> None:
    text = write(tmp_path, "t.txt", "# 1790 Smith\nthe sea\n# 1990 Jones\nthe war sea\n")
    corpus = encode(text, reading=Reading(header="^# ([0-9]+)"), min_count=1, examples=False)
    assert corpus.documents.dates == ("1790", "1990") and corpus.documents.names == ("", "")
    assert corpus["all"].metadata["settings"]["examples"] is False
    corpus.save(tmp_path / "again.wvc")
    with pytest.raises(FormatError, match="--no-examples"):
        corpus["all"].line(0)


def test_examples_of_senses_are_refused(tmp_path: Path) -> None:
    import numpy as np

    from wordvec import SenseEmbeddings

    corpus = encode(write(tmp_path, "t.txt", "bank of river\nmoney bank\n"), min_count=1, examples=False)
    words, eye = Vocabulary(("bank", "river", "money"), np.array([6, 3, 3])), np.eye(2, dtype=np.float32)
    senses = SenseEmbeddings(
        words,
        vectors=np.stack([eye, eye, eye[::-1]]),
        prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
        context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
        gates=np.stack([0 * eye, eye]),
        gate_biases=np.zeros((2, 2), np.float32),
        gate_rows=np.array([1, 0, 0], np.int32),
    )
    with pytest.raises(FormatError, match="nothing is quoted from it; if the text may be quoted, encode it again"):
        sense_examples(senses, corpus, "bank")


TEXT = "the sea sea sea\nthe sea\n\nthe war\n\nthe war and peace\n\npeace\n"


def test_words_of_few_documents_are_dropped_and_counted(tmp_path: Path) -> None:
    corpus = encode(write(tmp_path, "t.txt", TEXT), min_count=1, min_documents=2)
    assert corpus.vocabulary.words == ("the", "peace", "war")
    report = corpus.metadata["report"]
    assert report["tokens"]["below_min_documents"] == 5 and report["types"]["below_min_documents"] == 2
    assert corpus.metadata["settings"]["min_documents"] == 2
    three = encode(write(tmp_path, "t.txt", TEXT), min_count=2, min_documents=2)
    assert three.metadata["report"]["types"]["below_min_count"] == 1


@pytest.mark.parametrize("documents", ["blank", "line", "file"])
def test_documents_of_a_word_are_those_of_the_corpus(tmp_path: Path, documents: str) -> None:
    paths = {
        name: write(tmp_path, f"{name}/{k}.txt", TEXT + f"{name}{k}\n").parent for k in "ab" for name in ("x", "y")
    }
    corpus = encode_slices(paths, reading=Reading(documents=documents), min_count=1)
    limit = 5 if documents != "file" else 4
    kept = encode_slices(paths, reading=Reading(documents=documents), min_count=1, min_documents=limit)
    found: dict[str, int] = {}
    ends = corpus.offsets[corpus.documents.offsets]
    for start, stop in pairwise(ends):
        for number in set(corpus.ids[start:stop].tolist()):
            word = corpus.vocabulary.words[number]
            found[word] = found.get(word, 0) + 1
    assert set(kept.vocabulary.words) == {word for word, count in found.items() if count >= limit}


def test_a_phrase_of_few_documents_is_taken_apart(tmp_path: Path) -> None:
    text = "a heart attack attack\n\nthe heart\n\nthe attack a\n"
    merger = PhraseMerger.from_texts(["heart attack"])
    corpus = encode(write(tmp_path, "t.txt", text), phrases=merger, min_count=1, min_documents=2)
    assert set(corpus.vocabulary.words) == {"a", "heart", "attack", "the"}
    assert corpus.sentence(0) == ["a", "heart", "attack", "attack"]


def test_long_documents_are_counted_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import wordvec.text.spool as spool

    path = write(tmp_path, "t.txt", TEXT * 20)
    whole = encode(path, min_count=1, min_documents=30)
    monkeypatch.setattr(spool, "_CHUNK", 3)
    monkeypatch.setattr(spool, "_ITEMS", 2)
    assert encode(path, min_count=1, min_documents=30).digest == whole.digest
    assert document_counts.__all__ == ["count_documents"]


def test_too_few_words_in_enough_documents(tmp_path: Path) -> None:
    message = r"1 of 5 words occur in 3 documents or more \(--min-documents\), 4 in fewer; vectors need at least two"
    with pytest.raises(FormatError, match=message):
        encode(write(tmp_path, "t.txt", TEXT), min_count=1, min_documents=3)


def test_a_given_vocabulary_has_chosen(tmp_path: Path) -> None:
    words = Vocabulary.from_counts({"the": 1, "sea": 1})
    with pytest.raises(ParameterError, match="min_documents chooses words, and vocabulary has chosen them"):
        encode(write(tmp_path, "t.txt", TEXT), vocabulary=words, min_documents=2)
    with pytest.raises(ParameterError, match="min_documents must be an integer >= 1, got 0"):
        encode(write(tmp_path, "t.txt", TEXT), min_documents=0)

"""CoNLL-U becomes a corpus of the words that it annotates."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from wordvec.errors import FormatError
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode
from wordvec.text.records import Records


def word(number: object, form: str, lemma: str = "_", part: str = "X", misc: str = "_") -> str:
    return f"{number}\t{form}\t{lemma}\t{part}\t_\t_\t0\t_\t_\t{misc}\n"


TWO = (
    "# newdoc id = one\n# meta::date = 1846-03\n# meta::genre = news\n# sent_id = 1\n# text = Don’t go, Ann.\n"
    + word("1-2", "Don’t")
    + word(1, "Do", "do", "AUX")
    + word(2, "n’t", "not", "PART")
    + word(3, "go", "go", "VERB", "SpaceAfter=No")
    + word(4, ",", ",", "PUNCT")
    + word("4.1", "here", "here", "ADV")
    + word(5, "Ann", "Ann", "PROPN", "SpaceAfter=No")
    + word(6, ".", ".", "PUNCT")
    + "\n# sent_id = 2\n"
    + word("1-2", "du", misc="SpaceAfter=No")
    + word(1, "de", "de", "ADP")
    + word(2, "le", "le", "DET")
    + word(3, "!", "!", "PUNCT")
    + "\n\n# newdoc id = two\n# meta::date = 1901\n# meta::genre = novel\n"
    + word(1, "1 000", "1 000", "NUM")
    + word(2, "seas", "sea", "NOUN")
)


def read(path: Path, tokenizer: str = "words", case: str = "lower", **options: Any) -> Corpus:
    return encode(path, reading=Reading(tokenizer=tokenizer, case=case, records=Records(**options)), min_count=1)


@pytest.mark.parametrize(
    ("layer", "tokenizer", "case", "sentences"),
    [
        ("form", "words", "lower", ["do n't go ann", "de le", "1_000 seas"]),
        ("form", "whitespace", "keep", ["Do n’t go , Ann .", "de le !", "1_000 seas"]),
        ("lemma", "words", "keep", ["do not go Ann", "de le", "1_000 sea"]),
        ("lemma_pos", "words", "lower", ["do_AUX not_PART go_VERB ann_PROPN", "de_ADP le_DET", "1_000_NUM sea_NOUN"]),
    ],
)
def test_layers(tmp_path: Path, layer: str, tokenizer: str, case: str, sentences: list[str]) -> None:
    path = tmp_path / "t.conllu.gz"
    path.write_bytes(gzip.compress(TWO.replace("\n", "\r\n").encode()))
    corpus = read(path, tokenizer, case, layer=layer, date_column="date", slice_by="century")
    assert [" ".join(sentence) for sentence in corpus.sentences()] == sentences
    assert [corpus.line(n) for n in range(3)] == ["Don’t go, Ann.", "du!", "1 000 seas"]
    assert corpus.labels == ("1800-1899", "1900-1999") and corpus.documents.offsets.tolist() == [0, 2, 3]
    assert (corpus.documents.names, corpus.documents.dates) == (("one", "two"), ("1846-03", "1901"))
    assert corpus.units("genre").values == ("news", "novel") and corpus.metadata["documents"] == "newdoc"
    counts = corpus.metadata["report"]["annotation"]
    assert {**counts, "punctuation": 3} == {"empty_nodes": 1, "punctuation": 3, "ranges": 2, "words": 11}
    assert counts.get("punctuation", 0) == (3 if tokenizer == "words" else 0)


def test_a_file_without_newdoc_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text(word(1, "a") + "\n# newpar\n" + word(1, "b"))
    (tmp_path / "b.conllu").write_text(word(1, "a") + "\n# newdoc\n# newdoc id = x\n" + word(1, "b") + "\n")
    corpus = read(tmp_path)
    assert corpus.documents.names == ("a.conllu", "b.conllu", "x")
    assert corpus.documents.offsets.tolist() == [0, 2, 3, 4]


def test_words_without_a_lemma_are_counted_unless_none_has_one(tmp_path: Path) -> None:
    path = tmp_path / "t.conllu"
    path.write_text(word(1, "a", "b") + word(2, "c") + word(3, "_", "_") + word(4, "d", "e"))
    corpus = read(path, layer="lemma")
    assert corpus.sentence(0) == ["b", "e"]
    assert corpus.metadata["report"]["annotation"]["without_lemma"] == 1
    path.write_text(word(1, "a") + word(2, "b"))
    with pytest.raises(FormatError, match=r"t\.conllu: no word has a lemma; pass --layer form\."):
        read(path, layer="lemma")
    with pytest.raises(FormatError, match=r"t\.conllu: no word has a lemma and a part of speech; pass --layer form\."):
        read(path, layer="lemma_pos")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1\ta\ta\n", "t.conllu, line 1: expected a word, 10 cells between tabs (CoNLL-U), got 3."),
        (word(1, "a") + "# in the middle\n", "line 2: expected a word, 10 cells between tabs (CoNLL-U), got 1."),
        (word("x", "a"), "line 1: a word's number must be 1, 2, ..., a range 1-2 or an empty node 1.1, and a sentence"),
        (word(0, "a"), "line 1: a word's number must be 1, 2"),
        ("# newdoc id = a\n\n", "t.conllu is empty."),
        ("", "t.conllu is empty."),
    ],
)
def test_what_is_refused_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "t.conllu").write_text(content)
    with pytest.raises(FormatError) as caught:
        read(tmp_path / "t.conllu")
    assert message in str(caught.value)


def test_a_column_that_no_document_has_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.conllu").write_text(TWO)
    message = r"CoNLL-U \(comments after # newdoc\) has no column 'dat' \(--date-column\); .* Did you mean 'date'\?"
    with pytest.raises(FormatError, match=message):
        read(tmp_path / "t.conllu", date_column="dat")


def test_phrases_are_joined_over_annotated_words(tmp_path: Path) -> None:
    from wordvec.text.phrases import PhraseMerger

    (tmp_path / "t.conllu").write_text(word(1, "The") + word(2, "Sea") + word(3, "Wall") + word(4, "."))
    merger = PhraseMerger.from_texts(["sea wall"])
    corpus = encode(tmp_path / "t.conllu", phrases=merger, min_count=1)
    assert corpus.sentence(0) == ["the", "sea_wall"]


def test_metadata_join_by_document_or_file(tmp_path: Path) -> None:
    (tmp_path / "t.conllu").write_text(TWO)
    (tmp_path / "m.csv").write_text("id,year,author\none,1850,Ann\nt,1860,Bob\n")
    corpus = read(tmp_path / "t.conllu", metadata=str(tmp_path / "m.csv"), date_column="year", slice_by="year")
    assert corpus.labels == ("1850", "1860") and corpus.documents.names == ("one", "two")
    assert corpus.units("author").values == ("Ann", "Bob")

"""Phrases that become words while text is encoded."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import FormatError, ParameterError
from wordvec.text import readers
from wordvec.text.encode import Reading, encode
from wordvec.text.phrases import PhraseMerger, read_phrases
from wordvec.text.tokenize import tokenize
from wordvec.text.vocabulary import Vocabulary

TEXT = "A heart attack; the heart attack risk.\nRisk of heart\nattack. Heart attack\n"
MERGER = PhraseMerger.from_texts(["Heart attack", "attack risk", "heart_attack risk"])


def lines(corpus):
    return [" ".join(sentence) for sentence in corpus.sentences()]


def test_the_longest_match_from_the_left_and_never_across_a_line(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(TEXT)
    corpus = encode(tmp_path / "t.txt", phrases=MERGER, min_count=1)
    assert lines(corpus) == ["a heart_attack the heart_attack_risk", "risk of heart", "attack heart_attack"]
    assert corpus.line(0) == "A heart attack; the heart attack risk."
    report = corpus.metadata["report"]
    assert report["phrases"] == {
        "given": 3,
        "left_out": {},
        "found": 2,
        "occurrences": 3,
        "taken_apart": {"phrases": 0, "occurrences": 0},
    }
    assert report["tokens"]["read"] == report["tokens"]["kept"] == 9
    assert corpus.metadata["settings"]["phrases"] == {"number": 3, "sha256": MERGER.digest}
    assert "phrases" not in encode(tmp_path / "t.txt", min_count=1).metadata["settings"]


def test_phrases_too_rare_for_a_word_are_taken_apart(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(TEXT)
    corpus = encode(tmp_path / "t.txt", phrases=MERGER, min_count=2)
    assert lines(corpus) == ["heart_attack heart_attack risk", "risk", "heart_attack"]
    report = corpus.metadata["report"]
    assert report["phrases"]["taken_apart"] == {"phrases": 1, "occurrences": 1}
    assert corpus.vocabulary.counts.tolist() == [3, 2]
    assert report["tokens"] == {"read": 10, "kept": 5, "below_min_count": 5, "beyond_max_size": 0, "too_long": 0}
    assert report["slices"][0]["tokens_read"] == 10
    known = encode(tmp_path / "t.txt", phrases=MERGER, vocabulary=corpus.vocabulary)
    assert lines(known) == lines(corpus)
    from_words = PhraseMerger.from_vocabulary(corpus.vocabulary)
    assert from_words.phrases == (("heart", "attack"),)
    assert lines(encode(tmp_path / "t.txt", phrases=from_words, vocabulary=corpus.vocabulary)) == lines(corpus)


PIECES = st.sampled_from(["a", "b", "c", "d", "é", "A", "b-c"])
LISTS = st.lists(st.lists(PIECES, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(
    LISTS,
    st.lists(st.lists(PIECES, max_size=15).map(", ".join), min_size=1, max_size=6),
    st.sampled_from(["words", "whitespace"]),
    st.sampled_from(["lower", "keep"]),
    st.integers(20, 60),
)
def test_encoding_does_what_the_plain_merger_does(
    tmp_path_factory: pytest.TempPathFactory, phrases: list[str], text: list[str], tokenizer: str, case: str, block: int
) -> None:
    """Also where lines are so long that they come in parts."""
    path = tmp_path_factory.mktemp("phrases") / "t.txt"
    text = [*text, "a x b x a x b"]
    path.write_text("\n".join(text))
    merger = PhraseMerger.from_texts(phrases, tokenizer=tokenizer, case=case)
    expected = [merger.merge(tokenize(line, tokenizer=tokenizer, case=case)) for line in text]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "BLOCK", block)
        corpus = encode(path, reading=Reading(tokenizer=tokenizer, case=case), phrases=merger, min_count=1)
    assert list(corpus.sentences()) == [line for line in expected if line]


def test_a_phrase_across_the_parts_of_a_long_line(tmp_path: Path) -> None:
    words = ("x " * 20_000 + "heart attack ") * 30
    (tmp_path / "t.txt").write_text(words + "\nheart attack")
    corpus = encode(tmp_path / "t.txt", phrases=MERGER, min_count=1)
    assert corpus.vocabulary.words == ("x", "heart_attack")
    assert corpus.vocabulary.counts.tolist() == [600_000, 31]


def test_the_order_of_files_changes_no_bit(tmp_path: Path) -> None:
    for name, text in (("a", TEXT), ("b", "of the heart attack\nattack risk\n"), ("c", "attack risk of\n" * 3)):
        (tmp_path / f"{name}.txt").write_text(text)
    made = [
        encode([tmp_path / f"{name}.txt" for name in order], phrases=MERGER, min_count=2).digest
        for order in ("abc", "cba", "bca")
    ]
    assert len(set(made)) == 1


def test_what_is_no_phrase_is_counted() -> None:
    merger = PhraseMerger.from_texts(["a b", "A  b", "one", "...", "x " * 40, "y" * 200 + " " + "z" * 200, "c_d"])
    assert merger.phrases == (("a", "b"), ("c", "d"))
    assert merger.left_out == {"duplicates": 1, "single_words": 1, "too_long": 2, "without_words": 1}
    assert len(PhraseMerger.from_vocabulary(Vocabulary.from_counts({"a_b": 1, "_": 1, "c_": 1, "d": 1}))) == 1
    with pytest.raises(ParameterError, match="phrases must be sorted and distinct"):
        PhraseMerger((("b", "a"), ("a", "b")))
    with pytest.raises(ParameterError, match="phrases must be of 2 to 32 tokens, got 'a'"):
        PhraseMerger((("a",),))


def test_a_list_of_phrases(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "p.txt.gz", "wt") as stream:
        stream.write("heart attack\n\n stroke \n")
    assert read_phrases(tmp_path / "p.txt.gz") == ["heart attack", " stroke "]
    (tmp_path / "long.txt").write_text("a b\n" + "x" * 10_001)
    with pytest.raises(FormatError, match=r"long.txt, line 2: over 10,000 characters are no phrase"):
        read_phrases(tmp_path / "long.txt")
    (tmp_path / "none.txt").write_text("\n\n")
    with pytest.raises(FormatError, match=r"none.txt holds no phrase"):
        read_phrases(tmp_path / "none.txt")

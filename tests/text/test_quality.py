"""How well each slice was read, in numbers that are counted before rare words go."""

import lzma
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_intake import _BROKEN

from wordvec.errors import FormatError
from wordvec.text.broken import TAIL, count_broken
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode_slices
from wordvec.text.phrases import PhraseMerger
from wordvec.text.quality import WordList, describe_quality, read_lexicon, text_quality


def make(folder: Path, old: str, new: str, **options: object) -> Corpus:
    for name, text in (("old", old), ("new", new)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    paths = {name: folder / f"{name}.txt" for name in ("old", "new")}
    return encode_slices(paths, **{"min_count": 1, **options})  # type: ignore[arg-type]


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("aé中Z1£■^#¬\u2028\ufffd\ue000\x7f\x1c '-.—"), max_size=60), st.integers(0, 60))
def test_broken_words_are_those_of_a_plain_expression(text: str, cut: int) -> None:
    encoded = text.encode()
    assert count_broken(encoded) == len(_BROKEN.findall(text))
    first = text[:cut].encode()
    tail = first[-TAIL:]
    rest = count_broken(tail + text[cut:].encode()) - count_broken(tail)
    assert count_broken(first) + rest == count_broken(encoded)


def test_each_share_counts_what_it_says(tmp_path: Path) -> None:
    corpus = make(tmp_path, "the w4r 1st 2nd x sea-side 1914 gov£nt 中 b2b\n", "the sea, the war\n")
    old, new = text_quality(corpus).to_dict("records")
    assert old["tokens"] == 11 and new["tokens"] == 4
    assert old["single_letters"] == pytest.approx(1 / 11)  # 中 is a word
    assert old["digits_inside"] == pytest.approx(2 / 11)  # w4r and b2b
    assert old["broken"] == pytest.approx(1 / 11)
    assert old["outside_lexicon"] == pytest.approx(5 / 6)  # the others are no words of letters
    assert old["mean_length"] == pytest.approx((3 + 1 + 8 + 3 + 2 + 1) / 6)
    assert new["outside_lexicon"] == pytest.approx(2 / 4) and new["broken"] == 0


def test_rare_words_count(tmp_path: Path) -> None:
    texts = "the sea the sea the zzz\n", "the sea the sea the yyy\n"
    one, two = make(tmp_path, *texts, min_count=1), make(tmp_path, *texts, min_count=4)
    assert text_quality(one).equals(text_quality(two))
    assert two.vocabulary.words == ("the", "sea")


def test_a_lexicon_knows_words_and_what_is_made_of_them(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("The\nking\t12\nself\nmade\nNew York\n")
    lexicon = read_lexicon(path)
    assert len(lexicon.words) == 4
    corpus = make(tmp_path, "The king’s self-made kjng\n", "the king\n", lexicon=lexicon)
    table = text_quality(corpus)
    assert table["outside_lexicon"].tolist() == [1 / 4, 0.0]
    assert table.attrs["lexicon"] == {"from": "words.txt", "words": 4, "sha256": lexicon.digest}


def test_what_is_no_lexicon_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("word\nthe sea\nthe war\n")
    message = (
        r"words.txt, line 2: expected a word, got 'the sea'; 2 of 3 lines hold no single word, so this is no lexicon"
    )
    with pytest.raises(FormatError, match=message):
        read_lexicon(path)


def test_case_does_not_put_a_word_outside(tmp_path: Path) -> None:
    corpus = make(tmp_path, "The Sea\n", "the sea\n", reading=Reading(case="keep"))
    assert text_quality(corpus)["outside_lexicon"].tolist() == [0.0, 0.0]


def test_phrases_and_broken_words_count_as_their_words(tmp_path: Path) -> None:
    texts = "the heart attack broad-\ncast\n", "heart the attack broadcast\n"
    joined = make(
        tmp_path, *texts, phrases=PhraseMerger.from_texts(["heart attack"]), reading=Reading(join_hyphens=True)
    )
    assert text_quality(joined)["outside_lexicon"].tolist() == [0.0, 0.0]
    assert text_quality(joined)["tokens"].tolist() == [4, 4]


def test_one_slice_without_a_lexicon_has_nothing_to_be_outside_of(tmp_path: Path) -> None:
    corpus = make(tmp_path, "the sea\n", "the war\n")["old"]
    assert text_quality(corpus)["slice"].tolist() == ["old"]
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "t.txt").write_text("the sea\n")
    alone = encode_slices({"all": tmp_path / "all"}, min_count=1)
    assert np.isnan(text_quality(alone)["outside_lexicon"].item())
    assert describe_quality(text_quality(alone)) == []


def test_a_corpus_made_in_memory_has_no_quality() -> None:
    with pytest.raises(FormatError, match="does not say how well its text was read: it was made in memory, or by an"):
        text_quality(Corpus.from_sentences([["a", "b"]], min_count=1))


def test_slices_that_differ_are_named_with_the_numbers(tmp_path: Path) -> None:
    rng, words = random.Random(1), [f"w{chr(97 + i)}{chr(97 + j)}d" for i in range(20) for j in range(20)]
    good = " ".join(rng.choice(words) for _ in range(3000))
    bad = " ".join(word[0] + "£" + word[2:] if rng.random() < 0.1 else word for word in good.split())
    lexicon = WordList(frozenset(words), "words.txt")
    remarks = describe_quality(text_quality(make(tmp_path, bad, good, lexicon=lexicon)))
    assert [remark.partition(":")[0] for remark in remarks] == [
        "words outside the lexicon words.txt",
        "single letters",
        "words broken by unusual characters",
    ]
    assert "% in old, 0.00% in new; they differ in kind of text, or in how well it was read" in remarks[0]
    assert describe_quality(text_quality(make(tmp_path, good, good, lexicon=lexicon))) == []


def test_sizes_that_differ_are_told_instead_of_the_share_outside(tmp_path: Path) -> None:
    remarks = describe_quality(text_quality(make(tmp_path, "the sea and war\n" * 400, "the new\n" * 100)))
    assert remarks == [
        "words outside the other slices are not compared: one slice has 8.0 times the tokens of another; "
        "--lexicon FILE would tell"
    ]


def test_scanned_speeches_are_worse_than_written_ones(shared_data: Path, tmp_path: Path) -> None:
    texts = []
    for name in ("ungd-1946-1956", "ungd-2015-2018"):
        with lzma.open(shared_data / f"corpus/ungd/{name}.txt.xz", "rt", encoding="utf8") as stream:
            texts.append("".join(line for line, _ in zip(stream, range(8000), strict=False)))
    table = text_quality(make(tmp_path, *texts))
    assert table["single_letters"].max() < 0.1 and (table["mean_length"] > 3).all()

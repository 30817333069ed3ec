"""Pairs of words in context: both forms of WiC and SCWS in miniature, what is refused, and the real files."""

import json

import pytest

from wordvec.errors import FormatError
from wordvec.evaluate.sets.context_pairs import read_context_pairs, read_usage_pairs
from wordvec.evaluate.sets.contexts import Occurrence
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.word_in_context import read_word_in_context

SCWS = "1\tBrazil\tn\tnut\tn\tin <b> Brazil </b> the\tthe <b> nut </b> ( 1.4 )\t1.1\t0.0\t3.0\n"
TABLE = "bank\tN\t1-0\ta bank robber\tBanks of it\n"
PAIR = {
    "id": "d.0", "lemma": "play", "pos": "NOUN", "sentence1": "A key play, here.", "sentence2": "Plays on.",
    "start1": "6", "end1": "10", "start2": 0, "end2": 5,
}  # fmt: skip


def usage(data, gold, **options):
    texts = [one if isinstance(one, str) else json.dumps(one) for one in (data, gold)]
    return read_usage_pairs(Dataset("d.data", texts[0], ""), Dataset("d.gold", texts[1], ""), **options)


def test_similarities_in_context():
    found = read_context_pairs(Dataset("toy", SCWS, "33"))
    assert found.words == (("Brazil", "nut"),) and found.scores.tolist() == [1.1]
    assert found.around == ((Occurrence(("in",), ("the",)), Occurrence(("the",), ("1.4",))),)


@pytest.mark.parametrize(
    "text, message",
    [
        ("a\tb\n", "toy, line 1: expected 8 columns or more with tabs between them, got 2"),
        (
            SCWS.replace("</b>", ""),
            "toy, line 1: a context must hold its word between <b> and </b>, got 'in <b> Brazil",
        ),
        (SCWS.replace("1.1", "high"), "toy, line 1: the score must be a number, got 'high'"),
        (SCWS.replace("nut\tn", "\tn"), "toy, line 1: a word is empty"),
    ],
)
def test_bad_similarities_in_context(text, message):
    with pytest.raises(FormatError, match=message):
        read_context_pairs(Dataset("toy", text, ""))


def test_usage_pairs_of_both_forms():
    table = usage(TABLE, "F\n")
    assert table.words == (("bank", "bank"),) and table.scores.tolist() == [0.0]
    assert table.around[0] == (Occurrence(("a",), ("robber",)), Occurrence((), ("of", "it")))
    found = usage([PAIR], [{"id": "d.0", "tag": "T"}])
    assert found.around[0] == (Occurrence(("a", "key"), ("here",)), Occurrence((), ("on",)))
    assert found.scores.tolist() == [1.0] and found.name == "d.data"
    assert usage(TABLE, "F\n", tokenizer="alnum").name == "d.data, alnum tokens"


@pytest.mark.parametrize(
    "data, gold, message",
    [
        (TABLE, "F\nT\n", "d.gold holds 2 lines, and d.data 1; one is for each pair"),
        (TABLE, "maybe\n", "d.gold, line 1: a tag must be T or F, got 'maybe'"),
        (
            "bank\tN\t1-0\n",
            "F\n",
            "d.data, line 1: expected word, part of speech, places and two sentences, got 3 columns",
        ),
        (
            TABLE.replace("1-0", "1"),
            "F\n",
            "d.data, line 1: places of the word must be two numbers, as in 2-5, got '1'",
        ),
        (TABLE.replace("1-0", "1-9"), "F\n", "d.data, line 1: the place of the word must be 0 to 2, got '9'"),
        ("[", "[]", "d.data is not JSON"),
        ([PAIR], {"id": "d.0"}, "d.gold: expected a list of objects, got a dict"),
        ([{"id": "x"}], [], "d.data, object 1: expected id, lemma, .*; no lemma"),
        ([PAIR], [], "d.gold lacks 1 pairs that d.data holds: d.0"),
        ([PAIR], [{"id": "d.0", "tag": "T"}, {"id": "d.1", "tag": "T"}], "d.data lacks 1 pairs that d.gold holds: d.1"),
        ([PAIR, PAIR], [{"id": "d.0", "tag": "T"}], "d.data, d.0: there are two pairs of this id"),
        ([PAIR | {"end1": "99"}], [{"id": "d.0", "tag": "T"}], "start1 and end1 must be places in the sentence"),
        ("[]", "[]", "d.data holds no pair of sentences"),
    ],
)
def test_bad_usage_pairs(data, gold, message):
    with pytest.raises(FormatError, match=message):
        usage(data, gold)


def write(folder, part, text, tag="F\n"):
    folder.mkdir(exist_ok=True)
    (folder / f"{part}.data.txt").write_text(text)
    (folder / f"{part}.gold.txt").write_text(tag)
    return folder / f"{part}.data.txt"


def test_parts_are_found_beside_each_other(tmp_path):
    write(tmp_path / "train", "train", TABLE.replace("robber", "teller"))
    asked = write(tmp_path / "dev", "dev", TABLE)
    found = read_word_in_context(asked)
    assert (found.name, found.train.name, len(found)) == ("dev.data.txt", "train.data.txt", 1)
    assert found.notes == ("threshold from train.data.txt, 1 pairs", "1 of 1 words are in both parts")


def test_parts_that_are_missing_or_the_same(tmp_path):
    asked = write(tmp_path, "dev", TABLE)
    with pytest.raises(FormatError, match=r"dev.data.txt: there is no training part beside it; name it: train=FILE"):
        read_word_in_context(asked)
    with pytest.raises(FormatError, match="the training part is the same file; a threshold is chosen on other pairs"):
        read_word_in_context(asked, asked)
    (tmp_path / "dev.gold.txt").unlink()
    with pytest.raises(FormatError, match=r"there is no gold beside it called 'dev.gold.txt'; name it: gold=FILE"):
        read_word_in_context(asked, asked)


def test_real_files(shared_data):
    found = read_word_in_context(shared_data / "eval" / "wic" / "mcl-wic" / "dev.en-en.data.xz")
    assert (len(found.train), len(found.test)) == (8000, 1000)
    assert found.test.scores.mean() == 0.5
    assert len(read_context_pairs(shared_data / "eval" / "similarity" / "SCWS-ratings.txt.xz")) == 2003

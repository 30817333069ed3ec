"""Sentences of the report: those that tell the slices apart, from several units, and none of private text."""

from dataclasses import replace

import numpy as np
import pytest

from wordvec import AlignmentError, Corpus, ParameterError
from wordvec.report.quotes import quote_words
from wordvec.text.documents import Column, Documents
from wordvec.text.encode import encode_slices


def corpus(documents=None):
    rng = np.random.default_rng(1)
    common = ["the", "and", "of", "in", "was", "is"]
    slices = {}
    for label, own in (("then", ["river", "boat", "shore"]), ("now", ["money", "loan", "credit"])):
        plain = [[*rng.choice(common, 4), "bank", *rng.choice(common, 4)] for _ in range(30)]
        telling = [[*rng.permutation(own), "bank", str(rng.choice(common))] for _ in range(6)]
        slices[label] = [[str(w) for w in sentence] for sentence in plain + telling]
    made = Corpus.from_sentences(slices, min_count=1)
    return made if documents is None else replace(made, documents=documents(len(made.documents)))


def test_telling_sentences_come_first():
    found = quote_words(corpus(), ["bank"], ("then", "now"), k=1)
    assert {"river", "boat", "shore"} <= set(found.of["bank", "then", "now"][0].text.split())
    assert {"money", "loan", "credit"} <= set(found.of["bank", "now", "then"][0].text.split())
    quote = found.of["bank", "then", "now"][0]
    assert quote.text[quote.start : quote.end] == "bank" and not found.has_lines
    assert found == quote_words(corpus(), ["bank"], ("then", "now"), k=1)


def test_no_unit_is_quoted_twice_while_there_are_others():
    def spoken(n):
        speakers = Column(np.where(np.arange(n) % 36 < 25, 0, np.arange(n) % 36).astype(np.int32), tuple("abc" * 12))
        names = tuple(f"speech {i}" for i in range(n))
        return Documents(np.arange(n + 1), np.zeros(n, np.int32), names, ("1900",) * n, {"speaker": speakers})

    made = corpus(spoken)
    quotes = quote_words(made, ["bank"], ("then", "now"), k=3, unit="speaker").of["bank", "then", "now"]
    numbers = [int(quote.source.split()[1].rstrip(",")) for quote in quotes]
    speakers = made.units("speaker").codes[numbers]
    assert len(set(speakers.tolist())) == len(speakers) and quotes[0].source.endswith(", 1900")


def test_where_nothing_differs_they_are_spread():
    same = [[f"filler{i}", "bank", f"other{i}"] for i in range(40)]
    made = Corpus.from_sentences({"then": same, "now": same}, min_count=1)
    quotes = quote_words(made, ["bank"], ("then", "now"), k=2).of["bank", "then", "now"]
    assert [quote.text for quote in quotes] == ["filler0 bank other0", "filler5 bank other5"]


def test_unknown_words_odd_places_and_private_text():
    made = Corpus.from_sentences({"then": [["bank"], ["bank", "bank"]], "now": [["sea"]]}, min_count=1)
    found = quote_words(made, ["nowhere", "bank", "bank"], ("then", "now"))
    assert found.of["bank", "now", "then"] == [] and len(found.of) == 2
    assert [quote.text for quote in found.of["bank", "then", "now"]] == ["bank"]
    private = replace(made, metadata={"settings": {"examples": False}})
    assert quote_words(private, ["bank"], ("then", "now")) == ({}, True, True)
    assert quote_words(made, [], ("then", "now")).of == {}
    with pytest.raises(AlignmentError, match=r"^the corpus has no slice 'soon'; its slices are then, now\. Give the"):
        quote_words(made, ["bank"], ("then", "soon"))
    with pytest.raises(ParameterError, match=r"^k must be an integer >= 1, got 0$"):
        quote_words(made, ["bank"], ("then", "now"), k=0)
    with pytest.raises(ParameterError, match=r"^width must be an integer >= 20, got 3$"):
        quote_words(made, ["bank"], ("then", "now"), width=3)


def test_lines_are_quoted_as_they_were_written(tmp_path):
    for name, text in (("then", "We sat on the Bank, of the river.\n" * 6), ("now", "Our BANK; lends money!\n" * 6)):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    made = encode_slices({name: tmp_path / f"{name}.txt" for name in ("then", "now")}, min_count=1)
    found = quote_words(made, ["bank"], ("then", "now"))
    quote = found.of["bank", "now", "then"][0]
    assert (quote.text, quote.text[quote.start : quote.end]) == ("Our BANK; lends money!", "BANK")
    assert found.has_lines and quote.source == "now.txt"

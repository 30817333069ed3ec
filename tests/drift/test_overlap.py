"""Sizes of slices and the words they share, and the warnings about them."""

import lzma
from pathlib import Path

import numpy as np
import pytest

from wordvec.drift.overlap import balance_warnings, describe_balance
from wordvec.embeddings import Embeddings
from wordvec.errors import AlignmentError, ParameterError
from wordvec.slices import AlignedSlices
from wordvec.text.corpus import Corpus
from wordvec.text.encode import encode_slices


def make(**counts: dict[str, int]) -> Corpus:
    sentences = {label: [[word] for word, n in words.items() for _ in range(n)] for label, words in counts.items()}
    return Corpus.from_sentences(sentences, min_count=1)


def test_every_two_slices_are_compared() -> None:
    corpus = make(a={"x": 30, "y": 5, "z": 4}, b={"x": 20, "z": 5}, c={"x": 10, "y": 10, "z": 10})
    table = describe_balance(corpus)
    assert table[["source", "target"]].values.tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    first = table.iloc[0]
    assert (first["tokens_source"], first["tokens_target"], first["ratio"]) == (39, 25, 39 / 25)
    assert (first["words_source"], first["words_target"], first["shared"], first["above_floor"]) == (2, 2, 1, 1)
    assert first["overlap"] == 0.5
    assert (first["tokens_shared_source"], first["tokens_shared_target"]) == (30 / 39, 20 / 25)
    assert table.attrs["settings"] == {"min_count": 5, "floor": 20}


def test_aligned_slices_are_the_same_as_their_corpus() -> None:
    corpus = make(a={"x": 30, "y": 5}, b={"x": 20, "z": 5})
    embeddings = Embeddings(corpus.vocabulary, np.eye(3, dtype=np.float32))
    aligned = AlignedSlices(corpus.labels, (embeddings, embeddings), corpus.vocabulary, corpus.counts)
    assert describe_balance(corpus).equals(describe_balance(aligned))


def test_a_part_of_a_vocabulary_overlaps_fully() -> None:
    table = describe_balance(make(a={"x": 9, "y": 9, "z": 9}, b={"x": 9}))
    assert table["overlap"].item() == 1.0


def test_one_slice_has_nothing_to_be_compared_with() -> None:
    table = describe_balance(make(a={"x": 9}))
    assert len(table) == 0 and balance_warnings(table) == []


def test_slices_without_common_words_are_refused() -> None:
    message = (
        "slices 'a' and 'b' have no word in common that each has 5 times or more \\(1 and 2 words\\): they cannot be"
    )
    with pytest.raises(AlignmentError, match=message):
        describe_balance(make(a={"x": 9, "z": 4}, b={"y": 9, "z": 9}))


def test_what_is_out_of_its_domain_is_refused() -> None:
    with pytest.raises(ParameterError, match="min_count must be an integer >= 1, got 0"):
        describe_balance(make(a={"x": 9}), min_count=0)
    with pytest.raises(ParameterError, match="floor must be an integer >= 1, got 0"):
        describe_balance(make(a={"x": 9}), floor=0)


def test_balanced_slices_give_no_warning() -> None:
    assert balance_warnings(describe_balance(make(a={"x": 30, "y": 30}, b={"x": 25, "y": 90}))) == []


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (
            {"a": {"x": 20}, "b": {"x": 80}, "c": {"x": 85}},
            "slice 'c' is 4.2 times the size of 'a' (85 and 20 tokens), and 1 more pair like it: vectors of the larger "
            "one are surer, which alone makes drift; compare at equal tokens too",
        ),
        (
            {"a": {"x": 2000}, "b": {"x": 20}},
            "slice 'a' is 100.0 times the size of 'b' (2,000 and 20 tokens): what is learnt of both together is learnt "
            "of the larger one; do not read drift between them before both have equal tokens",
        ),
        (
            {"a": {w: 20 for w in "pqrstuvwxy"}, "b": {w: 20 for w in "pqrsTUVWXYZ"}},
            "slices 'a' and 'b' share 4 of 10 words (40.0%): the fewer they share, the less sure is the space their "
            "vectors are compared in",
        ),
        (
            {"a": {w: 20 for w in "pqrstuvwxy"}, "b": {w: 20 for w in "pqRSTUVWXY"}},
            "slices 'a' and 'b' share 2 of 10 words (20.0%): too few to bring their vectors into one space; drift "
            "between them says little",
        ),
        (
            {"a": {"x": 19}, "b": {"x": 30}},
            "no word occurs 20 times in both 'a' and 'b': no drift is measured there; add text, or lower the floor",
        ),
    ],
)
def test_each_warning_has_its_number(counts: dict[str, dict[str, int]], message: str) -> None:
    assert balance_warnings(describe_balance(make(**counts))) == [message]


def test_the_order_of_slices_changes_no_number() -> None:
    one, two = {"x": 30, "y": 5, "z": 4}, {"x": 20, "z": 50}
    table, other = describe_balance(make(a=one, b=two)), describe_balance(make(b=two, a=one))
    for name in ("ratio", "shared", "overlap", "above_floor"):
        assert table[name].item() == other[name].item()


def test_speeches_of_two_periods_share_their_words(shared_data: Path, tmp_path: Path) -> None:
    paths = {}
    for name in ("ungd-1946-1956", "ungd-2015-2018"):
        paths[name] = tmp_path / f"{name}.txt"
        with lzma.open(shared_data / f"corpus/ungd/{name}.txt.xz", "rt", encoding="utf8") as stream:
            paths[name].write_text("".join(line for line, _ in zip(stream, range(5000), strict=False)), "utf-8")
    table = describe_balance(encode_slices(paths))
    assert table["overlap"].item() > 0.5 and table["tokens_shared_source"].item() > 0.85
    assert balance_warnings(table) == []

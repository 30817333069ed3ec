"""Pairs of words across slices: planted names, the word itself as a baseline, the files."""

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.slice_pairs import SlicePairs, read_slice_pairs
from wordvec.evaluate.slice_pairs import evaluate_slice_pairs


def text(content):
    return Dataset("pairs", content, "sha")


def renamed(seed=0):
    """Two slices of the same 40 vectors; in the second, words 0 to 9 go by another name, and the old name by others."""
    rows = np.random.default_rng(seed).normal(size=(50, 16)).astype(np.float32)
    uk = [f"w{i}" for i in range(40)]
    us = [f"x{i}" for i in range(10)] + uk[10:] + [f"w{i}" for i in range(5)]
    later = np.vstack([rows[:40], rows[40:45]])
    parts = [
        Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), vectors)
        for words, vectors in ((uk, rows[:40]), (us, later))
    ]
    every = tuple(dict.fromkeys([*uk, *us]))
    return AlignedSlices(("uk", "us"), tuple(parts), Vocabulary(every, np.ones(50, int)), np.ones((2, 50), int))


PAIRS = "".join(f"w{i}\tx{i}\n" for i in range(10))


def test_words_with_another_name_are_found():
    table = evaluate_slice_pairs(renamed(), read_slice_pairs(text(PAIRS)))
    assert tuple(table.columns) == Score._fields
    found = dict(zip(table["metric"], table["score"], strict=True))
    assert found["P@1"] == found["P@10"] == found["MRR"] == 1.0
    assert found["same word (baseline) P@1"] == 0.0  # the word itself is nearest to itself
    assert table["n"].tolist() == [10] * 6
    back = evaluate_slice_pairs(renamed(), read_slice_pairs(text("x3\tw3\n")), source_slice="us", target_slice="uk")
    assert back["score"].iloc[0] == 1.0


def test_the_rank_of_each_is_that_of_a_plain_twin():
    aligned = renamed()
    rng = np.random.default_rng(2)
    moved = aligned.embeddings[1].vectors + rng.normal(size=(45, 16)).astype(np.float32)
    noisy = AlignedSlices(
        aligned.labels,
        (aligned.embeddings[0], Embeddings(aligned.embeddings[1].vocabulary, moved)),
        aligned.vocabulary,
        np.array(aligned.counts),
    )
    ranks, same = [], []
    there = noisy["us"]
    units = there.vectors / np.linalg.norm(there.vectors, axis=1, keepdims=True)
    for i in range(10):
        right = there.vocabulary[f"x{i}"]
        still = there[f"w{i}"] if i < 5 else None
        for query, held in ((noisy["uk"][f"w{i}"], ranks), (still, same)):
            held.append(np.inf if query is None else 1 + int((units @ query > units[right] @ query + 1e-6).sum()))
    table = evaluate_slice_pairs(noisy, read_slice_pairs(text(PAIRS)))
    found = dict(zip(table["metric"], table["score"], strict=True))
    for way, held in (("", ranks), ("same word (baseline) ", same)):
        assert found[f"{way}MRR"] == pytest.approx(np.mean([1 / rank for rank in held]))
        assert found[f"{way}P@10"] == pytest.approx(np.mean([rank <= 10 for rank in held]))


def test_missing_pairs_are_counted_and_named():
    table = evaluate_slice_pairs(renamed(), read_slice_pairs(text(PAIRS + "w1\tnowhere\n")))
    assert set(table["missing"]) == {1}
    assert table.attrs["notes"] == ("1 of 11 pairs have an unknown word: w1 - nowhere",)
    with pytest.raises(UnknownWordError, match="nowhere"):
        evaluate_slice_pairs(renamed(), read_slice_pairs(text("w1\tnowhere\n")), missing="error")


def test_nothing_known_is_no_score():
    table = evaluate_slice_pairs(renamed(), read_slice_pairs(text("here\tnowhere\n")))
    assert table["n"].tolist() == [0] * 6
    assert table["score"].isna().all()
    none = evaluate_slice_pairs(renamed(), SlicePairs("none", "", ()))
    assert none["n"].tolist() == none["missing"].tolist() == [0] * 6


def test_files():
    assert read_slice_pairs(text('{"colour": "color", "grey": "gray"}')).words == (
        ("colour", "color"),
        ("grey", "gray"),
    )
    found = read_slice_pairs(text("a\tb\na\tb\nc\tc\n"))
    assert found.words == (("a", "b"), ("c", "c"))
    assert found.notes == (
        "1 of 3 pairs are there more than once; each counts once",
        "1 of 2 pairs have one word on both sides, which vectors that never move answer",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"lift": "a thing that goes up"}', "pairs: expected a word for 'lift', got 'a thing that goes up'"),
        ('{"lift": 3}', "pairs: expected a word for 'lift', got '3'"),
        ('{"lift": ""}', "pairs, entry 'lift': a word is empty"),
        ("{}", "pairs holds no pair"),
        ("{lift", "pairs is not JSON"),
    ],
)
def test_bad_files_are_named(content, message):
    with pytest.raises(FormatError, match=message):
        read_slice_pairs(text(content))


def test_real_lists(shared_data):
    folder = shared_data / "eval" / "semantic-change" / "us-uk"
    assert len(read_slice_pairs(folder / "american_spellings.json")) == 1800
    assert ("colour", "color") in read_slice_pairs(folder / "british_spellings.json").words

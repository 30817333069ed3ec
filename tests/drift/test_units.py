"""Which uses belong to which replicate."""

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.drift.units import count_uses, cut_parts, make_plan
from wordvec.text.documents import Column

WORDS = np.array([0, 1])


def planned(sentences, unit=None, strata=None, seed=3, **sizes):
    corpus = Corpus.from_sentences(sentences, min_count=1)
    n = len(corpus.documents)
    unit = corpus.units() if unit is None else Column.from_values(unit)
    parts = cut_parts(corpus, unit, None if strata is None else Column.from_values(strata), np.arange(n) % 2)
    uses = count_uses(corpus, parts, WORDS)
    places = np.searchsorted(WORDS, uses.words)
    sizes = {"splits": 2, "floors": 2, "exchanges": 5} | sizes
    return parts, uses, places, make_plan(parts, uses, places, len(WORDS), **sizes, seed=seed)


TEXT = {"then": [["a", "b", "a"], ["b"]] * 6, "now": [["b", "a"], ["a", "a", "a"]] * 5}


def test_uses_are_counted_by_part_and_word():
    corpus = Corpus.from_sentences(TEXT, min_count=1)
    parts = cut_parts(corpus, Column.from_values(["x", "y"] * 11), None, np.zeros(22, int))
    uses = count_uses(corpus, parts, WORDS)
    found = {}
    for part, word, n in zip(uses.parts, uses.words, uses.counts, strict=True):
        found[corpus.vocabulary.words[word], int(parts.sides[part]), int(parts.units[part])] = int(n)
    assert found == {
        ("a", 0, 0): 12,
        ("b", 0, 0): 6,
        ("b", 0, 1): 6,
        ("a", 1, 0): 5,
        ("b", 1, 0): 5,
        ("a", 1, 1): 15,
    }


def test_a_document_without_a_unit_is_one_of_its_own():
    corpus = Corpus.from_sentences({"then": [["a"], ["a"]], "now": [["a"]]}, min_count=1)
    parts = cut_parts(corpus, Column.from_values(["", "x", ""]), None, np.zeros(3, int))
    assert len(np.unique(parts.units)) == 3


def test_halves_hold_half_of_the_units_of_each_word_and_slice():
    parts, uses, places, plan = planned(TEXT)
    side = parts.sides[uses.parts]
    for split in range(2):
        rows = plan.rows[:, 1 + split]
        assert (rows // 2 == 1 + 2 * split + side).all()
        for place in (0, 1):
            for s in (0, 1):
                sizes = np.bincount(rows[(places == place) & (side == s)] % 2, minlength=2)
                assert abs(sizes[0] - sizes[1]) <= 1
        floor = plan.rows[:, 3 + split]
        assert (floor % 2 == rows % 2).all()
        assert ((floor - 10 - 8 * split) // 4 == side).all()
        assert ((floor - 10 - 8 * split) // 2 % 2 == parts.halves[uses.parts]).all()


def test_a_unit_goes_to_one_half_whatever_its_groups():
    unit = [f"u{n % 4}" for n in range(22)]
    parts, uses, places, plan = planned(TEXT, unit)
    which = {}
    for row, part, place in zip(plan.rows[:, 1], uses.parts, places, strict=True):
        key = (int(place), int(parts.sides[part]), int(parts.units[part]))
        assert which.setdefault(key, row % 2) == row % 2


def test_exchanges_keep_the_units_of_each_word_in_each_slice_and_thin_what_is_too_much():
    parts, uses, places, plan = planned(TEXT)
    side = parts.sides[uses.parts]
    moved = 0
    for number in range(5):
        first = plan.n_rows - 10 + 2 * number
        new = plan.rows[:, 5 + number] - first
        moved += int((new != side).sum())
        for place in (0, 1):
            mine = places == place
            assert np.bincount(new[mine], minlength=2).tolist() == np.bincount(side[mine], minlength=2).tolist()
            for s in (0, 1):
                had, has = (uses.counts[mine & (which == s)].sum() for which in (side, new))
                assert plan.keep[place, first + s] == int(min(1.0, had / has) * 2**32)
    assert moved > 10


def test_units_in_both_slices_change_sides_or_stay():
    unit = [f"u{n % 12}" for n in range(12)] + [f"u{n}" for n in range(10)]
    parts, uses, places, plan = planned(TEXT, unit, exchanges=40)
    side, units = parts.sides[uses.parts], parts.units[uses.parts]
    new = plan.rows[:, -40:] - (plan.n_rows - 80 + 2 * np.arange(40))
    for place in (0, 1):
        for u in np.unique(units):
            mine = (places == place) & (units == u)
            if len(set(side[mine])) == 2:
                assert (new[mine].sum(axis=0) == side[mine].sum()).all()
                assert 5 < (new[mine][0] != side[mine][0]).sum() < 35


def test_strata_are_kept():
    strata = ["x"] * 6 + ["y"] * 6 + ["x"] * 5 + ["y"] * 5
    parts, uses, places, plan = planned(TEXT, strata=strata)
    side, stratum = parts.sides[uses.parts], parts.strata[uses.parts]
    for number in range(5):
        new = plan.rows[:, 5 + number] - (plan.n_rows - 10 + 2 * number)
        for place in (0, 1):
            for s in np.unique(stratum):
                mine = (places == place) & (stratum == s)
                assert new[mine].sum() == side[mine].sum()


def test_a_words_draws_depend_on_its_own_units_alone():
    *_, whole = planned(TEXT)
    parts, uses, places, _ = planned(TEXT)
    own = places == 1
    held = type(uses)(uses.parts[own], uses.words[own], uses.counts[own])
    alone = make_plan(parts, held, np.zeros(own.sum(), int), 1, splits=2, floors=2, exchanges=5, seed=3)
    assert (alone.rows == whole.rows[own]).all()
    assert (alone.keep[0] == whole.keep[1]).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_draws_depend_on_the_seed(seed):
    *_, plan = planned(TEXT, seed=seed)
    *_, other = planned(TEXT, seed=9)
    assert (plan.rows != other.rows).any()

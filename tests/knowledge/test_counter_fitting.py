"""Counter-fitting: its oracles, and what it keeps."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from wordvec import Embeddings, FormatError, ParameterError, Progress, Vocabulary
from wordvec.embeddings import scale_rows
from wordvec.knowledge.constraints import join_pairs
from wordvec.knowledge.counter_fitting import counter_fit


def vectors(n=30, dim=8, seed=1, shared=0.0):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dim)) + shared
    return Embeddings(Vocabulary(tuple(f"w{i}" for i in range(n)), np.arange(n, 0, -1)), rows.astype(np.float32))


def named(pairs):
    return [(f"w{a}", f"w{b}") for a, b in pairs]


def lexicon(embeddings, synonyms=(), antonyms=()):
    return join_pairs({"synonym": named(synonyms), "antonym": named(antonyms)}, embeddings.vocabulary)


def distance(embeddings, a=0, b=1):
    return 1.0 - float(embeddings.similarities(f"w{a}")[b])


def random_pairs(seed, n=30, size=40):
    pairs = np.random.default_rng(seed).integers(0, n, (size, 2)).tolist()
    return [(a, b) for a, b in pairs if a != b]


def test_an_antonym_pair_moves_apart_until_it_is_orthogonal():
    before = vectors(shared=2.0)
    held = lexicon(before, antonyms=[(0, 1)])
    seen = [distance(counter_fit(before, held, iterations=k)) for k in range(60)]
    assert seen[0] < 0.9 and seen[-1] >= 1.0 - 1e-6
    assert all(b > a for a, b in pairwise(seen) if a < 1.0 - 1e-6)


def test_a_synonym_pair_converges():
    before = vectors()
    after = counter_fit(before, lexicon(before, synonyms=[(0, 1)]), iterations=200)
    assert distance(before) > 0.3 and distance(after) < 1e-4
    losses = after.metadata["counter_fitting"]["losses"]
    assert len(losses) == 201 and all(b <= a + 1e-9 for a, b in pairwise(losses))
    near = counter_fit(before, lexicon(before, synonyms=[(0, 1)]), iterations=1000, attract=0.01, gamma=0.3)
    assert distance(near) == pytest.approx(0.3, abs=0.02)


def test_words_without_constraints_keep_the_bits_of_their_unit_vectors():
    before = vectors()
    after = counter_fit(before, lexicon(before, synonyms=[(0, 1)], antonyms=[(2, 3)]))
    assert after.vectors[4:].tobytes() == scale_rows(before.vectors)[4:].tobytes()
    assert (after.vectors[:4] != scale_rows(before.vectors)[:4]).any(axis=1).all()
    still = counter_fit(before, lexicon(before, synonyms=[(0, 1)]), iterations=0)
    assert still.vectors.tobytes() == scale_rows(before.vectors).tobytes()


def test_what_is_near_stays_near_unless_it_is_an_antonym():
    rng = np.random.default_rng(3)
    rows = np.eye(4, 8, dtype=np.float32)[[0, 0, 1, 2, 3]] + rng.normal(size=(5, 8)).astype(np.float32) * 0.02
    before = Embeddings(Vocabulary(tuple(f"w{i}" for i in range(5)), np.arange(5, 0, -1)), rows)
    pulls = dict(synonyms=[(0, 2), (1, 3)], antonyms=[(0, 4)])  # 0 and 1 coincide, and are pulled to other sides
    held, loose = (counter_fit(before, lexicon(before, **pulls), preserve=p) for p in (0.5, 0.0))
    assert distance(held) < distance(loose) / 2
    assert held.metadata["counter_fitting"]["counts"]["preserved"] == 1
    assert loose.metadata["counter_fitting"]["counts"]["preserved"] == 0
    apart = counter_fit(before, lexicon(before, antonyms=[(0, 1)]))
    assert apart.metadata["counter_fitting"]["counts"]["preserved"] == 0 and distance(apart) > 0.5


def test_near_neighbors_are_those_of_all_pairs_and_many_are_cut():
    before = vectors(shared=2.0)
    ends = [(i, i + 1) for i in range(0, 30, 2)]
    units = scale_rows(before.vectors)
    near = {(a, b) for a, b in np.argwhere(1.0 - units @ units.T <= 0.1).tolist() if a < b} - set(ends)
    counts = counter_fit(before, lexicon(before, antonyms=ends), rho=0.1).metadata["counter_fitting"]["counts"]
    assert (counts["preserved"], counts["cut"]) == (len(near), 0) and len(near) > 20
    counts = counter_fit(before, lexicon(before, antonyms=ends), rho=2.0, neighbors=3).metadata["counter_fitting"]
    assert counts["counts"]["cut"] == 30 and counts["counts"]["preserved"] <= 90


def test_neither_threads_nor_the_order_of_pairs_matter():
    before, synonyms, antonyms = vectors(), random_pairs(1), random_pairs(2, size=20)
    one = counter_fit(before, lexicon(before, synonyms, antonyms), threads=1)
    turned = [(b, a) for a, b in reversed(synonyms)]
    two = counter_fit(before, lexicon(before, turned, antonyms[::-1]), threads=3)
    assert one.vectors.tobytes() == two.vectors.tobytes() and dict(one.metadata) == dict(two.metadata)


def test_weights_multiply_terms_and_strengths_do_the_same():
    before = vectors()
    held = lexicon(before, synonyms=random_pairs(1))
    doubled = dataclasses.replace(held, weights=held.weights * np.float32(2.0))
    assert np.allclose(
        counter_fit(before, doubled, preserve=0.0).vectors,
        counter_fit(before, held, attract=0.2, preserve=0.0).vectors,
        atol=1e-6,
    )


def test_progress_and_other_names_of_relations():
    before, seen = vectors(), []
    held = join_pairs({"alias": named([(0, 1)]), "opposite": named([(0, 2)])}, before.vocabulary)
    with pytest.raises(FormatError, match="has no synonyms or antonyms among the 30 words"):
        counter_fit(before, held)
    after = counter_fit(before, held, iterations=2, synonyms="alias", antonyms=["opposite"], progress=seen.append)
    assert seen == [Progress("counter-fitting", i, 2, "iterations") for i in (1, 2)]
    assert after.metadata["counter_fitting"]["counts"]["synonyms"] == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"repel": -1.0}, "repel must be from 0 and finite, got -1.0"),
        ({"preserve": float("inf")}, "preserve must be from 0 and finite, got inf"),
        ({"delta": 3.0}, "delta must be a distance from 0 to 2, got 3.0"),
        ({"rho": float("nan")}, "rho must be a distance from 0 to 2, got nan"),
        ({"iterations": -1}, "iterations must be an integer >= 0, got -1"),
        ({"neighbors": 0}, "neighbors must be an integer >= 1, got 0"),
    ],
)
def test_numbers_out_of_their_domain(given, says):
    before = vectors()
    with pytest.raises(ParameterError, match=says):
        counter_fit(before, lexicon(before, synonyms=[(0, 1)]), **given)


def test_what_was_done_is_saved(tmp_path):
    before = vectors()
    after = counter_fit(before, lexicon(before, synonyms=[(0, 1)]))
    after.save(tmp_path / "v.wv")
    assert Embeddings.load(tmp_path / "v.wv").metadata["counter_fitting"] == after.metadata["counter_fitting"]


def test_a_word_without_a_direction_stays_nothing():
    before = vectors()
    rows = before.vectors.copy()
    rows[1] = 0.0
    before = Embeddings(before.vocabulary, rows)
    after = counter_fit(before, lexicon(before, synonyms=[(0, 1), (2, 3)]))
    assert not after.vectors[1].any()
    assert after.metadata["counter_fitting"]["counts"]["synonyms_of_length_zero"] == 1

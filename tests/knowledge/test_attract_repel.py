"""Attract-Repel: its oracles, batches that no order decides, and errors."""

import numpy as np
import pytest

from wordvec import Embeddings, FormatError, ParameterError, Vocabulary
from wordvec.embeddings import scale_rows
from wordvec.knowledge.attract_repel import AttractRepel
from wordvec.knowledge.constraints import join_pairs


def vectors(n=40, dim=8, seed=1):
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32) * 3
    return Embeddings(Vocabulary(tuple(f"w{i}" for i in range(n)), np.arange(n, 0, -1)), rows)


def lexicon(embeddings, synonyms=(), antonyms=()):
    pairs = {"synonym": synonyms, "antonym": antonyms}
    named = {name: [(f"w{a}", f"w{b}") for a, b in those] for name, those in pairs.items()}
    return join_pairs(named, embeddings.vocabulary)


SYNONYMS = [(i, i + 1) for i in range(0, 20, 2)]
ANTONYMS = [(i, i + 2) for i in range(0, 18, 4)]


def cosines(embeddings, pairs):
    units = scale_rows(embeddings.vectors)
    return np.array([units[a] @ units[b] for a, b in pairs])


def test_synonyms_come_near_and_antonyms_go_apart():
    before = vectors()
    after = AttractRepel(batch=4, epochs=40).specialize(before, lexicon(before, SYNONYMS, ANTONYMS))
    assert cosines(after, SYNONYMS).min() > 0.7 > cosines(before, SYNONYMS).mean()
    assert cosines(after, ANTONYMS).max() < 0.1
    losses = after.metadata["attract_repel"]["losses"]
    assert len(losses) == 40 and losses[-1] < losses[0] / 5


def test_words_without_pairs_keep_the_bits_of_their_unit_vectors():
    before = vectors()
    after = AttractRepel(batch=4).specialize(before, lexicon(before, SYNONYMS))
    assert after.vectors[20:].tobytes() == scale_rows(before.vectors)[20:].tobytes()
    assert np.allclose(np.linalg.norm(after.vectors, axis=1), 1.0, atol=1e-6)
    assert after.metadata["attract_repel"]["counts"]["moved"] == 20
    still = AttractRepel(batch=4, epochs=0).specialize(before, lexicon(before, SYNONYMS))
    assert still.vectors.tobytes() == scale_rows(before.vectors).tobytes()


def test_the_length_of_the_input_does_not_matter():
    before, held = vectors(), lexicon(vectors(), SYNONYMS, ANTONYMS)
    longer = Embeddings(before.vocabulary, before.vectors * np.float32(4.0))
    trainer = AttractRepel(batch=4, regularization=0.1)
    assert trainer.specialize(before, held).vectors.tobytes() == trainer.specialize(longer, held).vectors.tobytes()


def test_the_order_of_pairs_does_not_matter_and_the_seed_does():
    before = vectors()
    turned = [(b, a) for a, b in reversed(SYNONYMS)]
    one, two = (lexicon(before, pairs, ANTONYMS) for pairs in (SYNONYMS, turned))
    trainer = AttractRepel(batch=4)
    assert trainer.specialize(before, one).vectors.tobytes() == trainer.specialize(before, two).vectors.tobytes()
    other = AttractRepel(batch=4, seed=2).specialize(before, one)
    assert other.vectors.tobytes() != trainer.specialize(before, one).vectors.tobytes()


def test_strong_regularization_keeps_words_where_they_were():
    before, held = vectors(), lexicon(vectors(), SYNONYMS, ANTONYMS)
    moved = [
        np.linalg.norm(
            AttractRepel(batch=4, lr=0.01, epochs=50, regularization=strength).specialize(before, held).vectors
            - scale_rows(before.vectors),
            axis=1,
        ).max()
        for strength in (0.0, 10.0, 1000.0)
    ]
    assert moved[0] > 2 * moved[1] > 2 * moved[2] and moved[2] < 0.05


def test_fewer_pairs_than_a_batch_is_an_error():
    before = vectors()
    says = "the lexicon has 15 pairs of known words, fewer than a batch of 50: .* give more pairs, or batch=15."
    with pytest.raises(FormatError, match=says):
        AttractRepel().specialize(before, lexicon(before, SYNONYMS, ANTONYMS))


def test_the_last_batch_is_trained_though_it_is_not_full():
    before = vectors()
    after = AttractRepel(batch=9, epochs=1).specialize(before, lexicon(before, [*SYNONYMS, (20, 21)]))
    assert after.metadata["attract_repel"]["counts"]["moved"] == 22  # 9 pairs and 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"batch": 1}, "batch must be an integer from 2 to 10000, got 1"),
        ({"attract_margin": -0.1}, "attract_margin must be from 0 to 2, got -0.1"),
        ({"repel_margin": 3.0}, "repel_margin must be from 0 to 2, got 3.0"),
        ({"regularization": -1.0}, "regularization must be from 0 and finite, got -1.0"),
        ({"lr": 0.0}, "lr must be above 0 and finite, got 0.0"),
        ({"clip": float("nan")}, "clip must be above 0 and finite, got nan"),
        ({"random_negatives": 1.5}, "random_negatives must be from 0 to 1, got 1.5"),
        ({"epochs": -1}, "epochs must be an integer from 0 to 10000, got -1"),
    ],
)
def test_settings_out_of_their_domain(given, says):
    with pytest.raises(ParameterError, match=says):
        AttractRepel(**given)


def test_progress_ends_at_all_pairs():
    before, seen = vectors(), []
    AttractRepel(batch=4, epochs=2).specialize(before, lexicon(before, SYNONYMS, ANTONYMS), progress=seen.append)
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (30, 30, "pairs")


def test_what_was_done_is_saved(tmp_path):
    before = vectors()
    after = AttractRepel(batch=4).specialize(before, lexicon(before, SYNONYMS))
    after.save(tmp_path / "v.wv")
    assert Embeddings.load(tmp_path / "v.wv").metadata["attract_repel"] == after.metadata["attract_repel"]

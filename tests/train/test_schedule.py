import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wordvec import Corpus, FormatError, ParameterError
from wordvec.train.schedule import (
    SEGMENT,
    block_rates,
    block_size,
    block_tokens,
    document_order,
    keep_thresholds,
    lost_pairs,
    make_schedule,
    noise_table,
)
from wordvec.train.team import padded, unpadded


def corpus_with(lengths):
    return Corpus.from_sentences([["a", "b"] * (n // 2) + ["a"] * (n % 2) for n in lengths], min_count=1)


def test_long_sentences_are_read_in_pieces_without_losing_a_token():
    corpus = corpus_with([2 * SEGMENT + 7, 3])
    schedule = make_schedule(corpus, seed=1)
    assert sorted(schedule.lengths.tolist()) == [3, 7, SEGMENT, SEGMENT]
    assert schedule.lengths.sum() == corpus.n_tokens


def test_pairs_lost_at_cuts_are_counted():
    window = 3
    assert lost_pairs(corpus_with([SEGMENT]), window) == 0
    for length in (SEGMENT + 1, SEGMENT + 2, SEGMENT + 50, 2 * SEGMENT + 2):
        lost = sum(
            1
            for center in range(length)
            for context in range(max(0, center - window), min(length, center + window + 1))
            if center // SEGMENT != context // SEGMENT
        )
        assert lost_pairs(corpus_with([length]), window) == lost


def test_order_depends_on_content_and_seed_only():
    sentences = [["a"] * n + ["b"] for n in range(1, 30)]
    one, other = (Corpus.from_sentences(s, min_count=1) for s in (sentences, sentences[::-1]))
    read = [[c.sentence(d) for d in document_order(c, 5)] for c in (one, other)]
    assert read[0] == read[1] != sentences
    assert document_order(one, 5).tolist() != document_order(one, 6).tolist()


def test_copies_of_a_document_are_scattered():
    corpus = Corpus.from_sentences([["a", "b"]] * 500 + [["b", "c"]] * 500, min_count=1)
    firsts = np.array([corpus.ids[corpus.offsets[d]] for d in document_order(corpus, 1)])
    changes = np.count_nonzero(np.diff(firsts))
    assert 400 < changes < 600  # 1 if copies were read in a row


def test_rates_fall_linearly_to_the_last_one():
    schedule = make_schedule(corpus_with([100] * 50), seed=1)
    rates = block_rates(schedule, 0.025, 4)
    assert rates.shape == (4, len(schedule.blocks) - 1)
    assert rates[0, 0] == np.float32(0.025)
    assert (np.diff(rates.ravel()) < 0).all()
    assert 1e-4 < rates[-1, -1] < 1e-3
    half = rates[2, 0]
    assert half == pytest.approx(0.025 - (0.025 - 1e-4) / 2)


def test_small_corpora_have_small_blocks():
    assert (block_size(500), block_size(500_000), block_size(10**9)) == (64, 125, 512)


def test_thresholds_follow_word2vec():
    counts = np.array([900, 90, 9, 1, 0])
    keep = keep_thresholds(counts, 1e-3) / 2**32
    for share, count in zip(keep, counts, strict=True):
        f = count / 1000 / 1e-3
        expected = min(1.0, (math.sqrt(f) + 1) / f) if count else 1.0
        assert share == pytest.approx(expected, abs=1e-9)
    assert (keep_thresholds(counts, 0.0) == 2**32).all()


def test_thresholds_agree_with_gensim():
    gensim = pytest.importorskip("gensim.models.word2vec")
    words = {"a": 900, "b": 90, "c": 9, "d": 1}
    model = gensim.Word2Vec(min_count=1, sample=1e-3)
    model.build_vocab_from_freq(words)
    theirs = [model.wv.get_vecattr(w, "sample_int") / 2**32 for w in words]
    ours = keep_thresholds(np.array(list(words.values())), 1e-3) / 2**32
    assert_allclose(ours, theirs, atol=1e-6)


def test_noise_follows_the_power_of_counts_and_leaves_nobody_out():
    counts = np.array([10_000, 100, 1, 0])
    table = noise_table(counts, 0.75, seed=1, size=1 << 16)
    slots = np.bincount(table, minlength=4)
    assert_allclose(slots[:3] / len(table), counts[:3] ** 0.75 / (counts[:3] ** 0.75).sum(), atol=1e-3)
    assert slots[2] >= 1
    assert slots[3] == 0
    assert noise_table(counts, 0.75, seed=2, size=1 << 16).tolist() != table.tolist()


def test_noise_has_two_words_even_where_one_outweighs_more_words_than_fit():
    table = noise_table(np.array([10**15, *[1] * 200]), 1.0, seed=1, size=256)
    assert len(np.unique(table)) >= 2


def test_noise_needs_two_words():
    with pytest.raises(FormatError, match=r"fewer than two distinct words of the vocabulary; nothing can be learnt"):
        noise_table(np.array([5, 0]), 0.75, seed=1)


def test_weights_must_fit():
    with pytest.raises(ParameterError, match=r"weights.shape must be \(2,\), got \(3,\)"):
        make_schedule(corpus_with([5, 6]), 1, np.ones(3, np.float32))


@pytest.mark.parametrize("rows", [[0, 1, 2, 3, 4], [1, 3], [4, 0, 2], []])
@pytest.mark.parametrize("columns", [1, 15, 16, 17])
def test_rows_are_unpadded(rows, columns):
    matrix = padded(5, columns)
    matrix[:, :columns] = np.arange(5 * columns).reshape(5, columns)
    expected = matrix[np.array(rows, dtype=np.int64), :columns].copy()
    found = unpadded(matrix, np.array(rows, dtype=np.int64), columns)
    assert found.flags.c_contiguous
    assert (found == expected).all()


def test_rows_are_unpadded_in_parts(monkeypatch):
    monkeypatch.setattr("wordvec.train.team._ROWS", 2)
    matrix = padded(9, 3)
    matrix[:, :3] = np.arange(27).reshape(9, 3)
    expected = matrix[:, :3].copy()
    found = unpadded(matrix, np.arange(9), 3)
    assert (found == expected).all()
    assert np.shares_memory(found, matrix)


def test_block_tokens_add_up():
    corpus = Corpus.from_sentences([["a", "b", "c"] * n for n in range(1, 60)], min_count=1)
    schedule = make_schedule(corpus, 1)
    tokens = block_tokens(schedule)
    assert len(tokens) == len(schedule.blocks) - 1
    assert tokens.sum() == corpus.n_tokens
    assert tokens[0] == schedule.lengths[: schedule.blocks[1]].sum()

"""Procrustes: known rotations come back, nothing else moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import ortho_group

from wordvec import AlignmentError, Embeddings, ParameterError, Vocabulary
from wordvec.align.procrustes import _rotation, align_procrustes, align_slices_procrustes


def make(n, dim, seed=0, prefix="w"):
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(tuple(f"{prefix}{i}" for i in range(n)), np.arange(n, 0, -1))
    return Embeddings(vocabulary, rng.normal(size=(n, dim)).astype(np.float32))


def rotated(embeddings, seed=1):
    q = ortho_group.rvs(embeddings.dim, random_state=seed)
    return Embeddings(embeddings.vocabulary, (embeddings.vectors @ q).astype(np.float32)), q


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**31), dim=st.integers(2, 12), normalize=st.booleans(), center=st.booleans())
def test_a_rotated_copy_comes_back(seed, dim, normalize, center):
    a = make(60, dim, seed)
    b, _ = rotated(a, seed)
    back = align_procrustes(b, a, normalize=normalize, center=center)
    assert_allclose(back.vectors, a.vectors, atol=1e-5)
    cosines = np.sum(back.vectors * a.vectors, axis=1) / (back.norms * a.norms)
    assert_allclose(cosines, 1.0, atol=1e-6)


def test_the_rotation_is_the_transpose_and_orthogonal():
    a = np.random.default_rng(3).normal(size=(50, 7))
    q = ortho_group.rvs(7, random_state=4)
    found = _rotation(a @ q, a)
    assert_allclose(found, q.T, atol=1e-6)
    assert_allclose(found.T @ found, np.eye(7), atol=1e-12)


def test_an_all_zero_row_changes_nothing():
    a = make(40, 6)
    b, _ = rotated(a)
    plain = align_procrustes(b, a)
    words = Vocabulary((*a.vocabulary.words, "empty"), np.arange(41, 0, -1))
    with_row = [Embeddings(words, np.vstack([e.vectors, np.zeros((1, 6), np.float32)])) for e in (b, a)]
    extended = align_procrustes(*with_row)
    assert_allclose(extended.vectors[:40], plain.vectors, atol=1e-6)
    assert not extended.vectors[40].any()


def test_words_that_are_not_shared_are_rotated_too():
    a = make(40, 5)
    b, q = rotated(make(50, 5))
    b = Embeddings(b.vocabulary, np.vstack([(a.vectors @ q).astype(np.float32), b.vectors[40:]]))
    back = align_procrustes(b, a)
    assert_allclose(back.vectors[40:], b.vectors[40:] @ q.T, atol=1e-5)
    assert back.metadata["procrustes"]["shared_words"] == 40
    assert back.vocabulary is b.vocabulary
    assert_allclose(back.norms, b.norms, rtol=1e-5)


def test_anchors_decide_the_fit_and_missing_ones_are_counted():
    a = make(40, 5)
    b, _ = rotated(a)
    spoilt = b.vectors.copy()
    spoilt[20:] = make(20, 5, 9).vectors
    b = Embeddings(b.vocabulary, spoilt)
    back = align_procrustes(b, a, anchors=[f"w{i}" for i in range(20)] + ["nowhere"])
    assert_allclose(back.vectors[:20], a.vectors[:20], atol=1e-5)
    assert back.metadata["procrustes"] == {
        "shared_words": 20,
        "anchors_missing": 1,
        "determined": True,
        "center": False,
        "normalize": True,
    }


def test_too_few_words_are_allowed_and_said():
    back = align_procrustes(make(3, 8), make(3, 8, 5))
    assert back.metadata["procrustes"]["determined"] is False


def test_errors_name_both_sides():
    with pytest.raises(AlignmentError, match=r"^source has dim 4 and target has dim 5; .* --dim 5\.$"):
        align_procrustes(make(9, 4), make(9, 5))
    with pytest.raises(AlignmentError, match=r"^source \(9 words\) and target \(8 words\) share no word; were they"):
        align_procrustes(make(9, 4), make(8, 4, prefix="v"))
    with pytest.raises(AlignmentError, match=r"share no word among the 1 anchors;"):
        align_procrustes(make(9, 4), make(8, 4), anchors=["none"])
    bad = make(9, 4).vectors.copy()
    bad[2, 1] = np.nan
    with pytest.raises(AlignmentError, match=r"^the vector of 'w2' holds a number that is not finite"):
        align_procrustes(Embeddings(make(9, 4).vocabulary, bad), make(9, 4))


@pytest.mark.parametrize("base", ["first", "last", "previous"])
def test_slices_land_in_one_space(base):
    a = make(40, 6)
    slices = [a, rotated(a, 1)[0], rotated(a, 2)[0]]
    counts = np.ones((3, 40), dtype=np.int64)
    aligned = align_slices_procrustes(["x", "y", "z"], slices, a.vocabulary, counts, base=base)
    for embeddings in aligned.embeddings:
        assert_allclose(embeddings.vectors, aligned.embeddings[0].vectors, atol=1e-5)
    fixed = {"first": 0, "last": 2, "previous": 0}[base]
    assert aligned.embeddings[fixed].vectors is slices[fixed].vectors
    assert aligned.metadata["method"] == "procrustes" and aligned.metadata["base"] == base
    onto = {"first": ["x", "x"], "last": ["z", "z"], "previous": ["x", "y"]}[base]
    assert [fit["onto"] for fit in aligned.metadata["fits"]] == onto


def test_slices_errors():
    a = make(5, 4)
    counts = np.ones((2, 5), dtype=np.int64)
    with pytest.raises(
        ParameterError, match=r"^base must be 'first', 'last', 'previous' or the label of a slice, got 'middle'$"
    ):
        align_slices_procrustes(["x", "y"], [a, a], a.vocabulary, counts, base="middle")
    with pytest.raises(ParameterError, match=r"^embeddings must be 2 slices, got 1$"):
        align_slices_procrustes(["x", "y"], [a], a.vocabulary, counts)
    with pytest.raises(ParameterError, match=r"^labels must be at least one slice, got 0$"):
        align_slices_procrustes([], [], a.vocabulary, counts[:0])
    with pytest.raises(AlignmentError, match=r"^slice 'x' cannot be rotated onto 'y': source .* share no word"):
        align_slices_procrustes(["x", "y"], [make(5, 4, prefix="v"), a], a.vocabulary, counts)


def test_aligned_slices_can_be_saved(tmp_path):
    from wordvec import AlignedSlices

    a = make(12, 4)
    counts = np.ones((2, 12), dtype=np.int64)
    align_slices_procrustes(["x", "y"], [rotated(a)[0], a], a.vocabulary, counts).save(tmp_path / "p.wvs")
    loaded = AlignedSlices.load(tmp_path / "p.wvs")
    assert loaded.metadata["fits"][0]["shared_words"] == 12

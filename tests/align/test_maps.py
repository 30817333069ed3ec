"""Linear maps: what was planted comes back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wordvec import AlignmentError, Embeddings, Vocabulary
from wordvec.align.maps import align_linear, align_local_linear


def make(n, dim, seed=0, prefix="w"):
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(tuple(f"{prefix}{i}" for i in range(n)), np.arange(n, 0, -1))
    return Embeddings(vocabulary, rng.normal(size=(n, dim)).astype(np.float32))


def mapped(embeddings, seed=1):
    rng = np.random.default_rng(seed)
    M, c = rng.normal(size=(embeddings.dim, embeddings.dim)), rng.normal(size=embeddings.dim)
    return Embeddings(embeddings.vocabulary, (embeddings.vectors @ M + c).astype(np.float32))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**31), dim=st.integers(2, 12), share=st.sampled_from([0.3, 0.5, 1.0]))
def test_a_linear_image_is_found_from_a_share_of_the_words(seed, dim, share):
    source = make(60, dim, seed)
    target = mapped(source, seed)
    found = align_linear(source, target, share=share, seed=seed)
    assert_allclose(found.vectors, target.vectors, atol=1e-3)
    about = found.metadata["linear"]
    assert about["fitted_words"] == round(60 * share) and about["ridge"] == 0.0
    assert share == 1.0 or about["held_out_cosine"] > 0.999


def test_which_words_are_fitted_depends_on_seed_and_spelling_alone():
    source, target = make(40, 3), make(40, 3, 7)
    order = np.random.default_rng(2).permutation(40)
    words = Vocabulary(tuple(target.vocabulary.words[i] for i in order), target.vocabulary.counts[order])
    shuffled = Embeddings(words, target.vectors[order])
    one, other = align_linear(source, target, seed=3), align_linear(source, shuffled, seed=3)
    assert_allclose(one.vectors, other.vectors, atol=1e-5)
    assert not np.allclose(one.vectors, align_linear(source, target, seed=4).vectors)


def test_few_words_get_a_ridge_and_it_is_said():
    found = align_linear(make(6, 8), make(6, 8, 3), share=1.0)
    assert found.metadata["linear"]["ridge"] > 0
    assert np.isfinite(found.vectors).all()
    alone = align_linear(make(1, 4), make(1, 4, 3), share=1.0)
    assert_allclose(alone.vectors, make(1, 4, 3).vectors, atol=1e-6)


def plain_local(source, target, k):
    """The definition: for each word, the map by a dense system of D x D equations."""
    a, b = (e.vectors.astype(float) / np.linalg.norm(e.vectors, axis=1, keepdims=True) for e in (source, target))
    found = []
    for i in range(len(source)):
        near = np.argsort(-(a @ a[i]), kind="stable")
        near = near[near != i][:k]
        M = np.linalg.solve(a[near].T @ a[near] + 0.01 * k * np.eye(source.dim), a[near].T @ b[near])
        moved = a[i] @ M
        found.append(moved / np.linalg.norm(moved) * np.linalg.norm(source.vectors[i]))
    return np.array(found)


@pytest.mark.parametrize("k", [1, 4, 20, 29])
def test_local_maps_are_what_they_are_said_to_be(k):
    source, target = make(30, 6), make(30, 6, 4)
    assert_allclose(align_local_linear(source, target, neighbors=k).vectors, plain_local(source, target, k), atol=1e-4)


def test_a_rotated_copy_is_found_by_local_maps_and_lengths_stay():
    source = make(300, 5)
    q = np.linalg.qr(np.random.default_rng(3).normal(size=(5, 5)))[0]
    target = Embeddings(source.vocabulary, (source.vectors @ q).astype(np.float32))
    found = align_local_linear(source, target, neighbors=50)
    cosines = np.sum(found.vectors * target.vectors, axis=1) / (found.norms * target.norms)
    assert cosines.min() > 0.99
    assert_allclose(found.norms, source.norms, rtol=1e-5)


def test_a_word_that_one_side_lacks_is_mapped_and_one_without_direction_is_counted():
    source = make(40, 4)
    vectors = source.vectors.copy()
    vectors[3] = 0
    source = Embeddings(source.vocabulary, vectors)
    target = Embeddings(Vocabulary(source.vocabulary.words[:30], np.arange(30, 0, -1)), make(30, 4, 8).vectors)
    found = align_local_linear(source, target, neighbors=10)
    assert found.metadata["local_linear"] == {"shared_words": 30, "neighbors": 10, "unmapped": 1}
    assert found.norms[35] > 0 and not found.vectors[3].any()


@pytest.mark.parametrize("align", [align_linear, align_local_linear])
def test_errors(align):
    with pytest.raises(
        AlignmentError, match=r"^source has dim 4 and target has dim 5; a linear map between slices needs"
    ):
        align(make(9, 4), make(9, 5))
    with pytest.raises(AlignmentError, match=r"share no word; were they made from one language"):
        align(make(9, 4), make(8, 4, prefix="v"))
    bad = make(9, 4).vectors.copy()
    bad[2, 1] = np.nan
    with pytest.raises(AlignmentError, match=r"^the vector of 'w2' holds a number that is not finite"):
        align(Embeddings(make(9, 4).vocabulary, bad), make(9, 4)) if align is align_local_linear else align(
            Embeddings(make(9, 4).vocabulary, bad), make(9, 4), share=1.0
        )


def test_a_map_from_neighbors_needs_two_words():
    with pytest.raises(AlignmentError, match=r"share one word only; a map from neighbors needs two at least"):
        align_local_linear(make(1, 4), make(1, 4))

"""CSLS: a plain twin, planted rotations, and a hub that it holds back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from wordvec import Embeddings, ParameterError, UnknownWordError, Vocabulary, csls_neighbors


def space(rows, prefix):
    words = Vocabulary(tuple(f"{prefix}{i}" for i in range(len(rows))), np.arange(len(rows), 0, -1))
    return Embeddings(words, np.asarray(rows, np.float32))


def naive_csls(source, target, neighborhood):
    """Return float64[n, m], the score of every pair, as the paper writes it."""
    x, y = (
        e.vectors.astype(float) / np.linalg.norm(e.vectors.astype(float), axis=1)[:, None] for e in (source, target)
    )
    cosines = x @ y.T
    usual_near = -np.sort(-cosines, axis=1)[:, :neighborhood].mean(axis=1)
    usual_far = -np.sort(-cosines, axis=0)[:neighborhood].mean(axis=0)
    return 2 * cosines - usual_near[:, None] - usual_far[None], cosines


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 40),
    m=st.integers(1, 40),
    k=st.integers(1, 12),
    neighborhood=st.integers(1, 12),
    threads=st.integers(1, 2),
)
def test_scores_equal_the_plain_formula(seed, n, m, k, neighborhood, threads):
    rng = np.random.default_rng(seed)
    source, target = space(rng.normal(size=(n, 5)), "s"), space(rng.normal(size=(m, 5)), "t")
    scores, cosines = naive_csls(source, target, neighborhood)
    table = csls_neighbors(source, target, source.vocabulary.words, k=k, neighborhood=neighborhood, threads=threads)
    assert list(table.columns) == ["word", "rank", "neighbor", "csls", "cosine"]
    assert list(table["word"]) == [f"s{i}" for i in range(n) for _ in range(min(k, m))]
    i, j = ([int(word[1:]) for word in table[column]] for column in ("word", "neighbor"))
    assert table["csls"].to_numpy() == pytest.approx(scores[i, j], abs=1e-5)
    assert table["cosine"].to_numpy() == pytest.approx(cosines[i, j], abs=1e-5)
    assert table["csls"].to_numpy() == pytest.approx(-np.sort(-scores, axis=1)[:, :k].ravel(), abs=1e-5)


def test_a_rotated_copy_is_found_again():
    rng = np.random.default_rng(0)
    rows, turn = rng.normal(size=(400, 30)), ortho_group.rvs(30, random_state=1)
    mapped = space(rows @ turn @ turn.T + 0.2 * rng.normal(size=(400, 30)), "t")
    table = csls_neighbors(space(rows, "s"), mapped, [f"s{i}" for i in range(400)], k=1)
    assert [w[1:] for w in table["word"]] == [w[1:] for w in table["neighbor"]]


def test_a_hub_is_held_back():
    # The last word of the target is near to everything, nearer than the true counterparts.
    rng = np.random.default_rng(0)
    common = np.ones(20)
    rows = common + 0.8 * rng.normal(size=(200, 20))
    counterparts = rows + 1.2 * rng.normal(size=rows.shape)
    source, target = space(rows, "s"), space(np.vstack([counterparts, common]), "t")
    asked = source.vocabulary.words
    by_cosine = target.nearest_many(source.vectors, k=1).rows[:, 0]
    by_csls = csls_neighbors(source, target, asked, k=1)["neighbor"]
    hits = [int(word[1:]) == i for i, word in enumerate(by_csls)]
    assert (by_cosine == 200).mean() > 3 * (by_csls == "t200").mean()
    assert np.mean(hits) > 1.4 * (by_cosine == np.arange(200)).mean()


def test_words_are_listed_once_and_without_a_direction_named():
    source = space([[1, 0], [0, 0], [0, 1]], "s")
    target = space([[0, 2], [0, 0], [np.nan, 1], [3, 0]], "t")
    seen = []
    table = csls_neighbors(source, target, ["s2", "s1", "s2"], k=9, neighborhood=1, progress=seen.append)
    assert table[["word", "rank", "neighbor"]].values.tolist() == [["s2", 1, "t0"], ["s2", 2, "t3"]]
    assert table["cosine"].tolist() == [1.0, 0.0]
    assert table.attrs["absent"] == ["s1"]
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (2, 2, "words")
    first = csls_neighbors(source, target, ["s2"], restrict=2, neighborhood=1)
    assert first["neighbor"].tolist() == ["t0"]
    assert len(csls_neighbors(source, target, [])) == 0
    assert len(csls_neighbors(source, space([[0, 0]], "t"), ["s0"])) == 0


def test_errors():
    source, target = space(np.eye(3), "s"), space(np.eye(2), "t")
    with pytest.raises(ParameterError, match=r"^target.dim must be 3, that of the source, got 2$"):
        csls_neighbors(source, target, ["s0"])
    with pytest.raises(UnknownWordError, match=r"^'t0' is not among the 3 words"):
        csls_neighbors(source, source, ["t0"])
    for name in ("k", "neighborhood", "restrict", "threads"):
        with pytest.raises(ParameterError, match=f"^{name} must be an integer >= 1, got 0$"):
            csls_neighbors(source, source, ["s0"], **{name: 0})

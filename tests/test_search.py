"""Exact search: agreement with float64, independence of threads and of what is asked beside."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wordvec.search as module
from wordvec import ParameterError
from wordvec.search import nearest_rows, run_spans


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_queries=st.integers(0, 100),
    n=st.integers(1, 700),
    dim=st.integers(1, 40),
    k=st.integers(1, 60),
    own=st.booleans(),
    threads=st.integers(1, 3),
)
def test_the_best_agree_with_float64_to_rounding(seed, n_queries, n, dim, k, own, threads):
    rng = np.random.default_rng(seed)
    vectors = unit(rng.normal(size=(n, dim)))
    asked = rng.integers(0, n, n_queries)
    mine = np.where(rng.random(n_queries) < 0.5, asked, -1) if own else None
    # Small spans, so that threads share even these few rows.
    keep, module._FEWEST = module._FEWEST, 1
    try:
        found = nearest_rows(vectors[asked], vectors, k, scale=np.ones(n, np.float32), own=mine, threads=threads)
    finally:
        module._FEWEST = keep
    assert found.rows.shape == found.similarities.shape == (n_queries, min(k, n))
    exact = vectors[asked].astype(float) @ vectors.T.astype(float)
    if own:
        exact[np.flatnonzero(mine >= 0), mine[mine >= 0]] = -np.inf
    best = -np.sort(-exact, axis=1)[:, : min(k, n)]
    empty = np.isneginf(best)
    assert ((found.rows == -1) == empty).all() and (np.isneginf(found.similarities) == empty).all()
    got = np.take_along_axis(exact, np.maximum(found.rows, 0), axis=1)
    assert np.abs(got[~empty] - best[~empty]).max(initial=0) < 1e-5
    assert np.abs(found.similarities[~empty] - best[~empty]).max(initial=0) < 1e-5
    for rows in found.rows:
        assert len(set(rows[rows >= 0])) == (rows >= 0).sum()


def test_the_same_bits_for_any_number_of_threads_and_beside_any_queries():
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(3000, 50)).astype(np.float32)
    vectors[1500:] = vectors[:1500]  # every score is there twice
    scale = (1 / np.linalg.norm(vectors, axis=1)).astype(np.float32)
    queries = unit(vectors[:130])
    one = nearest_rows(queries, vectors, 33, scale=scale, threads=1)
    assert (one.rows[:, 0] == np.arange(130)).all() and (one.rows[:, 1] == np.arange(1500, 1630)).all()
    for threads in (2, 5):
        found = nearest_rows(queries, vectors, 33, scale=scale, threads=threads)
        assert found.rows.tobytes() == one.rows.tobytes()
        assert found.similarities.tobytes() == one.similarities.tobytes()
    for i in (0, 64, 129):
        alone = nearest_rows(queries[i : i + 1], vectors, 33, scale=scale)
        assert alone.rows.tobytes() == one.rows[i].tobytes()
        assert alone.similarities.tobytes() == one.similarities[i].tobytes()


PROGRAM = """
import hashlib
import numpy as np
from wordvec.search import nearest_rows
rng = np.random.default_rng(4)
vectors = rng.normal(size=(700, 33)).astype(np.float32)
scale = rng.random(700).astype(np.float32)
for n in (3, 90):
    found = nearest_rows(vectors[:n], vectors, 12, scale=scale, own=np.arange(n))
    print(hashlib.sha256(found.rows.tobytes() + found.similarities.tobytes()).hexdigest())
"""
#: Vectors of 8 floats, of 16, and of 4 without fused multiply-add.
FEATURES = {"haswell": "+avx2,+fma", "skylake-avx512": "+avx512f,+avx512vl,+avx512dq,+avx2,+fma", "x86-64": "+sse2"}


def run_program(**environment):
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(platform.machine() != "x86_64", reason="tells Numba to make code for other x86 CPUs")
@pytest.mark.parametrize("cpu", FEATURES)
def test_same_bits_in_the_code_of_other_cpus(cpu):
    # Without 512 bits the tile has another shape.
    first = run_program()
    assert first.count("\n") == 2
    assert run_program(NUMBA_CPU_NAME=cpu, NUMBA_CPU_FEATURES=FEATURES[cpu]) == first


def test_candidates_bias_and_matrices_of_any_layout(tmp_path):
    rng = np.random.default_rng(3)
    wide = rng.normal(size=(90, 24)).astype(np.float32)
    candidates = np.array([3, 4, 50, 89])
    bias = rng.normal(size=90).astype(np.float32)
    np.save(tmp_path / "m.npy", wide[:, :11])
    layouts = (
        wide[:, :11],
        np.asfortranarray(wide[:, :11]),
        np.load(tmp_path / "m.npy", mmap_mode="r"),
    )
    scores = wide[:5, :11].astype(float) @ wide[:, :11].T * 0.5 + bias
    expected = [[int(r) for r in candidates[np.argsort(-row[candidates])][:3]] for row in scores]
    scale = np.full(90, 0.5, np.float32)
    for vectors in layouts:
        found = nearest_rows(vectors[:5], vectors, 3, scale=scale, bias=bias, candidates=candidates)
        assert found.rows.tolist() == expected
    assert vectors.flags.writeable is False and wide.flags.writeable is True


def test_nothing_to_find_is_an_empty_answer():
    vectors = np.ones((2, 3), np.float32)
    found = nearest_rows(vectors, vectors, 4, scale=np.ones(2, np.float32), candidates=np.empty(0, np.int64))
    assert found.rows.shape == (2, 0)
    assert nearest_rows(vectors[:0], vectors, 4, scale=np.ones(2, np.float32)).rows.shape == (0, 2)


def test_an_error_in_one_thread_stops_the_others():
    taken = []

    def work(take):
        while span := take():
            taken.append(span)
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        run_spans(1000, 1, 2, work)
    assert len(taken) <= 2


def test_errors():
    vectors = np.ones((2, 3), np.float32)
    for name, arguments in (("k", {"k": 0}), ("threads", {"k": 1, "threads": 0})):
        with pytest.raises(ParameterError, match=f"^{name} must be an integer >= 1, got 0$"):
            nearest_rows(vectors, vectors, scale=np.ones(2, np.float32), **arguments)

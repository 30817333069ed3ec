"""Edges into rows: the same as a dict of edges, whatever their order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import ResourceError
from wordvec.knowledge import packing
from wordvec.knowledge.packing import edge_keys, pack_edges

EDGES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2), st.sampled_from((0.5, 1.0, 2.0))).filter(
        lambda edge: edge[0] != edge[1]
    )
)


def pack(edges, weights, n_concepts, n_relations, directed):
    keys = edge_keys(*edges, n_concepts, n_relations, directed=directed)
    return pack_edges(keys, weights, n_concepts, n_relations, directed=directed)


def unpack(packed):
    sources = np.repeat(np.arange(6), np.diff(packed.indptr))
    columns = (sources, packed.indices, packed.relations, packed.weights)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(EDGES, st.booleans(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_as_a_dict_of_edges(edges, directed, weighted):
    best = {}
    for source, target, relation, weight in edges:
        ends = (source, target) if directed else (min(source, target), max(source, target))
        key = (*ends, relation)
        best[key] = max(best.get(key, 0), weight if weighted else 1.0)
    expected = {(s, t, r, w) for (s, t, r), w in best.items()}
    if not directed:
        expected |= {(t, s, r, w) for s, t, r, w in expected}
    columns = [np.array([edge[i] for edge in edges], dtype) for i, dtype in enumerate((np.int32, np.int32, np.uint16))]
    weights = np.array([edge[3] for edge in edges], np.float32) if weighted else None
    packed = pack(columns, weights, 6, 3, directed)
    assert unpack(packed) == sorted(expected)
    assert packed.duplicates == len(edges) - len(best)
    assert packed.indptr.dtype == np.int64 and packed.indices.dtype == np.int32 and packed.relations.dtype == np.uint16


@pytest.mark.parametrize("directed", [False, True])
def test_in_pieces_as_at_once(monkeypatch, directed):
    rng = np.random.default_rng(3)
    sources = rng.integers(0, 50, 2000).astype(np.int32)
    targets = ((sources + rng.integers(1, 50, 2000)) % 50).astype(np.int32)
    edges = sources, targets, rng.integers(0, 4, 2000).astype(np.uint16)
    weights = rng.random(2000, np.float32) + 1
    whole = pack(edges, weights, 50, 4, directed)
    monkeypatch.setattr(packing, "_CHUNK", 7)
    for one, other in zip(whole, pack(edges, weights, 50, 4, directed), strict=True):
        assert np.array_equal(one, other)


def test_equal_weights_are_held_once():
    ends = np.arange(4, dtype=np.int32), np.arange(4, dtype=np.int32)[::-1].copy()
    packed = pack((*ends, np.zeros(4, np.uint16)), np.full(4, 0.5, np.float32), 4, 1, True)
    assert packed.weights.strides == (0,) and packed.weights[0] == 0.5


def test_too_many_to_number():
    none = np.zeros(0, np.int32)
    with pytest.raises(ResourceError, match="2,147,483,647 concepts and 65,536 relations are more than a graph"):
        edge_keys(none, none, np.zeros(0, np.uint16), 2**31 - 1, 65_536, directed=True)

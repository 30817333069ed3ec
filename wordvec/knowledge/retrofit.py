"""Retrofitting: words that a lexicon joins move toward each other."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError, require, similar_words
from ..lexicon import Lexicon
from ..progress import Watcher
from .solvers import Beta, Solver, make_pulls, solve

__all__ = [
    "add_settings",
    "check_pair",
    "describe",
    "digest_arrays",
    "keep_edges",
    "keep_relations",
    "prepare_vectors",
    "retrofit",
    "weigh_relations",
]

_BLOCK = 65_536


def retrofit(
    embeddings: Embeddings,
    lexicon: Lexicon,
    *,
    alpha: float = 1.0,
    beta: Beta = "degree",
    iterations: int = 10,
    tolerance: float = 1e-4,
    solver: Solver = "gauss_seidel",
    threads: int | None = 1,
    progress: Watcher | None = None,
) -> Embeddings:
    """Move words toward the words that a lexicon joins them with, and hold them where they were.

    Each word's vector becomes the mean of its old vector, weighted by ``alpha``, and of its neighbors' new vectors,
    weighted by ``beta``: ``q_i = (alpha o_i + sum_j beta_ij q_j) / (alpha + sum_j beta_ij)``. Vectors are taken as they
    are; :func:`prepare_vectors` centers them and gives them unit length.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    lexicon : Lexicon
        Over the same vocabulary. Edges to its extras do not count here; see :func:`expanded_retrofit`.
    alpha : float > 0, default 1
        How much a word is held where it was.
    beta : {"degree", "weight"}, default "degree"
        How much an edge pulls: its weight over the number of edges of the word (the paper's; a word with many
        neighbors moves no farther than one with few), or its weight. With ``"weight"`` and edges both ways the result
        is the minimum of ``alpha sum_i |q_i - o_i|^2 + sum_ij beta_ij |q_i - q_j|^2`` over pairs, and the mean of the
        words of a component stays.
    iterations : int >= 0, default 10
        Sweeps, or steps of conjugate gradient, at most.
    tolerance : float >= 0, default 1e-4
        Stop when what the equations lack, together, is at most this part of their right-hand sides.
    solver : {"gauss_seidel", "jacobi", "cg", "direct"}, default "gauss_seidel"
        Sweeps in the order of the vocabulary; sweeps that move all words at once; conjugate gradient, for edges that
        pull both ways alike; or the exact solution, for small graphs. The first two give the same bits on any
        machine, and all give the same vectors when they have converged.
    threads : int >= 1, optional
        For sweeps; they share the columns. One does not wait for the memory much less than many.
    progress : callable, optional
        Told after each sweep.

    Returns
    -------
    Embeddings
        Words without a neighbor have the bits that they had. ``metadata["retrofit"]`` says how many words and edges
        took part, ``iterations``, ``residual`` and whether that ``converged``.

    Raises
    ------
    FormatError
        If no edge joins two words of the vocabulary, or a vector of the lexicon's words is not finite.
    ParameterError
        If a parameter is outside its domain, or the lexicon is over other words.
    ResourceError
        If the graph is too large for ``solver="direct"``.

    References
    ----------
    Faruqui, Dodge, Jauhar, Dyer, Hovy and Smith (2015), "Retrofitting word vectors to semantic lexicons", equation 1.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"cat": 3, "feline": 2, "tax": 1})
    >>> embeddings = Embeddings(words, np.array([[3, 0], [0, 3], [1, 1]], np.float32))
    >>> lexicon = Lexicon.from_pairs([("cat", "feline")], words)
    >>> found = retrofit(embeddings, lexicon, solver="direct")
    >>> found["cat"].tolist(), found["feline"].tolist(), found["tax"].tolist()
    ([2.0, 1.0], [1.0, 2.0], [1.0, 1.0])
    """
    check_pair(embeddings, lexicon)
    pulls = make_pulls(lexicon, alpha=alpha, beta=beta)
    found = solve(
        solver,
        pulls,
        embeddings.vectors,
        iterations=iterations,
        tolerance=tolerance,
        threads=threads,
        progress=progress,
    )
    settings: dict[str, Any] = {"method": "faruqui", "solver": solver, "alpha": alpha, "beta": beta}
    settings |= {"iterations": iterations, "tolerance": tolerance}
    report = {
        "words": len(pulls.nodes),
        "edges": len(pulls.indices),
        "edges_to_extras": len(lexicon.indices) - len(pulls.indices),
        "iterations": found.iterations,
        "residual": found.residual,
        "converged": found.converged,
    }
    return Embeddings(embeddings.vocabulary, found.rows, describe(embeddings, lexicon, settings, report))


def prepare_vectors(embeddings: Embeddings, *, center: bool = False, unit: bool = False) -> Embeddings:
    """Center vectors, then give them unit length: what is done before retrofitting, if anything.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    center : bool, default False
        Subtract the mean of all words.
    unit : bool, default False
        Divide each vector by its length, so that the edges of a word weigh alike; one without length stays.

    Returns
    -------
    Embeddings
        The same object if there is nothing to do; ``metadata["prepared"]`` lists what was done.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"a": 2, "b": 1})
    >>> embeddings = Embeddings(words, np.array([[3, 4], [1, 4]], np.float32))
    >>> prepare_vectors(embeddings, center=True, unit=True).vectors.tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    if not (center or unit):
        return embeddings
    rows = np.array(embeddings.vectors, np.float32, order="C")
    if center:
        rows -= rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    if unit:
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            lengths = np.linalg.norm(block.astype(np.float64), axis=1, keepdims=True).astype(np.float32)
            np.divide(block, lengths, out=block, where=lengths > 0)
    done = [name for name, asked in (("center", center), ("unit", unit)) if asked]
    return Embeddings(embeddings.vocabulary, rows, {**embeddings.metadata, "prepared": done})


def weigh_relations(lexicon: Lexicon, weights: Mapping[str, float]) -> Lexicon:
    """Return the lexicon with the weights of some relations multiplied.

    Parameters
    ----------
    lexicon : Lexicon
        The edges.
    weights : mapping of str to float
        Relation to a finite factor from 0; 0 leaves its edges out. Other relations stay as they are.

    Returns
    -------
    Lexicon
        ``metadata["relation_weights"]`` holds the factors.

    Raises
    ------
    ParameterError
        If the lexicon has no such relation, or a factor is negative or not finite.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"cat": 2, "feline": 1})
    >>> lexicon = Lexicon.from_pairs([("cat", "feline")], words)
    >>> weigh_relations(lexicon, {"synonym": 0.5}).weights.tolist()
    [0.5, 0.5]
    >>> weigh_relations(lexicon, {"synonym": 0}).n_pairs
    0
    """
    factors = np.ones(len(lexicon.relation_names))
    for name, weight in weights.items():
        number = _number_of(lexicon, name)
        require(0 <= weight < 1e9, f"the weight of relation {name!r}", "a finite number from 0", weight)
        factors[number] = weight
    values = lexicon.weights * factors[lexicon.relations]
    facts = {**lexicon.metadata, "relation_weights": dict(weights)}
    return keep_edges(replace(lexicon, weights=values.astype(np.float32), metadata=facts), values > 0)


def keep_relations(lexicon: Lexicon, relations: Iterable[str]) -> Lexicon:
    """Return the lexicon with the edges of some relations only.

    Parameters
    ----------
    lexicon : Lexicon
        The edges.
    relations : iterable of str
        Their names.

    Raises
    ------
    ParameterError
        If the lexicon has no such relation.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"cat": 2, "feline": 1})
    >>> keep_relations(Lexicon.from_pairs([("cat", "feline")], words), ["synonym"]).n_pairs
    1
    """
    chosen = [_number_of(lexicon, name) for name in relations]
    return keep_edges(lexicon, np.isin(lexicon.relations, chosen))


def _number_of(lexicon: Lexicon, relation: str) -> int:
    names = lexicon.relation_names
    if relation not in names:
        near = similar_words(relation, names)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ParameterError(f"relation {relation!r} is not among those of the lexicon ({', '.join(names)}).{hint}")
    return names.index(relation)


def keep_edges(lexicon: Lexicon, kept: NDArray[np.bool_]) -> Lexicon:
    """Return the lexicon with some edges only.

    Parameters
    ----------
    lexicon : Lexicon
        The edges.
    kept : bool[E]
        Which.
    """
    if kept.all():
        return lexicon
    sources = np.repeat(np.arange(lexicon.n_nodes, dtype=np.int64), lexicon.degrees)
    indptr = np.zeros(lexicon.n_nodes + 1, np.int64)
    np.cumsum(np.bincount(sources[kept], minlength=lexicon.n_nodes), out=indptr[1:])
    edges = lexicon.indices[kept], lexicon.weights[kept], lexicon.relations[kept]
    return replace(lexicon, indptr=indptr, indices=edges[0], weights=edges[1], relations=edges[2])


def check_pair(embeddings: Embeddings, lexicon: Lexicon) -> None:
    """Raise unless vectors and lexicon are over the same words, and the vectors of the lexicon's words are finite.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    lexicon : Lexicon
        The edges.

    Raises
    ------
    ParameterError
        If they are over other words.
    FormatError
        If a vector is not finite; names its word.
    """
    ours, theirs = embeddings.vocabulary, lexicon.vocabulary
    if ours is not theirs and ours.words != theirs.words:
        raise ParameterError(
            f"lexicon must be over the vocabulary of the vectors, got one over {len(theirs):,} other words for "
            f"{len(ours):,} words; make it anew with embeddings.vocabulary"
        )
    touched = np.union1d(np.flatnonzero(lexicon.degrees[: len(ours)]), lexicon.indices[lexicon.indices < len(ours)])
    for start in range(0, len(touched), 4096):
        rows = touched[start : start + 4096]
        broken = np.flatnonzero(~np.isfinite(embeddings.vectors[rows]).all(axis=1))
        if len(broken):
            word = ours.words[int(rows[broken[0]])]
            raise FormatError(
                f"the vector of {word!r} holds numbers that are not finite; it would spoil its neighbors."
            )


def describe(
    embeddings: Embeddings,
    lexicon: Lexicon,
    settings: Mapping[str, Any],
    report: Mapping[str, Any],
    *,
    record: str = "retrofit",
) -> dict[str, Any]:
    """Return the metadata of vectors that a lexicon moved.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors before.
    lexicon : Lexicon
        The edges.
    settings, report : mapping
        What was chosen; what came of it.
    record : str, default "retrofit"
        Under which name the metadata say it.
    """
    digest = digest_arrays((lexicon.indptr, lexicon.indices, lexicon.weights, lexicon.relations))
    digest.update("\n".join((*lexicon.relation_names, *lexicon.extras)).encode("utf-8", "surrogatepass"))
    before = embeddings.metadata
    chosen = {**settings, "lexicon_sha256": digest.hexdigest()}
    if record in before:
        chosen["after"] = before[record]
    facts = {"relations": list(lexicon.relation_names), "lexicon": dict(lexicon.metadata)}
    return {**add_settings(before, record, chosen), record: {**chosen, **facts, **report}}


def digest_arrays(arrays: Iterable[NDArray[Any]]) -> "hashlib._Hash":
    """Return the SHA-256 of the bytes of arrays, to be updated further."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest


def add_settings(metadata: Mapping[str, Any], record: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata in which what was chosen is among the settings of the training, where there are some.

    Vectors that were moved alike from several seeds are still seeds of one model, and others are not.

    Parameters
    ----------
    metadata : mapping
        Of the vectors before.
    record : str
        Name of what was done.
    chosen : mapping
        What tells it from other ways to do it; its own seed is left out, since it tells seeds apart, not models.

    Examples
    --------
    >>> add_settings({"settings": {"dim": 5, "seed": 1}}, "attract_repel", {"lr": 0.1, "seed": 3})
    {'settings': {'dim': 5, 'seed': 1, 'attract_repel': {'lr': 0.1}}}
    >>> add_settings({"model": "unknown"}, "attract_repel", {"lr": 0.1})
    {'model': 'unknown'}
    """
    old = metadata.get("settings")
    if not isinstance(old, Mapping):
        return dict(metadata)
    asked = {name: value for name, value in chosen.items() if name != "seed"}
    if "prepared" in metadata:
        asked["prepared"] = metadata["prepared"]
    if record in old:  # without what came of it, which differs from seed to seed
        asked["after"] = old[record]
    return {**metadata, "settings": {**old, record: asked}}

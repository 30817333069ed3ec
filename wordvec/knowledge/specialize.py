"""Lexical specialization: what a graph calls by one name, in one language or several, is drawn together."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import ParameterError, require
from ..progress import Progress, Watcher
from ..slices import AlignedSlices
from ..threads import count_threads
from ..train.settings import check_integers
from .contrast import Adam, Batch, Crew, Maps, apply_map, contrast
from .graph import KnowledgeGraph
from .retrofit import add_settings, digest_arrays
from .synonym_pairs import PairKind, SynonymPairs, gather_pairs

__all__ = ["Specializer"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
#: Rows learn so much more slowly than maps: each is met far less often, and would be thrown out of its place.
_ROW_SHARE = 0.1


@dataclass(frozen=True)
class Specializer:
    r"""Draw synonyms together, in and across languages, by a contrastive loss.

    Learns a residual map :math:`q = v + v A B` of low rank, one for all languages or one for each, so that of a batch
    of pairs each word is nearest to its own synonym. What is learnt from the words that the graph knows moves all
    words, and with a shared map all languages, those too that no pair is of.

    Parameters
    ----------
    tau : float, default 0.07
        Temperature of the loss.
    batch_size : int >= 2, default 256
        Pairs of a batch; all pairs where there are fewer, which the metadata say.
    rank : int >= 1, default 32
        Rank of the map; at most the vectors' ``dim``.
    lr : float, default 0.01
        Adam's learning rate at the start; it sinks to 0.
    epochs : int >= 0, default 20
        So often as many pairs are drawn as there are.
    exponent : float, default 0.5
        The two languages of a pair are drawn in proportion to the number of their pairs to this power: 1 as they are,
        0 evenly.
    rows : bool, default False
        Learn the vectors of the pairs' words too, which fits them closer and moves no other word.
    shared : bool, default True
        One map for all languages, else one for each; a language without pairs then stays as it is.
    pairs : {"synonym", "gloss", "both"}, default "synonym"
        Two names of a concept, a name with the concept's gloss (the mean of its known words), or both.
    within : bool, default True
        Pair synonyms of one language too.
    cap : int >= 1, default 200
        At most so many pairs of one concept.
    seed : int, default 1
        Of the first map and of what is drawn.

    Notes
    -----
    The loss of an item i with the temperature :math:`\tau` is the mean over its synonyms p in the batch of
    :math:`-\log (e^{\cos(i, p)/\tau} / \sum_{k \ne i} e^{\cos(i, k)/\tau})` (NT-Xent; SupCon where there are several).
    Two items of a batch that share any concept are synonyms, however they came into it, and the same word is neither
    a synonym nor a stranger to itself: there are no false negatives that the graph knows of. Same input, settings and
    seed give the same bits, for any number of threads and any order in which the graph was read.

    References
    ----------
    Green, Ponzetto and Glavaš, "Massively multilingual lexical specialization of multilingual transformers" (ACL 2023),
    for sampling, batch and temperature, there of a transformer; Chen et al. (2020), "A simple framework for
    contrastive learning"; Khosla et al. (2020), "Supervised contrastive learning", eq. 2.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> from wordvec.knowledge.languages import join_languages
    >>> from wordvec.text.vocabulary import Vocabulary
    >>> words, rng = tuple("abcdefgh"), np.random.default_rng(1)
    >>> sides = {
    ...     name: Embeddings(Vocabulary(words, np.ones(8)), rng.normal(size=(8, 6)).astype(np.float32))
    ...     for name in ("one", "other")
    ... }
    >>> builder = GraphBuilder()
    >>> for word in words:
    ...     for language in sides:
    ...         builder.term(f"what {word} means", word, language)
    >>> done = Specializer(rank=6, epochs=200, shared=False).specialize(join_languages(sides), builder.build())
    >>> found = done["other"].nearest(done["one"]["c"], k=1)[0]
    >>> found.word, found.similarity > 0.8, done.metadata["specialization"]["batch_size"]
    ('c', True, 8)
    """

    tau: float = 0.07
    batch_size: int = 256
    rank: int = 32
    lr: float = 1e-2
    epochs: int = 20
    exponent: float = 0.5
    rows: bool = False
    shared: bool = True
    pairs: PairKind = "synonym"
    within: bool = True
    cap: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        check_integers(self, ("batch_size", 2, 8_192), ("rank", 1, 65_536), ("epochs", 0, 100_000))
        check_integers(self, ("cap", 1, 1_000_000), ("seed", 0, 2**63 - 1))
        require(1e-3 <= self.tau <= 100.0, "tau", "from 0.001 to 100", self.tau)
        require(0.0 < self.lr < 1.0, "lr", "between 0 and 1", self.lr)
        require(0.0 <= self.exponent <= 1.0, "exponent", "from 0 to 1", self.exponent)
        require(self.pairs in ("synonym", "gloss", "both"), "pairs", "'synonym', 'gloss' or 'both'", self.pairs)

    def specialize(
        self,
        vectors: AlignedSlices,
        graph: KnowledgeGraph,
        *,
        languages: Sequence[str] | None = None,
        exclude: Mapping[str, Collection[str]] | None = None,
        glosses: Mapping[str, str] | None = None,
        gloss_language: str = "eng",
        threads: int | None = None,
        progress: Watcher | None = None,
    ) -> AlignedSlices:
        """Learn from the names of a graph's concepts, and return all vectors moved.

        Parameters
        ----------
        vectors : AlignedSlices
            Labels are codes of languages as the graph writes them (see
            :func:`~wordvec.knowledge.languages.join_languages`), in one space already.
        graph : KnowledgeGraph
            Concepts with names in these languages; edges are not used.
        languages : sequence of str, optional
            Learn from these only, to see what the others get without.
        exclude : mapping of str to collection of str, optional
            Words, by language, that no pair may hold: those of the test dictionaries. They are counted.
        glosses : mapping of str to str, optional
            Definition by concept.
        gloss_language : str, default "eng"
            What they are written in.
        threads : int >= 1, optional
            As many as the machine has CPUs otherwise; the result is the same for any number.
        progress : callable, optional
            Told how many pairs were drawn, and the loss.

        Returns
        -------
        AlignedSlices
            The same words. ``metadata["specialization"]`` says for each language how many of its terms were known, how
            many pairs there were of which languages, what was left out and why, and the loss of each epoch.

        Raises
        ------
        FormatError
            If graph and vectors have no language in common, a language has terms but no known word, or there are fewer
            than two pairs.
        ParameterError
            If ``rank`` is above the vectors' ``dim``, a vector is not finite, or an argument is outside its domain.
        """
        began = time.perf_counter()
        require(self.rank <= vectors.dim, "rank", f"at most the dim of the vectors, {vectors.dim}", self.rank)
        found = gather_pairs(
            vectors,
            graph,
            kind=self.pairs,
            cap=self.cap,
            within=self.within,
            languages=languages,
            exclude=exclude,
            glosses=glosses,
            gloss_language=gloss_language,
            seed=self.seed,
        )
        base = _gather_rows(vectors, found)
        count = count_threads(threads)
        learnt = digest_arrays((found.languages, found.rows, found.glosses, found.offsets, found.concepts, found.pairs))
        chosen = {**asdict(self), "pairs_sha256": learnt.hexdigest()}
        with Crew(count) as crew:
            maps, moves, losses = self._learn(found, base, len(vectors.labels), crew, progress)
            moved = tuple(
                Embeddings(
                    side.vocabulary,
                    self._move(number, side, maps, moves, found, crew),
                    add_settings(side.metadata, "specialization", chosen),
                )
                for number, side in enumerate(vectors.embeddings)
            )
        facts = {
            "settings": asdict(self),
            "batch_size": min(self.batch_size, len(found)),
            "learnt_from": [label for label in vectors.labels if languages is None or label in languages],
            **found.account,
            "losses": losses,
        }
        run = {"threads": count, "seconds": round(time.perf_counter() - began, 3)}
        metadata = {**vectors.metadata, "specialization": facts}
        return replace(vectors, embeddings=moved, compass=None, metadata=metadata, run=run)

    def _learn(
        self, pairs: SynonymPairs, base: NDArray[np.float32], n_languages: int, crew: Crew, progress: Watcher | None
    ) -> tuple[Maps, Floats | None, list[float]]:
        """Return the maps, what is added to each item's direction, and the mean loss of each epoch."""
        dim, n_maps = base.shape[1], 1 if self.shared else n_languages
        first = np.random.default_rng([self.seed, 0]).standard_normal((dim, self.rank)) / np.sqrt(dim)
        maps = Maps(np.repeat(first[None], n_maps, axis=0), np.zeros((n_maps, self.rank, dim)))
        moves = np.zeros(base.shape) if self.rows else None
        by_a, by_b = Adam(maps.A.shape), Adam(maps.B.shape)
        by_rows = Adam(base.shape) if self.rows else None
        which = np.zeros_like(pairs.languages) if self.shared else pairs.languages
        size = min(self.batch_size, len(pairs))
        steps, losses = -(-len(pairs) // size), []
        heads = np.full(pairs.n_concepts, -1, np.int64)
        for epoch in range(self.epochs):
            total = 0.0
            for step, drawn in enumerate(_draw(pairs, size, steps, self.exponent, (self.seed, epoch + 1))):
                items = drawn[np.argsort(which[drawn], kind="stable")]
                rows = base[items].astype(np.float64)
                if moves is not None:
                    rows += moves[items]
                batch = Batch(rows, _bounds(which[items]), _mark(items, pairs, heads))
                loss, slopes, by_items = contrast(batch, maps, self.tau, crew)
                total += loss
                lr = self.lr * (1 - (epoch * steps + step) / (self.epochs * steps))
                by_a.step(maps.A, slopes.A, lr)
                by_b.step(maps.B, slopes.B, lr)
                if moves is not None and by_rows is not None:
                    words, added = _add_up(items[~pairs.is_gloss[items]], by_items[~pairs.is_gloss[items]])
                    by_rows.step(moves, added, lr * _ROW_SHARE, words)
                if progress is not None:
                    done = (epoch * steps + step + 1) * size
                    progress(Progress("specialization", done, self.epochs * steps * size, "pairs", loss))
            losses.append(round(total / steps, 6))
        return maps, moves, losses

    def _move(
        self, number: int, side: Embeddings, maps: Maps, moves: Floats | None, pairs: SynonymPairs, crew: Crew
    ) -> NDArray[np.float32]:
        """Return the vectors of a language, moved."""
        vectors = side.vectors
        if moves is not None and moves.any():
            mine = np.flatnonzero((pairs.languages == number) & ~pairs.is_gloss)
            vectors = np.array(vectors)
            vectors[pairs.rows[mine]] += moves[mine] * side.norms[pairs.rows[mine], None]
        which = 0 if self.shared else number
        return apply_map(vectors, maps.A[which], maps.B[which], crew)


def _gather_rows(vectors: AlignedSlices, pairs: SynonymPairs) -> NDArray[np.float32]:
    """Return float32[n, D], the direction of each item."""
    base = np.empty((len(pairs.rows), vectors.dim), dtype=np.float32)
    for number, side in enumerate(vectors.embeddings):
        mine = np.flatnonzero((pairs.languages == number) & ~pairs.is_gloss)
        rows = pairs.rows[mine]
        finite = np.isfinite(side.norms[rows])
        if not finite.all():
            word = side.vocabulary.words[int(rows[int(np.argmin(finite))])]
            raise ParameterError(f"vectors must be finite, got others for {word!r} of {vectors.labels[number]!r}.")
        base[mine] = side.vectors[rows] * side.reciprocals[rows, None]
    base[pairs.is_gloss] = pairs.glosses
    return base


def _draw(pairs: SynonymPairs, size: int, steps: int, exponent: float, key: tuple[int, int]) -> Iterator[Ids]:
    """Yield int64[2 size], the items of each batch of an epoch.

    The two languages are drawn for each place; their pairs come in a new order, none again before all have come.
    """
    rng = np.random.default_rng(key)
    counts = np.diff(pairs.starts)
    weights = counts**exponent
    edges = np.cumsum(weights / weights.sum())
    which = np.minimum(np.searchsorted(edges, rng.random(size * steps), side="right"), len(counts) - 1)
    chosen = np.empty(size * steps, np.int64)
    for number, count in enumerate(counts.tolist()):
        places = np.flatnonzero(which == number)
        order = np.concatenate([rng.permutation(count) for _ in range(-(-len(places) // count))] or [places])
        chosen[places] = pairs.starts[number] + order[: len(places)]
    for step in range(steps):
        yield pairs.pairs[chosen[step * size : (step + 1) * size]].T.ravel()


def _bounds(which: Ids) -> tuple[tuple[int, int, int], ...]:
    """Return map, first row and end of the rows of each map, which are in order."""
    found, starts = np.unique(which, return_index=True)
    ends = np.append(starts[1:], len(which))
    return tuple(zip(found.tolist(), starts.tolist(), ends.tolist(), strict=True))


def _mark(items: Ids, pairs: SynonymPairs, heads: Ids) -> NDArray[np.uint8]:
    from ..kernels.contrastive import mark_kin

    n_entries = int((pairs.offsets[items + 1] - pairs.offsets[items]).sum())
    marks = np.empty((len(items), len(items)), np.uint8)
    mark_kin(items, pairs.offsets, pairs.concepts, heads, np.empty((n_entries, 2), np.int64), marks)
    return marks


def _add_up(items: Ids, slopes: Floats) -> tuple[Ids, Floats]:
    """Return each item once, with the sum of its rows, added in their order."""
    unique, places = np.unique(items, return_inverse=True)
    sums = np.zeros((len(unique), slopes.shape[1]))
    np.add.at(sums, places, slopes)
    return unique, sums

"""The compass: slices trained against one frozen output matrix share one space."""

import time
from dataclasses import KW_ONLY, asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings, Training, matrix_digest
from ..errors import AlignmentError, ParameterError, require
from ..lexicon import Lexicon
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..threads import count_threads
from ..train.cbow import CBOW
from ..train.graph import link_rows
from ..train.skipgram import SkipGram
from .balance import Balance, CompassText, compass_text, thin_slices
from .training import check_slices, keep_frequent, prepare_slices, slice_seed, slice_shares, train_side_by_side

__all__ = ["CompassAligner"]

#: What a compass says of itself that its slices say, too.
_SHARED = ("graph", "phrases")


@dataclass(frozen=True)
class CompassAligner:
    """Train one set of vectors per slice, all in the space of one compass (TWEC, CADE).

    The compass is one training on all slices together. Its output matrix U is then frozen, and each
    slice trains input vectors W of its own against it: what a word means in a slice is expressed by
    the same partners everywhere, so vectors of different slices can be compared as they are.

    Parameters
    ----------
    trainer : SkipGram or CBOW, default SkipGram()
        How the compass and the slices are trained.
    init : {"random", "compass"}, default "random"
        Where a slice's vectors start. ``"compass"`` starts from the compass's own and needs more
        epochs: what is left of the start makes words look more stable than they are.
    min_slice_count : int >= 1, default 5
        A word with fewer occurrences in a slice has no vector there: it would be its random start.
        The count stays in :attr:`AlignedSlices.counts`.
    balance : {"none", "upsample", "cap"}, default "none"
        What slices of unequal size count in the compass, which otherwise is mostly the largest one's. ``"upsample"``:
        documents of smaller slices are read several times, so that each slice counts as much as the largest.
        ``"cap"``: documents of larger slices weigh less, so that each counts as much as the smallest.
    leave_out : tuple of str, default ()
        Slices that the compass does not read. They are trained against it like the others; words that no other slice
        has are dropped and counted. A control: two slices that the compass has not read can owe it no difference.
    equal_tokens : bool, default False
        Thin the slices (not the compass's text) to the tokens of the smallest, see :func:`thin_slices`: larger slices
        have steadier vectors, which looks like less drift.

    Notes
    -----
    A slice's noise and subsampling use its own counts. Its seed is drawn from the trainer's seed and
    the slice's text, so neither its label nor its place among the slices changes its vectors.

    References
    ----------
    Di Carlo, Bianchi and Palmonari (2019), "Training temporal word embeddings with a compass";
    Bianchi et al. (2020), "Compass-aligned distributional embeddings for studying semantic
    differences across corpora".

    Examples
    --------
    >>> from wordvec import CompassAligner, Corpus, SkipGram
    >>> then, now = [["the", "king", "rules"]] * 20, [["the", "people", "rules"]] * 20
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> aligned = CompassAligner(SkipGram(dim=8, epochs=1, subsample=0)).align(corpus)
    >>> aligned.labels, "king" in aligned["now"]
    (('then', 'now'), False)
    """

    trainer: SkipGram | CBOW = SkipGram()  # noqa: RUF009 - a frozen value
    _: KW_ONLY
    init: Literal["random", "compass"] = "random"
    min_slice_count: int = 5
    balance: Balance = "none"
    leave_out: tuple[str, ...] = ()
    equal_tokens: bool = False

    def __post_init__(self) -> None:
        known = self.balance in ("none", "upsample", "cap")
        require(known, "balance", "'none', 'upsample' or 'cap'", self.balance)
        require(not isinstance(self.leave_out, str), "leave_out", "a tuple of labels", self.leave_out)
        object.__setattr__(self, "leave_out", tuple(self.leave_out))
        require(isinstance(self.trainer, SkipGram | CBOW), "trainer", "a SkipGram or CBOW", self.trainer)
        require(self.init in ("random", "compass"), "init", "'random' or 'compass'", self.init)
        require(self.min_slice_count >= 1, "min_slice_count", "an integer >= 1", self.min_slice_count)

    def align(
        self,
        corpus: Corpus,
        *,
        lexicon: Lexicon | None = None,
        graph_weight: float = 0.1,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> AlignedSlices:
        """Train the compass on the whole corpus, then every slice against it.

        Parameters
        ----------
        corpus : Corpus
            One slice at least; its labels name the result's.
        lexicon : Lexicon, optional
            What belongs together, in the compass and in every slice; as for :meth:`SkipGram.train`. In a slice, only
            words that occur there are drawn together.
        graph_weight : float, default 0.1
            As for :meth:`SkipGram.train`.
        threads : int >= 1, optional
            Threads to use; slices are trained side by side. The result does not depend on it, unless they race.
        racing : bool, default False
            As for :meth:`SkipGram.train`.
        progress : callable, optional
            Called several times a second with a :class:`Progress`, from several threads.
        checkpoints : Checkpoints, optional
            Where the compass and each slice keep what they have reached; a run that goes on from there ends with the
            same bits.

        Raises
        ------
        FormatError
            If a slice has too little text.
        AlignmentError
            If no edge of ``lexicon`` is between words of the corpus.
        """
        began = time.perf_counter()
        corpus = prepare_slices(corpus, self.min_slice_count)
        digest = corpus.digest
        text = compass_text(corpus, self.balance, self.leave_out)
        compass = self.trainer.train(
            text.corpus,
            weights=text.weights,
            lexicon=lexicon,
            graph_weight=graph_weight,
            threads=threads,
            racing=racing,
            progress=progress,
            stage="compass",
            checkpoints=checkpoints,
        )
        corpus, compass, dropped = _in_one_vocabulary(corpus, compass)
        if self.equal_tokens:
            corpus = thin_slices(corpus, seed=self.trainer.seed)
        check_slices(corpus, self.min_slice_count)
        slices = self._train_slices(
            corpus, compass, _Graph(lexicon, graph_weight), threads, racing, progress, checkpoints
        )
        metadata = {
            "method": "compass",
            "model": self.trainer.model,
            "settings": asdict(self),
            "seed": self.trainer.seed,
            "threading": compass.embeddings.metadata["threading"],
            "corpus": digest,
            "compass_sha256": matrix_digest(compass.context.vectors, compass.context.dim),
            "slices": _shares(corpus, slices, text, self),
        }
        metadata |= {key: compass.embeddings.metadata[key] for key in _SHARED if key in compass.embeddings.metadata}
        if dropped["types"]:
            metadata["dropped"] = dropped
        if self.equal_tokens:
            metadata["thinned"] = corpus.metadata["thinned"]
        run = {"threads": count_threads(threads), "seconds": round(time.perf_counter() - began, 3)}
        return AlignedSlices(corpus.labels, slices, corpus.vocabulary, corpus.counts, compass, metadata, run)

    def add(
        self,
        aligned: AlignedSlices,
        corpus: Corpus,
        *,
        lexicon: Lexicon | None = None,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> AlignedSlices:
        """Train the slices of ``corpus`` against the compass of ``aligned`` and append them.

        The slices that are there stay byte for byte. Words that the compass does not know are
        dropped; ``metadata["added"]`` counts them.

        Parameters
        ----------
        aligned : AlignedSlices
            Made by :meth:`align` with the same settings.
        corpus : Corpus
            New slices, with any vocabulary.
        lexicon : Lexicon, optional
            That of :meth:`align`, if there was one; its weight is the same.
        threads, racing, progress, checkpoints
            As for :meth:`align`.

        Raises
        ------
        AlignmentError
            If ``aligned`` has no compass, or was made with other settings or another lexicon.
        ParameterError
            If a label is already taken.
        FormatError
            If a new slice shares too few words with the compass.
        """
        compass = aligned.compass
        if compass is None:
            raise AlignmentError("these slices have no compass; only slices aligned by the compass can be added to.")
        self._check_settings(aligned)
        graph = _check_graph(aligned, compass, lexicon, self.trainer.lr)
        taken = set(aligned.labels) & set(corpus.labels)
        if taken:
            raise ParameterError(f"label must be new, got {sorted(taken)[0]!r}, which is already a slice")
        known = corpus.recoded(compass.embeddings.vocabulary)
        if self.equal_tokens:
            known = thin_slices(known, tokens=aligned.metadata["thinned"]["tokens"], seed=self.trainer.seed)
        check_slices(known, self.min_slice_count)
        slices = (
            *aligned.embeddings,
            *self._train_slices(known, compass, graph, threads, racing, progress, checkpoints),
        )
        labels = (*aligned.labels, *corpus.labels)
        counts = np.vstack([aligned.counts, known.counts])
        added = {"labels": list(corpus.labels), "corpus": corpus.digest, "dropped": _unknown_to_compass(known)}
        metadata = {
            **aligned.metadata,
            "slices": [
                {**old, **new}
                for old, new in zip(
                    [*aligned.metadata["slices"], *({} for _ in corpus.labels)],
                    slice_shares(labels, counts, slices),
                    strict=True,
                )
            ],
            "added": [*aligned.metadata.get("added", []), added],
        }
        return replace(aligned, labels=labels, embeddings=slices, counts=counts, metadata=metadata, run={})

    @classmethod
    def of(cls, aligned: AlignedSlices) -> "CompassAligner":
        """Return the aligner that made ``aligned``, from its metadata.

        Raises
        ------
        AlignmentError
            If another method made it.
        """
        if aligned.metadata.get("method") != "compass":
            raise AlignmentError(f"these slices were aligned by {aligned.metadata.get('method')}, not by the compass.")
        settings = dict(aligned.metadata["settings"])
        trainer = {SkipGram.model: SkipGram, CBOW.model: CBOW}[aligned.metadata["model"]]
        return cls(**{**settings, "trainer": trainer(**settings["trainer"])})  # a list of labels becomes a tuple

    def _check_settings(self, aligned: AlignedSlices) -> None:
        made_by = asdict(CompassAligner.of(aligned))
        mine = asdict(self)
        differing = sorted(
            f"{name} ({made_by['trainer'].get(name)!r}, now {value!r})"
            for name, value in {**mine["trainer"]}.items()
            if made_by["trainer"].get(name) != value
        )
        if made_by != mine or aligned.metadata["model"] != self.trainer.model:
            own = [n for n in mine if n != "trainer" and mine[n] != made_by[n]]
            detail = ", ".join(differing) or ", ".join(own) or "model"
            raise AlignmentError(f"these slices were aligned with other settings: {detail}.")

    def _train_slices(
        self,
        corpus: Corpus,
        compass: Training,
        graph: "_Graph",
        threads: int | None,
        racing: bool,
        progress: Watcher | None,
        checkpoints: Checkpoints | None,
    ) -> tuple[Embeddings, ...]:
        def train(label: str, share: int, watch: Watcher) -> Embeddings:
            return self._train_slice(corpus[label], compass, graph, share, racing, watch, checkpoints)

        return train_side_by_side(train, corpus.labels, threads, progress)

    def _train_slice(
        self,
        corpus: Corpus,
        compass: Training,
        graph: "_Graph",
        threads: int,
        racing: bool,
        progress: Watcher,
        checkpoints: Checkpoints | None,
    ) -> Embeddings:
        """Train one slice against the compass and keep the words it has enough of."""
        label = corpus.labels[0]
        trainer = replace(self.trainer, seed=slice_seed(self.trainer.seed, corpus.digest))
        training = trainer.train(
            corpus,
            compass=compass.context,
            initial=compass.embeddings if self.init == "compass" else None,
            lexicon=graph.lexicon,
            graph_weight=graph.weight,
            threads=threads,
            racing=racing,
            progress=progress,
            stage=f"slice {label}",
            checkpoints=checkpoints,
        )
        metadata = {**training.embeddings.metadata, "label": label, "init": self.init}
        return keep_frequent(training, self.min_slice_count, metadata)


def _in_one_vocabulary(corpus: Corpus, compass: Training) -> tuple[Corpus, Training, dict[str, int]]:
    """Return the corpus and its compass in the words that both have, ordered by the corpus, and what was dropped."""
    known = compass.embeddings.vocabulary
    none = {"tokens": 0, "types": 0}
    if known.words == corpus.vocabulary.words:
        return corpus, compass, none
    dropped = none
    vocabulary = corpus.vocabulary
    if len(known) < len(vocabulary):
        kept = np.array([word in known.index for word in vocabulary], dtype=np.bool_)
        vocabulary, _ = vocabulary.select(np.where(kept, corpus.word_counts, 0))
        corpus = corpus.recoded(vocabulary)
        dropped = corpus.metadata["recoding"]["dropped"]
    rows = np.array([known.index[word] for word in vocabulary], dtype=np.int64)
    vectors, context = (
        Embeddings(vocabulary, part.vectors[rows], part.metadata) for part in (compass.embeddings, compass.context)
    )
    return corpus, Training(vectors, context, compass.losses, compass.run), dropped


def _shares(
    corpus: Corpus, slices: tuple[Embeddings, ...], text: CompassText, aligner: CompassAligner
) -> list[dict[str, Any]]:
    """Return what each slice holds; with its share of the compass, where that is not its share of the tokens."""
    shares = slice_shares(corpus.labels, corpus.counts, slices)
    if aligner.balance == "none" and not aligner.leave_out and not aligner.equal_tokens:
        return shares
    return [{**share, "compass_share": text.shares[share["label"]]} for share in shares]


class _Graph(NamedTuple):
    """What is drawn together in every slice, and how much it counts."""

    lexicon: Lexicon | None
    weight: float


def _check_graph(aligned: AlignedSlices, compass: Training, lexicon: Lexicon | None, lr: float) -> _Graph:
    """Return the graph that new slices are trained with, or raise :class:`AlignmentError` if it is not the old one."""
    old = aligned.metadata.get("graph")
    if old is None and lexicon is None:
        return _Graph(None, 0.0)
    if old is None:
        raise AlignmentError("these slices were aligned without a lexicon; leave it out, or align all of them with it.")
    if lexicon is None:
        raise AlignmentError("these slices were aligned with a lexicon; give it again (lexicon=, --graph).")
    vocabulary = compass.embeddings.vocabulary
    links = link_rows(lexicon, vocabulary, np.ones(len(vocabulary), np.int64), old["weight"], lr)
    if links.account["sha256"] != old["sha256"]:
        sizes = [sum(account["edges"].values()) for account in (old, links.account)]
        raise AlignmentError(
            f"these slices were aligned with another lexicon ({sizes[0]} edges, now {sizes[1]}); give that one again."
        )
    return _Graph(lexicon, old["weight"])


def _unknown_to_compass(corpus: Corpus) -> dict[str, int]:
    """Return how many tokens and words were dropped from a recoded corpus, while it was encoded or since."""
    report = corpus.metadata.get("report", {})
    since = corpus.metadata["recoding"]["dropped"]
    return {unit: n + report.get(unit, {}).get("outside_vocabulary", 0) for unit, n in since.items()}

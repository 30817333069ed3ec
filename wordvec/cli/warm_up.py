"""Compile every kernel by a small piece of real work for each, and tell how long it took."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..progress import Progress, Watcher

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..text.corpus import Corpus
    from ..text.vocabulary import Vocabulary
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram

__all__ = ["Stage", "warm_up"]


@dataclass
class Stage:
    """One piece of work.

    Parameters
    ----------
    name : str
        What was done.
    seconds : float
        How long it took, compiling included.
    compiled : dict of str to float
        Kernels compiled, with the seconds of each, those of kernels inside it not counted.
    """

    name: str
    seconds: float = 0.0
    compiled: dict[str, float] = field(default_factory=dict)

    def told(self) -> str:
        """Return the stage in words."""
        if not self.compiled:
            return f"{self.seconds:.2f} s, nothing to compile"
        slowest = max(self.compiled, key=lambda name: self.compiled[name])
        count = f"{len(self.compiled)} kernel" + "s" * (len(self.compiled) != 1)
        return f"{self.seconds:.2f} s, {count} compiled; the slowest: {slowest}, {self.compiled[slowest]:.2f} s"


def warm_up(progress: Watcher) -> list[Stage]:
    """Do a small piece of everything that has kernels.

    Parameters
    ----------
    progress : callable
        Is told which stage begins.
    """
    stages = []
    with tempfile.TemporaryDirectory(prefix="wordvec-") as folder:
        works = _works(Path(folder))
        for number, (name, work) in enumerate(works.items()):
            progress(Progress("compiling", number, len(works), "stages"))
            stage = Stage(name)
            began = time.perf_counter()
            with _compilations(stage.compiled):
                work()
            stage.seconds = time.perf_counter() - began
            stages.append(stage)
    return stages


def _works(folder: Path) -> dict[str, Callable[[], object]]:
    """Return each stage's name and work, in an order in which each finds what it needs in ``folder``."""
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram

    small: dict[str, Any] = {"dim": 16, "epochs": 1, "subsample": 0.0}
    works: dict[str, Callable[[], object]] = {"encode": partial(_encode, folder)}
    for trainer in (SkipGram(**small), CBOW(**small)):
        for verb, work in (("train", _train), ("align", _align)):
            for mode in ({"racing": False}, {"racing": True}):
                name = " ".join([verb, trainer.model, *(option for option, is_on in mode.items() if is_on)])
                works[name] = partial(work, folder, trainer, mode)
    works |= {f"senses {name}": partial(work, folder) for name, work in _SENSES.items()}
    works["graph: joint training"] = partial(_train_with_graph, folder)
    works["graph: retrofitting"] = partial(_retrofit, folder)
    works["graph: synonyms and antonyms"] = partial(_constrain, folder)
    works["graph: Mittens"] = partial(_count, folder)
    works["drift and neighbors"] = partial(_compare, folder)
    works["evaluate"] = partial(_evaluate, folder)
    return works


def _encode(folder: Path) -> None:
    from ..text.encode import encode_slices

    stream = random.Random(1)
    syllables = [f"{first}{second}" for first in "bdgklmnprst" for second in "aeiou"]
    words = [f"{first}{second}" for first in syllables[::3] for second in syllables]  # enough for training in blocks
    for name in ("then", "now"):
        lines = (" ".join(stream.choices(words, k=12)) for _ in range(2_500))
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    encode_slices({name: folder / f"{name}.txt" for name in ("then", "now")}, output=folder / "corpus.wvc")


def _corpora(folder: Path) -> "tuple[Corpus, Corpus]":
    """Return the text mapped from disk and in memory: kernels may be compiled for each."""
    from ..text.corpus import Corpus

    mapped = Corpus.load(folder / "corpus.wvc")
    sentences = {label: list(mapped[label].sentences()) for label in mapped.labels}
    return mapped, Corpus.from_sentences(sentences)


def _train(folder: Path, trainer: "SkipGram | CBOW", mode: dict[str, Any]) -> None:
    for corpus in _corpora(folder):
        for threads in (1, 2):
            trainer.train(corpus, threads=threads, **mode).save(folder / "vectors.wv", overwrite=True)


def _align(folder: Path, trainer: "SkipGram | CBOW", mode: dict[str, Any]) -> None:
    from ..align.compass import CompassAligner

    for corpus in _corpora(folder):
        aligned = CompassAligner(trainer, init="compass").align(corpus, threads=2, **mode)
        aligned.save(folder / "aligned.wvs", overwrite=True)


def _induce_clusters(folder: Path) -> None:
    from ..embeddings import Training
    from ..train.context_clusters import ContextClusters

    training = Training.load(folder / "vectors.wv")
    for corpus in _corpora(folder):
        for threads in (1, 2):
            ContextClusters(min_gate_count=3, occurrences=30).induce(corpus, training, threads=threads)


def _train_mssg(folder: Path) -> None:
    from ..train.mssg import MultiSenseSkipGram

    for corpus in _corpora(folder):
        for new_below in (None, -0.5):
            MultiSenseSkipGram(dim=16, epochs=1, subsample=0.0, new_below=new_below).train(corpus)


def _train_disambiguated(folder: Path) -> None:
    from ..train.disambiguated import DisambiguatedSkipGram

    trainer = DisambiguatedSkipGram(dim=16, gate_epochs=1, epochs=1, subsample=0.0)
    for corpus in _corpora(folder):
        for threads, racing in ((1, False), (2, False), (2, True)):
            trainer.train(corpus, threads=threads, racing=racing)


#: How senses are made; each has kernels of its own.
_SENSES: dict[str, Callable[[Path], None]] = {
    "disambiguated": _train_disambiguated,
    "clusters": _induce_clusters,
    "mssg": _train_mssg,
}


def _lexicon(words: "Vocabulary") -> "Lexicon":
    """Return neighbors in the order of the vocabulary as synonyms, and those at some distance as antonyms."""
    from ..knowledge.constraints import join_pairs

    some = words.words[:200]
    synonyms, antonyms = zip(some[::2], some[1::2], strict=False), zip(some[::2], some[7::2], strict=False)
    return join_pairs({"synonym": synonyms, "antonym": antonyms}, words)


def _train_with_graph(folder: Path) -> None:
    from ..text.corpus import Corpus
    from ..text.encode import encode_slices
    from ..text.phrases import PhraseMerger
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram

    corpus: Corpus = Corpus.load(folder / "corpus.wvc")
    lexicon = _lexicon(corpus.vocabulary)
    for trainer in (SkipGram(dim=16, epochs=1, subsample=0.0), CBOW(dim=16, epochs=1, subsample=0.0)):
        for threads, racing in ((1, False), (2, False), (2, True)):
            trainer.train(corpus, lexicon=lexicon, threads=threads, racing=racing)
    phrases = [" ".join(corpus.sentence(number)[:2]) for number in range(5)]
    encode_slices({"then": folder / "then.txt"}, phrases=PhraseMerger.from_texts(phrases), min_documents=2)


def _retrofit(folder: Path) -> None:
    from ..embeddings import Embeddings
    from ..knowledge.expanded import expanded_retrofit
    from ..knowledge.functional import functional_retrofit
    from ..knowledge.retrofit import retrofit
    from ..knowledge.solvers import Solver

    vectors: Embeddings = Embeddings.load(folder / "vectors.wv")
    lexicon = _lexicon(vectors.vocabulary)
    solvers: tuple[Solver, ...] = ("gauss_seidel", "jacobi")
    for solver in solvers:
        retrofit(vectors, lexicon, solver=solver, threads=2)
    expanded_retrofit(vectors, lexicon)
    functional_retrofit(vectors, lexicon, iterations=1)


def _constrain(folder: Path) -> None:
    from ..embeddings import Embeddings
    from ..knowledge.attract_repel import AttractRepel
    from ..knowledge.builder import GraphBuilder
    from ..knowledge.counter_fitting import counter_fit
    from ..knowledge.languages import join_languages
    from ..knowledge.specialize import Specializer

    vectors: Embeddings = Embeddings.load(folder / "vectors.wv")
    lexicon = _lexicon(vectors.vocabulary)
    counter_fit(vectors, lexicon, iterations=2)
    AttractRepel(epochs=1).specialize(vectors, lexicon)
    builder = GraphBuilder()
    for number, word in enumerate(vectors.vocabulary.words[:100]):
        builder.term(str(number // 2), word, "eng")
    sides, graph = join_languages({"eng": vectors}), builder.build()
    for rows in (False, True):
        Specializer(rank=4, epochs=1, rows=rows).specialize(sides, graph)


def _count(folder: Path) -> None:
    from ..embeddings import Embeddings
    from ..knowledge.cooccurrence import count_cooccurrences
    from ..knowledge.mittens import Mittens
    from ..text.corpus import Corpus

    corpus: Corpus = Corpus.load(folder / "corpus.wvc")
    Mittens(iterations=1).train(count_cooccurrences(corpus), Embeddings.load(folder / "vectors.wv"))


def _compare(folder: Path) -> None:
    from ..drift.measures import measure_drift
    from ..drift.neighbors import list_neighbors
    from ..slices import AlignedSlices

    aligned: AlignedSlices = AlignedSlices.load(folder / "aligned.wvs")
    measure_drift(aligned, measures=("cosine", "lncs2", "intersection"), min_count=1)
    words = list(aligned["now"].vocabulary.words[:5])
    list_neighbors(aligned, words, k=3)
    aligned["now"].nearest(words[0], k=3)


def _evaluate(folder: Path) -> None:
    from ..embeddings import Embeddings
    from ..evaluate.analogy import evaluate_analogies
    from ..evaluate.ranks import METHODS
    from ..evaluate.similarity import evaluate_similarity

    vectors = Embeddings.load(folder / "vectors.wv")
    a, b, c, d = vectors.vocabulary.words[:4]
    (folder / "pairs.txt").write_text(f"{a}\t{b}\t3\n{c}\t{d}\t2\n{a}\t{d}\t1\n", encoding="utf-8")
    evaluate_similarity(vectors, folder / "pairs.txt")
    (folder / "questions.txt").write_text(f": some\n{a} {b} {c} {d}\n", encoding="utf-8")
    evaluate_analogies(vectors, folder / "questions.txt", method=METHODS)


@contextmanager
def _compilations(seconds: dict[str, float]) -> Iterator[None]:
    """Write to ``seconds`` how long each kernel that is compiled meanwhile takes by itself."""
    from numba.core import event

    from ..kernels._jit import KERNELS

    inner, began = [0.0], [0.0]  # of the compilations that are under way, the outermost first

    class Clock(event.Listener):
        def on_start(self, happening: Any) -> None:
            inner.append(0.0)
            began.append(time.perf_counter())

        def on_end(self, happening: Any) -> None:
            took = time.perf_counter() - began.pop()
            own = took - inner.pop()
            inner[-1] += took
            dispatcher = happening.data["dispatcher"]
            if any(dispatcher is kernel for kernel in KERNELS):
                name = dispatcher.py_func.__name__
                seconds[name] = seconds.get(name, 0.0) + own

    with event.install_listener("numba:compile", Clock()):
        yield

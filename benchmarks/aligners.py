"""Ways to align slices that scripts compare, by name, with settings for small text; and corpora of named slices."""

import argparse
import lzma
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import wordvec as wv
from wordvec.align.procrustes import train_slices_procrustes

SETTINGS = {"dim": 100, "window": 5, "negative": 5, "epochs": 10}
Aligner = Callable[..., wv.AlignedSlices]


def _compass(trainer: type, **more: Any) -> Aligner:
    def align(corpus: wv.Corpus, *, threads: int | None = None, **settings: Any) -> wv.AlignedSlices:
        return wv.CompassAligner(trainer(**SETTINGS | settings), **more).align(corpus, threads=threads)

    return align


def _procrustes(trainer: type) -> Aligner:
    def align(corpus: wv.Corpus, *, threads: int | None = None, **settings: Any) -> wv.AlignedSlices:
        return train_slices_procrustes(corpus, trainer(**SETTINGS | settings), threads=threads)

    return align


#: All take a corpus, ``seed`` and ``threads``. One more aligner is one more line.
ALIGNERS: dict[str, Aligner] = {
    "compass, skip-gram": _compass(wv.SkipGram),
    "compass, CBOW": _compass(wv.CBOW),
    "Procrustes, skip-gram": _procrustes(wv.SkipGram),
    "Procrustes, CBOW": _procrustes(wv.CBOW),
}


def add_aligners(parser: argparse.ArgumentParser) -> None:
    """Let a script be told which aligners, how many seeds and how many threads."""
    parser.add_argument("--aligners", nargs="*", default=list(ALIGNERS), choices=list(ALIGNERS))
    parser.add_argument("--threads", type=int, default=2)


def corpus_of(files: Mapping[str, Sequence[Path]], *, lower: bool = False, min_count: int = 5) -> wv.Corpus:
    """Return a corpus with a slice for each label, a sentence for each line; lines that begin with ### are left out."""
    return wv.Corpus.from_sentences(
        {label: [s for path in paths for s in sentences(path, lower)] for label, paths in files.items()},
        min_count=min_count,
    )


def sentences(path: Path, lower: bool = False) -> list[list[str]]:
    """Return the lines of a compressed text as lists of words."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [
            (line.lower() if lower else line).split() for line in lines if line.strip() and not line.startswith("###")
        ]

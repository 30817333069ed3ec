"""Continuous bag of words with negative sampling."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings, Training
from ..errors import require
from ..lexicon import Lexicon
from ..progress import Watcher
from ..text.corpus import Corpus
from .settings import check_settings

__all__ = ["CBOW"]


@dataclass(frozen=True, kw_only=True)
class CBOW:
    """Continuous bag of words with negative sampling: the mean of a window predicts its middle word.

    The object holds hyper-parameters and nothing else. The same object and the same corpus give the
    same vectors, bit for bit, for any number of threads.

    Parameters
    ----------
    dim, window, negative, epochs, subsample, noise_power, seed
        As for :class:`SkipGram`.
    lr : float in (0, 1), default 0.05
        Learning rate at the start; it falls linearly to 1e-4.
    gradient : {"word2vec", "exact"}, default "word2vec"
        ``"word2vec"`` gives every word of a window the whole step, as word2vec and gensim do;
        ``"exact"`` divides it by the size of the window, as the derivative of a mean says.

    References
    ----------
    Mikolov et al. (2013), "Efficient estimation of word representations in vector space", sec. 3.1.

    Examples
    --------
    >>> from wordvec import CBOW, Corpus
    >>> corpus = Corpus.from_sentences([["the", "cat", "sat"], ["the", "dog", "sat"]] * 10, min_count=1)
    >>> CBOW(dim=8, epochs=1, subsample=0).train(corpus).embeddings.dim
    8
    """

    model: ClassVar[str] = "cbow"

    dim: int = 100
    window: int = 5
    negative: int = 5
    epochs: int = 5
    lr: float = 0.05
    subsample: float = 1e-3
    noise_power: float = 0.75
    seed: int = 1
    gradient: Literal["word2vec", "exact"] = "word2vec"

    def __post_init__(self) -> None:
        check_settings(self)
        require(self.gradient in ("word2vec", "exact"), "gradient", "'word2vec' or 'exact'", self.gradient)

    def train(
        self,
        corpus: Corpus,
        *,
        compass: Embeddings | None = None,
        initial: Embeddings | None = None,
        initial_context: Embeddings | None = None,
        weights: NDArray[np.float32] | None = None,
        lexicon: Lexicon | None = None,
        graph_weight: float = 0.1,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
        stage: str = "training",
        checkpoints: Checkpoints | None = None,
    ) -> Training:
        """Train vectors for the words of ``corpus``; arguments and errors are :meth:`SkipGram.train`'s.

        Parameters
        ----------
        corpus, compass, initial, initial_context, weights, lexicon, graph_weight, threads, racing, progress
            As for :meth:`SkipGram.train`. Losses are in nats per window.
        stage, checkpoints
            As for :meth:`SkipGram.train`.
        """
        from ..kernels.steps import CBOW as WORD2VEC
        from ..kernels.steps import CBOW_EXACT
        from .loop import train_vectors

        return train_vectors(
            self,
            CBOW_EXACT if self.gradient == "exact" else WORD2VEC,
            corpus,
            compass=compass,
            initial=initial,
            initial_context=initial_context,
            weights=weights,
            lexicon=lexicon,
            graph_weight=graph_weight,
            threads=threads,
            racing=racing,
            progress=progress,
            stage=stage,
            checkpoints=checkpoints,
        )

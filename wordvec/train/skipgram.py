"""Skip-gram with negative sampling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings, Training
from ..lexicon import Lexicon
from ..progress import Watcher
from ..text.corpus import Corpus
from .settings import check_settings

__all__ = ["SkipGram"]


@dataclass(frozen=True, kw_only=True)
class SkipGram:
    r"""Skip-gram with negative sampling: each word of a window predicts the word in its middle.

    The object holds hyper-parameters and nothing else. The same object and the same corpus give the
    same vectors, bit for bit, for any number of threads.

    Parameters
    ----------
    dim : int >= 1, default 100
        Length of a vector.
    window : int >= 1, default 5
        Words considered on either side; the reach of each position is drawn uniformly from 1 to
        ``window``.
    negative : int >= 1, default 5
        Noise words against which a window is told apart.
    epochs : int >= 0, default 5
        Passes over the corpus.
    lr : float in (0, 1), default 0.025
        Learning rate at the start; it falls linearly to 1e-4.
    subsample : float in [0, 1], default 1e-3
        Words more frequent than this share of all tokens are thinned out; 0 turns it off.
    noise_power : float in [-1, 1], default 0.75
        Noise words are drawn in proportion to their counts to this power.
    seed : int >= 0, default 1
        Where all randomness comes from.

    Notes
    -----
    All context words of a window share its noise words. The input row of a pair is the context
    word's, the output rows are the center's and the noise words' (word2vec's and gensim's
    orientation). Documents are read in an order drawn from the seed and their content, so that their
    place in the files does not matter.

    Text is trained in blocks of about 512 tokens, fewer in small texts: all pairs of a block are scored with
    the vectors from before it, then the steps are taken in the order of the text. Each number is the outcome
    of one fixed sequence of operations, so any number of threads can share the work. Within a block the n-th
    use of a row counts min(1, k / n), where k is 3 for input and 6 for output rows at a learning rate (at the
    start) of 0.025, and falls as the rate rises. Texts of fewer than 50,000 tokens or with very few words are
    trained window after window by one thread.

    With a lexicon the loss of a window around word i is :math:`\ell + \lambda\, E_j\|C_i - C_j\|^2`: :math:`\ell` is
    that of its pairs, C the vectors of words (the input rows, which are the result), and j a neighbor of i, drawn
    in proportion to the weights of its edges, one for each window; both ends take the step. So :math:`\lambda` says
    how much a neighbor counts against what a word's own text says, and means the same for a corpus and a graph of
    any size and a word of any degree: over the text it is :math:`\lambda\sum w_{ij}\|C_i - C_j\|^2` with
    :math:`w_{ij} = n_i a_{ij} + n_j a_{ji}`, n the number of windows of a word, a the share of an edge in the weights
    of its word. What links a rare word with a frequent one moves the rare one.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their
    compositionality", sec. 2.2 and 2.3. The graph term: after Alawad et al. (2021), "Integration of domain knowledge
    using medical knowledge graph deep learning for cancer phenotyping", whose exact loss is not known to us.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences([["the", "cat", "sat"], ["the", "dog", "sat"]] * 10, min_count=1)
    >>> training = SkipGram(dim=8, epochs=2, subsample=0).train(corpus)
    >>> training.embeddings["cat"].shape, len(training.losses)
    ((8,), 2)
    """

    model: ClassVar[str] = "skipgram"

    dim: int = 100
    window: int = 5
    negative: int = 5
    epochs: int = 5
    lr: float = 0.025
    subsample: float = 1e-3
    noise_power: float = 0.75
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)

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
        """Train vectors for the words of ``corpus``.

        Parameters
        ----------
        corpus : Corpus
            What to read, all its slices together.
        compass : Embeddings, optional
            Output vectors of another training, with the same vocabulary: they are used and stay as
            they are, so that trainings that share them share one space.
        initial : Embeddings, optional
            Vectors to start from instead of random ones, with the same vocabulary.
        initial_context : Embeddings, optional
            Output vectors to start from instead of zeros, which then move like any; not with ``compass``.
        weights : float32[documents], optional
            Weight of each document; 1 by default, 0 leaves it out.
        lexicon : Lexicon, optional
            What belongs together: the vectors of linked words are drawn towards each other while the text is
            read (joint training). Made against any vocabulary: words are found by their names. What has no
            vector here, and antonyms, are left out and counted in ``metadata["graph"]``.
        graph_weight : float from 0 to 1 / (4 lr), default 0.1
            How much it counts: lambda in the notes. 0 gives the bits of a training without a lexicon.
        threads : int >= 1, optional
            Threads to use; one for each CPU by default. The result does not depend on it, unless they race.
        racing : bool, default False
            Let threads update the vectors without waiting for each other. The result is then as good, but with
            more than one thread never the same again; the metadata say so.
        progress : callable, optional
            Called several times a second with a :class:`Progress`.
        stage : str, default "training"
            What progress reports are headed with.
        checkpoints : Checkpoints, optional
            Where the training keeps what it has reached, under the name ``stage``; a training that goes on from there
            ends with the same bits.

        Returns
        -------
        Training
            Vectors of the words that occur, output vectors, losses.

        Raises
        ------
        FormatError
            If the corpus has fewer than two distinct words.
        AlignmentError
            If ``compass``, ``initial`` or ``initial_context`` has another vocabulary, or no edge of ``lexicon`` is
            between words of the corpus.
        ParameterError
            If the vectors do not stay finite, or a size does not fit.
        """
        from ..kernels.steps import SKIPGRAM
        from .loop import train_vectors

        return train_vectors(
            self,
            SKIPGRAM,
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

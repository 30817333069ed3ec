"""The disambiguated skip-gram: several vectors per word, and gates that learn to tell them apart."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..errors import require
from ..progress import Watcher
from ..senses.embeddings import SenseEmbeddings
from ..text.corpus import Corpus
from .settings import check_integers, check_settings

__all__ = ["DisambiguatedSkipGram"]


@dataclass(frozen=True, kw_only=True)
class DisambiguatedSkipGram:
    """The disambiguated skip-gram: each word has several vectors, and a gate that reads the context chooses among them.

    The center of a window has ``senses`` vectors; its gate gives each a share, and their mixture predicts the words
    around. First one gate serves all words, and being unsure is rewarded; else one sense may take everything. Then
    each word of ``min_gate_count`` occurrences has a gate of its own. The same object and the same corpus give the same
    bits for any number of threads.

    Parameters
    ----------
    senses : int >= 1, default 3
        Vectors of a word at most; those of rare senses are pruned.
    dim : int >= 1, default 100
        Length of a vector.
    window : int >= 1, default 5
        Words on either side that are predicted and that the gate reads; windows are not shrunk.
    negative : int >= 1, default 5
        Noise words of a window, which all words to predict share.
    gate_epochs : int >= 0, default 2
        Passes over the corpus with one gate for all words.
    epochs : int >= 0, default 3
        Passes with a gate for each frequent word.
    lr : float in (0, 1), default 0.05
        Learning rate at the start; it falls linearly to 1e-4 over all passes.
    gate_lr : float >= 0, default 1
        The learning rate of gates is so many times that of vectors.
    gate_entropy : float, default -0.1
        What an uncertain gate costs in the first passes, in nats of loss per nat of entropy; below 0 it is rewarded.
    entropy : float, default 0
        The same in the later passes: the higher, the fewer senses a word keeps.
    temperature : float >= 0, default 0
        The choice among senses is sampled (Gumbel-softmax) at a temperature that falls from 1 to this in the first of
        the later passes; 0 takes the gate's probabilities as they are.
    start : {"contexts", "shared"}, default "contexts"
        Where a word's own gate starts: at the mixture that explains the word's contexts best (k-means, then EM), or as
        a copy of the shared gate.
    exclude_target : bool, default True
        Leave the word to predict out of the context that the gate reads.
    smoothing : float >= 0, default 1e-3
        A word of relative frequency p counts a / (a + p) in a context, with this a; 0 counts all alike.
    prune : float in [0, 1), default 0.05
        Senses with a smaller share of their word's occurrences are dropped; the shares of the others add up to 1 again.
    min_gate_count : int >= 1, default 20
        Words with fewer occurrences share one gate.
    subsample, noise_power, seed
        As for :class:`SkipGram`.

    Notes
    -----
    The gradient is the paper's (its eq. 3 to 7) with negative sampling in place of the sampled softmax. Text is trained
    in blocks, as :class:`SkipGram` does. :meth:`official` has the settings of the released program, as far as they
    exist here: its momentum and its sampled softmax do not, and stop words are for the caller to remove.

    References
    ----------
    Grzegorczyk and Kurdziel (2018), "Disambiguated skip-gram model", EMNLP.

    Examples
    --------
    >>> from wordvec.text.corpus import Corpus
    >>> river = [["the", "bank", "of", "the", "river", "water"]] * 40
    >>> money = [["the", "bank", "lends", "money", "loan"]] * 40
    >>> corpus = Corpus.from_sentences(river + money, min_count=1)
    >>> senses = DisambiguatedSkipGram(senses=2, dim=8, subsample=0).train(corpus)
    >>> senses.n_senses, senses.dim
    (2, 8)
    """

    model: ClassVar[str] = "disambiguated"

    senses: int = 3
    dim: int = 100
    window: int = 5
    negative: int = 5
    gate_epochs: int = 2
    epochs: int = 3
    lr: float = 0.05
    gate_lr: float = 1.0
    gate_entropy: float = -0.1
    entropy: float = 0.0
    temperature: float = 0.0
    start: Literal["contexts", "shared"] = "contexts"
    exclude_target: bool = True
    smoothing: float = 1e-3
    prune: float = 0.05
    min_gate_count: int = 20
    subsample: float = 1e-3
    noise_power: float = 0.75
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        check_integers(self, ("senses", 1, 100), ("gate_epochs", 0, 10_000), ("min_gate_count", 1, 1 << 40))
        for name, lowest, highest in (
            ("gate_lr", 0.0, 1e3),
            ("gate_entropy", -10.0, 10.0),
            ("entropy", -10.0, 10.0),
            ("temperature", 0.0, 10.0),
            ("smoothing", 0.0, 1.0),
        ):
            value = getattr(self, name)
            require(lowest <= value <= highest, name, f"from {lowest:g} to {highest:g}", value)
        require(0.0 <= self.prune < 1.0, "prune", "from 0 to below 1", self.prune)
        require(self.start in ("contexts", "shared"), "start", "'contexts' or 'shared'", self.start)

    @classmethod
    def paper(cls) -> "DisambiguatedSkipGram":
        """Return the trainer as the paper tells it: sampled choices, uncertainty that costs, copies of the shared gate.

        ``dataclasses.replace`` changes single settings of it.
        """
        return cls(entropy=0.2, temperature=0.5, start="shared", smoothing=0.0)

    @classmethod
    def official(cls) -> "DisambiguatedSkipGram":
        """Return the trainer with the settings of the released program.

        ``dataclasses.replace`` changes single settings of it.
        """
        return replace(cls.paper(), senses=5, dim=300, gate_epochs=1, lr=0.1, entropy=0.0, exclude_target=False)

    def train(
        self,
        corpus: Corpus,
        *,
        compass: SenseEmbeddings | None = None,
        initial: SenseEmbeddings | None = None,
        weights: NDArray[np.float32] | None = None,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> SenseEmbeddings:
        """Train senses of the words of ``corpus``.

        Parameters
        ----------
        corpus : Corpus
            What to read, all its slices together.
        compass : SenseEmbeddings, optional
            Made by this trainer for the same vocabulary: context vectors and gates are used and stay as they are, and
            sense vectors start from its own. Senses keep their numbers, and none is pruned.
        initial : SenseEmbeddings, optional
            Senses, gates and context vectors to start from, with the same vocabulary, those of a given inventory for
            instance; there are no passes with a shared gate then.
        weights : float32[documents], optional
            Weight of each document; 1 by default, 0 leaves it out.
        threads : int >= 1, optional
            Threads to use; one for each CPU by default. The result does not depend on it, unless they race.
        racing : bool, default False
            As for :meth:`SkipGram.train`.
        progress : callable, optional
            Called several times a second with a :class:`Progress`.
        checkpoints : Checkpoints, optional
            Where the training keeps what it has reached; one that goes on from there ends with the same bits.

        Raises
        ------
        FormatError
            If the text is too small to induce senses, or has fewer than two distinct words.
        AlignmentError
            If ``compass`` or ``initial`` has another vocabulary.
        ParameterError
            If vectors do not stay finite, or a size does not fit.
        """
        from .sense_loop import train_senses

        return train_senses(
            self,
            corpus,
            compass=compass,
            initial=initial,
            weights=weights,
            threads=threads,
            racing=racing,
            progress=progress,
            checkpoints=checkpoints,
        )

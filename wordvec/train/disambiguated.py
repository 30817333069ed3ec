"""The disambiguated skip-gram: several vectors per word, and gates that learn to tell them apart."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..progress import Watcher
from ..senses.embeddings import SenseEmbeddings
from ..text.corpus import Corpus
from .settings import check_settings

__all__ = ["DisambiguatedSkipGram"]


@dataclass(frozen=True, kw_only=True)
class DisambiguatedSkipGram:
    senses: int = 3
    dim: int = 100
    window: int = 5
    negative: int = 5
    gate_epochs: int = 2
    epochs: int = 3
    lr: float = 0.025
    gate_lr: float = 1.0
    gate_entropy: float = -0.1
    entropy: float = 0.2
    temperature: float = 0.5
    exclude_target: bool = True
    context_weight: float = 0.0
    prune: float = 0.05
    min_gate_count: int = 20
    subsample: float = 1e-3
    noise_power: float = 0.75
    seed: int = 1

    model: ClassVar[str] = "disambiguated"

    def __post_init__(self) -> None:
        check_settings(self)

    def train(
        self,
        corpus: Corpus,
        *,
        weights: NDArray[np.float32] | None = None,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
    ) -> SenseEmbeddings:
        from .sense_loop import train_senses

        return train_senses(self, corpus, weights=weights, threads=threads, racing=racing, progress=progress)

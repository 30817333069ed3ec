"""The hyper-parameters that both trainers share, and their domains."""

from typing import ClassVar, Protocol

from ..errors import require

__all__ = ["Hyperparameters", "check_settings"]


class Hyperparameters(Protocol):
    """What the training loop reads from a trainer; :class:`wordvec.SkipGram` says what each means."""

    model: ClassVar[str]

    @property
    def dim(self) -> int: ...
    @property
    def window(self) -> int: ...
    @property
    def negative(self) -> int: ...
    @property
    def epochs(self) -> int: ...
    @property
    def lr(self) -> float: ...
    @property
    def subsample(self) -> float: ...
    @property
    def noise_power(self) -> float: ...
    @property
    def seed(self) -> int: ...


def check_settings(trainer: Hyperparameters) -> None:
    """Raise :class:`ParameterError` for the first hyper-parameter outside its domain."""
    for name, high in (("dim", 65_536), ("window", 1_000), ("negative", 500)):
        value = getattr(trainer, name)
        require(_is_integer(value) and 1 <= value <= high, name, f"an integer from 1 to {high}", value)
    epochs, seed = trainer.epochs, trainer.seed
    require(_is_integer(epochs) and 0 <= epochs <= 10_000, "epochs", "an integer from 0 to 10000", epochs)
    require(0.0 < trainer.lr < 1.0, "lr", "between 0 and 1", trainer.lr)
    require(0.0 <= trainer.subsample <= 1.0, "subsample", "from 0 (off) to 1", trainer.subsample)
    require(-1.0 <= trainer.noise_power <= 1.0, "noise_power", "from -1 to 1", trainer.noise_power)
    require(_is_integer(seed) and 0 <= seed < 2**63, "seed", "an integer from 0 to 2**63 - 1", seed)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

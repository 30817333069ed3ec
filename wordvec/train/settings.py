"""The hyper-parameters that both trainers share, and their domains."""

from typing import ClassVar, Protocol

from ..errors import require

__all__ = ["Hyperparameters", "check_integers", "check_settings"]


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
    check_integers(trainer, ("dim", 1, 65_536), ("window", 1, 1_000), ("negative", 1, 500), ("epochs", 0, 10_000))
    require(0.0 < trainer.lr < 1.0, "lr", "between 0 and 1", trainer.lr)
    require(0.0 <= trainer.subsample <= 1.0, "subsample", "from 0 (off) to 1", trainer.subsample)
    require(-1.0 <= trainer.noise_power <= 1.0, "noise_power", "from -1 to 1", trainer.noise_power)
    seed = trainer.seed
    require(_is_integer(seed) and 0 <= seed < 2**63, "seed", "an integer from 0 to 2**63 - 1", seed)


def check_integers(settings: object, *domains: tuple[str, int, int]) -> None:
    """Raise :class:`ParameterError` for the first setting that is no integer from low to high."""
    for name, low, high in domains:
        value = getattr(settings, name)
        require(_is_integer(value) and low <= value <= high, name, f"an integer from {low} to {high}", value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

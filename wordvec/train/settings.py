"""Checks that both trainers share."""

from ..errors import require

__all__ = ["check_settings"]


def check_settings(
    *,
    dim: int,
    window: int,
    negative: int,
    epochs: int,
    lr: float,
    subsample: float,
    noise_power: float,
    seed: int,
) -> None:
    """Raise :class:`ParameterError` for the first hyper-parameter outside its domain."""
    for name, value, high in (("dim", dim, 65_536), ("window", window, 1_000), ("negative", negative, 500)):
        require(_is_integer(value) and 1 <= value <= high, name, f"an integer from 1 to {high}", value)
    require(_is_integer(epochs) and 0 <= epochs <= 10_000, "epochs", "an integer from 0 to 10000", epochs)
    require(0.0 < lr < 1.0, "lr", "between 0 and 1", lr)
    require(0.0 <= subsample <= 1.0, "subsample", "from 0 (off) to 1", subsample)
    require(-1.0 <= noise_power <= 1.0, "noise_power", "from -1 to 1", noise_power)
    require(_is_integer(seed) and 0 <= seed < 2**63, "seed", "an integer from 0 to 2**63 - 1", seed)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

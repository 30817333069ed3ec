"""The version of the package, in one place."""

__version__ = "0.1.0"


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    import platform
    from importlib.metadata import version

    import numpy as np

    return {
        "wordvec": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": version("numba"),
    }

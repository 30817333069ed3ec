"""The one decorator that every kernel wears, and the folder its machine code is kept in."""

import hashlib
import os
from pathlib import Path

from numba import config, njit


def _cache_folder():
    """Return a folder for compiled kernels, named by a digest of all kernel sources.

    Numba does not notice when a function in another file changes; a new folder for every state
    of the sources does.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return base / "wordvec" / f"kernels-{digest.hexdigest()[:12]}"


_FOLDER = str(_cache_folder())


def kernel(function):
    """Compile ``function`` in nopython mode, without the GIL, with strict floating-point rules.

    No fast-math: the order of every operation is the source's, so that the same input gives the
    same bits. Machine code is kept between processes in ``NUMBA_CACHE_DIR`` if that is set, else in
    the user's cache folder.
    """
    return _compiled(function)


def inlined(function):
    """Compile a part of a kernel, without a call: one that is called for every window and takes many arrays.

    Each array of an argument is seven words to hand over, which takes longer than what is done with them.
    """
    return _compiled(function, forceinline=True)


def _compiled(function, **options):
    chosen = config.CACHE_DIR
    config.CACHE_DIR = chosen or _FOLDER
    try:
        return njit(nogil=True, cache=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = chosen

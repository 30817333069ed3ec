"""The one decorator that every kernel wears, and the folder its machine code is kept in."""

import hashlib
import os
import sys
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path

from numba import config, njit
from numba.core.caching import FunctionCache
from numba.extending import overload

#: Every kernel that was imported: Numba's dispatchers, or the plain functions with the JIT off.
KERNELS = []


def _spare_scipy():
    """Let Numba take SciPy's BLAS for granted instead of loading SciPy at the first call to look for it.

    No kernel uses BLAS, and loading SciPy is a third of what a first call costs. Whoever compiles
    ``np.dot`` elsewhere in the process still gets it: only the look is skipped.
    """
    if "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
        return
    from numba.np import linalg

    look = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = look


def _own_folder():
    """Return the folder of these kernels in the user's cache, or None for a user without a home.

    It is named by a digest of all kernel sources: Numba does not notice when a function in another
    file changes; a new folder for every state of the sources does.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError:
        return None
    return base / "wordvec" / f"kernels-{digest.hexdigest()[:12]}"


def is_writable(folder):
    """Tell whether a file can be made in ``folder``, which is made itself if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


class _Cache(FunctionCache):
    """Numba's cache, except that a full disk or a damaged file costs a compilation and not the run."""

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever the bytes of a damaged file say when they are read
            self._save(self.flush)
            return None

    def save_overload(self, sig, data):
        self._save(super().save_overload, sig, data)

    def _save(self, write, *arguments):
        try:
            write(*arguments)
        except OSError:
            self.disable()


#: Where machine code is kept: ``NUMBA_CACHE_DIR`` if that is set, else in the user's cache folder.
FOLDER = Path(config.CACHE_DIR) if config.CACHE_DIR else _own_folder()
#: Whether anything can be kept there. If not, every process compiles anew, and nothing else changes.
IS_KEPT = FOLDER is not None and is_writable(FOLDER)

if not IS_KEPT and not config.DISABLE_JIT:
    warnings.warn(
        f"compiled kernels cannot be kept in {FOLDER or 'a home folder, there is none'}: every run compiles anew. "
        "Set NUMBA_CACHE_DIR to a folder that can be written.",
        stacklevel=2,
    )
_spare_scipy()


def kernel(function):
    """Compile ``function`` in nopython mode, without the GIL, with strict floating-point rules.

    No fast-math: the order of every operation is the source's, so that the same input gives the
    same bits. Machine code is kept between processes in :data:`FOLDER`.
    """
    return _compiled(function)


def inlined(function):
    """Compile a part of a kernel that is called for every window, so that no call is left of it.

    Each array of an argument is seven words to hand over, which takes longer than what is done with them. Inside,
    take no array out of a named tuple: Numba counts a reference each time. The tiles take whole named tuples.
    """
    return _compiled(function, forceinline=True)


def _compiled(function, **options):
    compiled = njit(nogil=True, error_model="numpy", **options)(function)
    if IS_KEPT and not config.DISABLE_JIT:
        chosen = config.CACHE_DIR
        config.CACHE_DIR = str(FOLDER)
        try:
            compiled._cache = _Cache(function)  # what cache=True does, with Numba's own class
        finally:
            config.CACHE_DIR = chosen
    KERNELS.append(compiled)
    return compiled


def by_kind(place, functions):
    """Return a function that is one of ``functions``, chosen by the class of a named tuple.

    Parameters
    ----------
    place : int
        Which argument that is, from 0.
    functions : dict of class to function
        Kernels with the same arguments. In compiled code the choice is made when the caller is compiled.
    """

    def call(*arguments):
        return functions[type(arguments[place])](*arguments)

    @overload(call)
    def choose(*arguments):
        function = functions[arguments[place].instance_class]
        return lambda *arguments: function(*arguments)

    return call

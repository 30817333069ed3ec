"""``wordvec doctor``."""

import os
import platform
import shutil
import tempfile
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import click

from .._version import __version__
from ..errors import WordvecError
from .options import format_option
from .output import print_table, watching

__all__ = ["doctor"]

#: What results and speed depend on; then what is used where it is there.
REQUIRED = ("numba", "llvmlite", "numpy", "scipy", "pandas", "matplotlib", "rich", "regex", "click")
OPTIONAL = {"gensim": "to exchange vectors with it", "pytest": "to test this package"}
#: Below this, the folder for temporary files is called small, in bytes.
SMALL = 1 << 30
REINSTALL = "pip install --force-reinstall"


class Finding(NamedTuple):
    """One line of the diagnosis; ``state`` is ``"ok"``, ``"note"`` or ``"trouble"``."""

    check: str
    found: str
    state: str = "ok"
    next_step: str = ""


@click.command()
@click.option(
    "--warmup",
    is_flag=True,
    help="Compile every kernel now, so that no later run waits for it; says how long each stage took.",
)
@format_option
def doctor(warmup: bool, table_format: str | None) -> None:
    """Look at what wordvec runs on: versions, CPU, compiled kernels, space.

    Each line says what was found and whether it is well; where it is not, the last column says what to
    do, and the exit code is 1. With --warmup all kernels are compiled and kept, which takes up to a
    minute the first time and seconds after that.

    \b
    Example:
        wordvec doctor --format table
    \b
    More:
        wordvec doctor --warmup
    """
    import pandas as pd

    warmed = _warm_up() if warmup else []
    findings = [*_diagnosis(), *warmed]
    print_table(pd.DataFrame(findings), table_format)
    trouble = [finding for finding in findings if finding.state == "trouble"]
    if trouble:
        steps = "; ".join(f"{finding.check}: {finding.next_step}" for finding in trouble)
        raise WordvecError(f"{len(trouble)} of {len(findings)} checks found trouble. {steps}.")


def _warm_up() -> list[Finding]:
    from .warm_up import warm_up

    with watching() as progress:
        return [Finding(f"warm-up: {stage.name}", stage.told()) for stage in warm_up(progress)]


def _diagnosis() -> list[Finding]:
    """Return what every check found."""
    return [
        Finding("wordvec", f"{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"),
        check_libraries(),
        *check_optional(),
        Finding("CPU", f"{_cpu_name()}, {_usable_cores()} of {os.cpu_count()} cores usable"),
        *check_kernels(),
        check_temporary(),
    ]


def check_libraries() -> Finding:
    """Find the versions of the libraries, and what is missing."""
    found = {name: _version(name) for name in REQUIRED}
    told = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
    missing = [name for name, number in found.items() if number is None]
    if missing:
        return Finding("libraries", told, "trouble", f"pip install {' '.join(missing)}")
    return Finding("libraries", told)


def check_optional() -> list[Finding]:
    """Find what is used where it is there."""
    found = []
    for name, purpose in OPTIONAL.items():
        number = _version(name)
        told = f"{name} {number}" if number else f"no {name}"
        step = "" if number else f"pip install {name}, {purpose}"
        found.append(Finding("optional", told, "ok" if number else "note", step))
    return found


def check_kernels() -> list[Finding]:
    """Find what the kernels are compiled for, whether they are, and whether they can be kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cache that cannot be written is told below
            from llvmlite import binding
            from numba import config

            from ..kernels import _jit
    except ImportError as error:
        return [Finding("compiler", str(error), "trouble", f"{REINSTALL} numba")]
    features = {name for name, has in binding.get_host_cpu_features().items() if has}
    compiler = Finding("compiler", f"Numba for the CPU {binding.get_host_cpu_name()}")
    if getattr(config, "DISABLE_JIT", 0):
        step = "unset NUMBA_DISABLE_JIT, without which training is hundreds of times slower"
        compiler = Finding("compiler", "off: NUMBA_DISABLE_JIT is set", "trouble", step)
    return [_vectors(features), compiler, *_cache(_jit.FOLDER, _jit.is_writable)]


def _vectors(features: set[str]) -> Finding:
    """Find how wide the vector instructions are; a row of a matrix is read 16 floats at a time."""
    x86 = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
    if "avx512f" in features:
        return Finding("vectors", "16 floats wide (AVX-512)")
    if "avx2" in features and "fma" in features:
        return Finding("vectors", "8 floats wide (AVX2)")
    if x86:
        step = "expect slow training, or use a CPU with AVX2 and FMA (2013 or later)"
        return Finding("vectors", "4 floats wide, no fused multiply-add", "note", step)
    return Finding("vectors", "4 floats wide")


def _cache(folder: Path | None, is_writable: Callable[[Path], bool]) -> list[Finding]:
    """Find the folder of compiled kernels, what is in it, and what older versions left beside it."""
    step = "set NUMBA_CACHE_DIR to a folder that can be written, or every run compiles anew"
    if folder is None:
        return [Finding("kernel cache", "none: there is no home folder", "trouble", step)]
    if not is_writable(folder):
        return [Finding("kernel cache", f"{folder}, which cannot be written", "trouble", step)]
    files = [path for path in folder.rglob("*.nb?") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    kernels = sum(path.suffix == ".nbi" for path in files)
    found = [Finding("kernel cache", str(folder))]
    if kernels:
        found.append(Finding("compiled kernels", f"{kernels}, {size / 1e6:.1f} MB"))
    else:
        found.append(Finding("compiled kernels", "none yet", "note", "wordvec doctor --warmup compiles them all"))
    older = [path for path in folder.parent.glob("kernels-*") if path != folder and folder.name.startswith("kernels-")]
    if older:
        told = f"{len(older)} of other versions beside it"
        found.append(Finding("older caches", told, "note", f"those in {folder.parent} may be deleted"))
    return found


def check_temporary() -> Finding:
    """Find the folder for temporary files and how much room it has."""
    try:
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("temporary files", str(error), "trouble", "set TMPDIR to a folder that can be written")
    told = f"{folder}, {free / 1e9:.1f} GB free"
    if free < SMALL:
        return Finding("temporary files", told, "note", "make room there, or set TMPDIR to another folder")
    return Finding("temporary files", told)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu_name() -> str:
    """Return the name of the CPU, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _usable_cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere; a container may be given a part
    return len(affinity(0)) if affinity else os.cpu_count() or 1

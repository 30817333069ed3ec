"""What is compiled once is found by the next process; what cannot be kept breaks nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Says what each kernel was: found in the cache, or compiled; and what they made.
ACCOUNT = """
import hashlib, json, sys
from wordvec.kernels._jit import FOLDER, IS_KEPT, KERNELS
stats = {k.py_func.__module__ + "." + k.py_func.__name__: k.stats for k in KERNELS}
print(json.dumps({
    "hits": sorted(name for name, s in stats.items() if s.cache_hits),
    "misses": sorted(name for name, s in stats.items() if s.cache_misses),
    "called": sorted(k.py_func.__name__ for k in KERNELS if k.signatures),
    "kept": IS_KEPT, "folder": str(FOLDER), "scipy": "scipy.linalg" in sys.modules,
    "bits": hashlib.sha256(vectors.tobytes()).hexdigest(),
}))
"""
TRAIN = """
import wordvec as wv
lines = [[f"w{(7 * i + j) % 999}" for j in range(12)] for i in range(5_000)]  # enough for training in blocks
corpus = wv.Corpus.from_sentences(lines, min_count=1)
vectors = wv.SkipGram(dim=8, epochs=1, subsample=0).train(corpus).embeddings.vectors
"""
#: Two kernels only, one calling the other: quick to compile.
FILL = """
import numpy as np
from wordvec.kernels.random import fill_uniform
vectors = np.zeros((4, 16), np.float32)
fill_uniform(np.uint64(1), np.float32(0.5), 16, vectors)
"""


def run(code: str, **variables: str) -> tuple[dict, str]:
    """Run ``code`` in a fresh process; return its account and its standard error."""
    unset = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "XDG_CACHE_HOME", "PYTHONWARNINGS")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        [sys.executable, "-c", code + ACCOUNT],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**environment, **variables},
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def files_in(folder: Path) -> dict[str, float]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, dict]:
    """A cache folder that one process has filled, and the account of that process."""
    folder = tmp_path / "cache"
    account, errors = run(FILL, XDG_CACHE_HOME=str(folder))
    assert errors == ""
    return folder, account


def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    first, errors = run(TRAIN, XDG_CACHE_HOME=str(tmp_path))
    before = files_in(tmp_path)
    assert errors == "" and before
    second, _ = run(TRAIN, XDG_CACHE_HOME=str(tmp_path))
    assert "wordvec.kernels.blocks.train_blocks" in first["misses"]
    assert "wordvec.kernels.blocks.train_blocks" in second["hits"]
    assert second["misses"] == []
    assert len(second["hits"]) == len(second["called"])
    assert files_in(tmp_path) == before
    assert first["bits"] == second["bits"]
    assert not second["scipy"], "SciPy is not loaded for nothing"


def test_blas_still_works_where_somebody_else_compiles() -> None:
    product = "import numba\nvectors = numba.njit(lambda a: np.dot(a, a))(2 * np.eye(2))\nassert vectors[0, 0] == 4.0\n"
    assert run(FILL + product)[1] == ""


@pytest.mark.parametrize("damage", ["empty", "nonsense", "cut"])
def test_damaged_files_are_compiled_anew_and_mended(filled: tuple[Path, dict], damage: str) -> None:
    folder, first = filled
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes({"empty": b"", "nonsense": b"not a pickle", "cut": path.read_bytes()[:-9]}[damage])
    mended, errors = run(FILL, XDG_CACHE_HOME=str(folder))
    assert (mended["bits"], errors) == (first["bits"], "")
    assert mended["misses"]
    assert run(FILL, XDG_CACHE_HOME=str(folder))[0]["misses"] == []


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "NUMBA_CACHE_DIR"])
def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(
    variable: str, filled: tuple[Path, dict], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    where = tmp_path / "file" / "cache"
    account, errors = run(FILL, **{variable: str(where)})
    folder = where if variable == "NUMBA_CACHE_DIR" else Path(account["folder"])
    assert folder.is_relative_to(where)
    assert (account["kept"], account["hits"], account["bits"]) == (False, [], filled[1]["bits"])
    assert (
        f"UserWarning: compiled kernels cannot be kept in {folder}: every run compiles anew. "
        "Set NUMBA_CACHE_DIR to a folder that can be written." in errors
    )
    assert not list((ROOT / "kernels").rglob("*.nbi")), "machine code never lands beside the sources"


def test_a_user_without_a_home_can_train(filled: tuple[Path, dict]) -> None:
    no_home = """
from pathlib import Path
def no_home(self):
    raise RuntimeError("Could not determine home directory.")
Path.expanduser = no_home
"""
    account, errors = run(no_home + FILL)
    assert (account["kept"], account["bits"]) == (False, filled[1]["bits"])
    assert "compiled kernels cannot be kept in a home folder, there is none: every run compiles anew." in errors


def test_a_disk_that_is_full_while_kernels_are_kept(filled: tuple[Path, dict], tmp_path: Path) -> None:
    full = """
from numba.core.caching import IndexDataCacheFile
def full(self, name, data):
    raise OSError(28, "No space left on device")
IndexDataCacheFile._save_data = full
"""
    account, errors = run(full + FILL, XDG_CACHE_HOME=str(tmp_path / "full"))
    assert (account["bits"], account["kept"], errors) == (filled[1]["bits"], True, "")

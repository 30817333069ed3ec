import json
import os
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from wordvec.kernels import _jit

from wordvec.cli import cli, doctor

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(bool(os.environ.get("NUMBA_DISABLE_JIT")), reason="the JIT is off")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["doctor", *map(str, arguments)])


def rows(result: Result) -> dict[str, dict[str, str]]:
    found = json.loads(result.stdout)
    assert all(set(row) == {"check", "found", "state", "next_step"} for row in found)
    assert all(row["next_step"] for row in found if row["state"] != "ok")
    return {row["check"]: row for row in found}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for kernels; nothing is compiled into it."""
    folder = tmp_path / "wordvec" / "kernels-new"
    monkeypatch.setattr(_jit, "FOLDER", folder)
    return folder


def test_a_healthy_machine_is_told_so(kept: Path) -> None:
    result = run("--format", "json")
    assert result.exit_code == 0
    found = rows(result)
    assert {"wordvec", "libraries", "CPU", "vectors", "compiler", "kernel cache", "temporary files"} <= set(found)
    assert found["wordvec"]["found"].startswith("0.1.0, Python 3.")
    assert "numba 0." in found["libraries"]["found"] and "missing" not in found["libraries"]["found"]
    assert found["kernel cache"] == {"check": "kernel cache", "found": str(kept), "state": "ok", "next_step": ""}
    assert found["compiled kernels"]["next_step"] == "wordvec doctor --warmup compiles them all"
    assert run("--format", "tsv").stdout.startswith("check\tfound\tstate\tnext_step\n")


def test_what_is_in_the_cache_and_beside_it(kept: Path) -> None:
    (kept / "kernels_1").mkdir(parents=True)
    (kept / "kernels_1" / "f.nbi").write_bytes(b"index")
    (kept / "kernels_1" / "f.1.nbc").write_bytes(bytes(2_000_000))
    (kept.parent / "kernels-old").mkdir()
    found = rows(run("--format", "json"))
    assert found["compiled kernels"]["found"] == "1, 2.0 MB"
    assert found["older caches"]["found"] == "1 of other versions beside it"
    assert found["older caches"]["next_step"] == f"those in {kept.parent} may be deleted"


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    step = "set NUMBA_CACHE_DIR to a folder that can be written, or every run compiles anew"
    for folder, told in (
        (tmp_path / "file" / "cache", f"{tmp_path / 'file' / 'cache'}, which cannot be written"),
        (None, "none: there is no home folder"),
    ):
        monkeypatch.setattr(_jit, "FOLDER", folder)
        result = run("--format", "json")
        assert result.exit_code == 1
        row = rows(result)["kernel cache"]
        assert (row["found"], row["state"], row["next_step"]) == (told, "trouble", step)
        assert result.stderr.endswith(f"checks found trouble. kernel cache: {step}.\n")
        assert result.stderr.startswith("Error: 1 of ")


def test_missing_libraries(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = doctor.version

    def version(name: str) -> str:
        if name in ("rich", "gensim"):
            raise doctor.PackageNotFoundError(name)
        return asked(name)

    monkeypatch.setattr(doctor, "version", version)
    result = run("--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    optional = next(row for row in found if row["found"] == "no gensim")
    assert (optional["state"], optional["next_step"]) == ("note", "pip install gensim, to exchange vectors with it")
    assert "rich missing" in found[1]["found"]
    assert "libraries: pip install rich." in result.stderr


def test_a_compiler_that_cannot_be_loaded_or_is_off(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from numba import config

    monkeypatch.setattr(config, "DISABLE_JIT", 1)
    result = run("--format", "json")
    assert (result.exit_code, rows(result)["compiler"]["found"]) == (1, "off: NUMBA_DISABLE_JIT is set")
    assert "compiler: unset NUMBA_DISABLE_JIT, without which" in result.stderr
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    result = run("--format", "json")
    assert result.exit_code == 1
    assert "compiler: pip install --force-reinstall numba." in result.stderr


@pytest.mark.parametrize(
    ("features", "machine", "found", "state"),
    [
        ({"avx512f", "avx2", "fma"}, "x86_64", "16 floats wide (AVX-512)", "ok"),
        ({"avx2", "fma"}, "AMD64", "8 floats wide (AVX2)", "ok"),
        ({"sse4.2"}, "x86_64", "4 floats wide, no fused multiply-add", "note"),
        ({"neon"}, "arm64", "4 floats wide", "ok"),
    ],
)
def test_vectors(features: set[str], machine: str, found: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    finding = doctor._vectors(features)
    assert (finding.found, finding.state) == (found, state)
    assert bool(finding.next_step) == (state != "ok")


def test_the_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(9, 9, 200_000_000))
    finding = doctor.check_temporary()
    assert finding.found == f"{tempfile.gettempdir()}, 0.2 GB free"
    assert (finding.state, finding.next_step) == ("note", "make room there, or set TMPDIR to another folder")

    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    finding = doctor.check_temporary()
    assert (finding.state, finding.next_step) == ("trouble", "set TMPDIR to a folder that can be written")


def test_after_a_warm_up_no_command_compiles_anything(tmp_path: Path) -> None:
    cache, text = tmp_path / "cache", tmp_path / "text.txt"
    text.write_text("we sow the seed in the field\nthe sea is wide\n" * 40, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment["XDG_CACHE_HOME"] = str(cache)

    def wordvec(*arguments: object) -> str:
        command = [sys.executable, "-m", "wordvec", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in cache.rglob("*") if path.is_file()}

    first = json.loads(wordvec("doctor", "--warmup", "--format", "json"))
    told = {row["check"]: row["found"] for row in first}
    assert "kernels compiled; the slowest: train_blocks, " in told["warm-up: train skipgram"]
    before = files()
    assert before and told["compiled kernels"].split(",")[0] == str(sum(name.endswith(".nbi") for name in before))
    quick = ("--epochs", 1, "--dim", 40, "--subsample", 0, "--negative", 7)
    wordvec("encode", "--slice", f"a={text}", "--slice", f"b={text}", "-o", tmp_path / "c.wvc")
    wordvec("train", tmp_path / "c.wvc", "-o", tmp_path / "v.wv", *quick, "--model", "cbow")
    wordvec("align", tmp_path / "c.wvc", "-o", tmp_path / "a.wvs", *quick)
    for method in ("disambiguated", "clusters", "mssg"):
        wordvec("senses", "train", tmp_path / "c.wvc", "-o", tmp_path / f"{method}.wv", "--method", method,
                "--dim", 40, "--epochs", 1, "--subsample", 0)  # fmt: skip
    wordvec("drift", tmp_path / "a.wvs")
    wordvec("nearest", tmp_path / "a.wvs", "sea")
    assert files() == before

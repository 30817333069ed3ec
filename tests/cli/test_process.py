"""The command line as a process: signals, closed and odd streams."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary

WORDVEC = [sys.executable, "-m", "wordvec"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and descriptors of POSIX")


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    path = tmp_path / "v.wv"
    Embeddings(Vocabulary(("мир", "война"), np.array([2, 1])), np.eye(2, 3, dtype=np.float32)).save(path)
    return path


def _heed_ctrl_c() -> None:
    """Have a child process heed Ctrl-C even where the tests run in the background and ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_and_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    command = [*WORDVEC, "encode", "-", "-o", str(tmp_path / "c.wvc")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_heed_ctrl_c) as process:
        assert process.stdin is not None
        process.stdin.write(b"some words\n" * 100_000)
        process.stdin.flush()
        for _ in range(300):  # until it is at work
            if any(tmp_path.iterdir()):
                break
            time.sleep(0.1)
        assert any(tmp_path.iterdir())
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in errors
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("redirect", ["2>&-", ">&-", "| head -1"])
def test_closed_streams_and_closed_pipes(vectors: Path, redirect: str) -> None:
    command = f"{sys.executable} -m wordvec nearest {vectors} мир {redirect}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr


def test_a_stream_that_cannot_show_a_word_shows_its_escape(vectors: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    command = [*WORDVEC, "nearest", str(vectors), "мир"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert rb"\u0432\u043e\u0439\u043d\u0430" in done.stdout


def test_what_runs_in_the_background_ignores_ctrl_c_as_it_was_told(tmp_path: Path) -> None:
    command = [*WORDVEC, "encode", "-", "-o", str(tmp_path / "c.wvc"), "--min-count", "1"]
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, ignored)
    with process:
        assert process.stdin is not None
        process.stdin.write(b"some words\n" * 100_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["c.wvc"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["nearest", "VECTORS", "мир"]])
def test_a_full_disk_behind_standard_output(vectors: Path, arguments: list[str]) -> None:
    command = [*WORDVEC, *(str(vectors) if a == "VECTORS" else a for a in arguments)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert "No space left on device" in done.stderr and "Traceback" not in done.stderr

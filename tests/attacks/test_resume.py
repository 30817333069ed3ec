"""Commands that are killed go on, and end with the same bytes; and nothing of an earlier output is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from synthetic import swap_corpus

from wordvec.artifact import is_artifact
from wordvec.files.validate import validate

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
COMMANDS = {
    "train": ["train", "corpus.wvc", "--dim", "32", "--epochs", "20"],
    "align": ["align", "corpus.wvc", "--dim", "32", "--epochs", "8"],
    "senses": ["senses", "train", "corpus.wvc", "--dim", "16", "--senses", "2", "--epochs", "5"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resume")
    swap_corpus(3, 60_000).corpus.save(folder / "corpus.wvc")
    return folder


def start(folder: Path, command: str, output: str, *more: str) -> subprocess.Popen:
    arguments = [*COMMANDS[command], "-o", output, "--checkpoint-every", "0.001", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "wordvec", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def wait_for_checkpoint(process: subprocess.Popen, checkpoint: Path) -> None:
    while process.poll() is None and not (checkpoint.is_dir() and any(map(is_artifact, checkpoint.iterdir()))):
        time.sleep(0.02)


def finish(process: subprocess.Popen) -> str:
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors.decode()
    return errors.decode()


def content(path: Path) -> dict[str, bytes]:
    """Return all files of an artefact that equal runs share."""
    found = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in found.items() if file.name != "run.json"}


@pytest.fixture(scope="module")
def whole(folder):
    """What each command gives when nothing happens to it."""
    made = {}
    for command in COMMANDS:
        finish(start(folder, command, f"whole-{command}"))
        made[command] = content(folder / f"whole-{command}")
    return made


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_killed_run_goes_on_to_the_same_bytes(command, folder, whole, reliability):
    expected = whole[command]
    draw = random.Random(command)
    kills, reached = reliability.cases(2, 70), 0
    for number in range(kills):
        output = folder / f"{command}-{number}"
        for attempt in range(2):
            process = start(folder, command, output.name, "--resume", "--threads", str(1 + (number + attempt) % 2))
            wait_for_checkpoint(process, folder / f"{output.name}.checkpoint")
            time.sleep(draw.uniform(0.0, 0.8))
            process.kill()
            process.communicate()
            if is_artifact(output):
                break
            reached += (folder / f"{output.name}.checkpoint").is_dir()
        if not is_artifact(output):
            finish(start(folder, command, output.name, "--resume"))
        validate(output)
        assert content(output) == expected
        assert not [path for path in folder.iterdir() if path.name.startswith(f"{output.name}.")]
    reliability.record("kills", tried=kills, resumed=reached, lost=0)
    assert reached, "no kill came while a checkpoint was there"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_the_place(number, code, folder, whole):
    output = f"signal-{code}"
    process = start(folder, "train", output)
    wait_for_checkpoint(process, folder / f"{output}.checkpoint")
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert f"{output}.checkpoint keeps what was reached: the same command with --resume goes on" in errors.decode()
    again = start(folder, "train", output)
    assert again.wait(60) == 3
    assert b"go on with --resume, or start again with --overwrite" in again.communicate()[1]
    assert f"going on from {output}.checkpoint" in finish(start(folder, "train", output, "--resume"))
    assert content(folder / output) == whole["train"]


def test_resume_says_what_is_another(folder, whole):
    process = start(folder, "train", "other")
    wait_for_checkpoint(process, folder / "other.checkpoint")
    process.kill()
    process.communicate()
    refused = start(folder, "train", "other", "--resume", "--lr", "0.05")
    assert refused.wait(60) == 3
    assert b"another settings.lr (it had 0.025, now 0.05)" in refused.communicate()[1]
    started = start(folder, "train", "fresh", "--resume")
    assert "fresh.checkpoint is not there: starting at the beginning" in finish(started)
    assert content(folder / "fresh") == whole["train"]

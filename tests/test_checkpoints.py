"""A run that was stopped at any moment goes on to the bytes of one that was not."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from synthetic import swap_corpus

from wordvec import CBOW, Corpus, DisambiguatedSkipGram, Embeddings, SkipGram
from wordvec.align.methods import METHODS, align_slices
from wordvec.artifact import is_artifact, open_artifact
from wordvec.checkpoints import Checkpoints
from wordvec.errors import AlignmentError, CorruptFileError, OutputExistsError, ParameterError
from wordvec.train import loop
from wordvec.train.keeping import Keeper

SKIPGRAM = SkipGram(dim=12, epochs=2, window=3)


@pytest.fixture
def long_spans():
    """Spans as they are: for tests that keep every one of them."""


class Killed(BaseException):
    """What stops a run in the middle, as Ctrl-C does."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return swap_corpus(1, 60_000).corpus


@pytest.fixture(scope="module")
def few() -> Corpus:
    """A text so small that it is trained window after window."""
    return swap_corpus(1, 12_000).corpus


@pytest.fixture(autouse=True)
def _short_spans(monkeypatch, request):
    if "long_spans" in request.fixturenames:
        return
    monkeypatch.setattr(loop, "_SPAN", 1e-6)  # every block is a span


def killer(after):
    """Return a watcher that stops a run after so many reports."""
    seen = []

    def watch(report):
        seen.append(report)
        if len(seen) >= after:
            raise Killed

    return watch


def stopped_and_resumed(run, folder, moments):
    """Return what ``run`` gives after it was stopped at each of the moments, one after the other."""
    for number, after in enumerate(moments):
        with pytest.raises(Killed):
            run(checkpoints=Checkpoints(folder, resume=number > 0), progress=killer(after), threads=1 + number % 2)
        assert Checkpoints(folder, resume=True).found
    return run(checkpoints=Checkpoints(folder, resume=True), threads=2)


@pytest.mark.parametrize("trainer", [SKIPGRAM, CBOW(dim=12, epochs=2, window=3)], ids=["skipgram", "cbow"])
@pytest.mark.parametrize("moments", [(1,), (2, 2, 200)], ids=str)
def test_training(trainer, corpus, tmp_path, moments):
    whole = trainer.train(corpus)
    found = stopped_and_resumed(lambda **options: trainer.train(corpus, **options), tmp_path / "c", moments)
    assert found.embeddings.vectors.tobytes() == whole.embeddings.vectors.tobytes()
    assert found.context.vectors.tobytes() == whole.context.vectors.tobytes()
    assert found.losses == whole.losses
    assert found.embeddings.metadata == whole.embeddings.metadata


def test_a_training_that_ended_is_not_done_again(few, tmp_path, long_spans):
    checkpoints = Checkpoints(tmp_path / "c", every=0)
    whole = SKIPGRAM.train(few, checkpoints=checkpoints)
    reports = []
    again = SKIPGRAM.train(few, checkpoints=Checkpoints(tmp_path / "c", resume=True), progress=reports.append)
    assert not reports
    assert again.losses == whole.losses
    assert again.embeddings.vectors.tobytes() == whole.embeddings.vectors.tobytes()


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"word-injection"}))
def test_aligners(method, few, tmp_path):
    def run(**options):
        return align_slices(few, SKIPGRAM, method=method, **options)

    whole, found = run(), stopped_and_resumed(run, tmp_path / "c", (3, 100))
    assert found.metadata == whole.metadata
    for label in whole.labels:
        assert found[label].vectors.tobytes() == whole[label].vectors.tobytes()
        assert found[label].metadata == whole[label].metadata


@pytest.mark.parametrize("moments", [(5,), (30, 100), (2, 160)], ids=str)
def test_senses(moments, few, tmp_path):
    trainer = DisambiguatedSkipGram(dim=12, senses=2, window=3, gate_epochs=1, epochs=1, min_gate_count=50)
    whole = trainer.train(few)
    found = stopped_and_resumed(lambda **options: trainer.train(few, **options), tmp_path / "c", moments)
    for name in ("vectors", "context", "gates", "gate_biases", "prevalence"):
        assert getattr(found, name).tobytes() == getattr(whole, name).tobytes(), name
    assert found.metadata == whole.metadata


def kept(corpus, folder, **options):
    with pytest.raises(Killed):
        SKIPGRAM.train(corpus, checkpoints=Checkpoints(folder), progress=killer(5), **options)
    (stage,) = folder.iterdir()
    return stage


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lr": 0.05}, r"another settings.lr \(it had 0.025, now 0.05\)"),
        ({"dim": 10}, r"another settings.dim \(it had 12, now 10\)"),
        ({"seed": 2, "window": 4}, r"another settings.window .*, another settings.seed"),
    ],
)
def test_other_settings_are_refused_and_named(change, named, few, tmp_path):
    kept(few, tmp_path / "c")
    resumed = Checkpoints(tmp_path / "c", resume=True)
    with pytest.raises(AlignmentError, match=named):
        replace(SKIPGRAM, **change).train(few, checkpoints=resumed)


def test_another_corpus_is_refused(few, tmp_path):
    kept(few, tmp_path / "c")
    with pytest.raises(AlignmentError, match="another corpus"):
        SKIPGRAM.train(swap_corpus(2, 12_000).corpus, checkpoints=Checkpoints(tmp_path / "c", resume=True))


def test_another_compass_is_refused(few, tmp_path):
    context = SKIPGRAM.train(few).context
    kept(few, tmp_path / "c", compass=context)
    other = Embeddings(context.vocabulary, -context.vectors)
    with pytest.raises(AlignmentError, match="another compass"):
        SKIPGRAM.train(few, compass=other, checkpoints=Checkpoints(tmp_path / "c", resume=True))


def test_a_damaged_checkpoint_is_refused(few, tmp_path):
    stage = kept(few, tmp_path / "c")
    path = open_artifact(stage).file("W")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match="is damaged: .*SHA-256 differs. Start again, with --overwrite"):
        SKIPGRAM.train(few, checkpoints=Checkpoints(tmp_path / "c", resume=True))


def test_what_is_there_is_neither_forgotten_nor_taken_by_itself(few, tmp_path):
    folder = tmp_path / "c"
    kept(few, folder)
    with pytest.raises(OutputExistsError, match="go on with --resume, or start again with --overwrite"):
        Checkpoints(folder)
    Checkpoints(folder, overwrite=True)
    assert not folder.exists()
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    for options in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(OutputExistsError, match="is no checkpoint of wordvec; it is kept"):
            Checkpoints(folder, **options)
    assert (folder / "letter.txt").exists()


def test_vectors_that_are_not_finite_are_never_kept(few, tmp_path):
    checkpoints = Checkpoints(tmp_path / "c", every=0)
    stage = checkpoints.stage("training", {})
    with pytest.raises(ParameterError, match="stay finite"):
        Keeper(stage, {"W": np.array([1.0, np.nan])}).save()
    assert not (tmp_path / "c").exists()


def test_a_run_that_ends_well_leaves_nothing_and_one_that_does_not_leaves_its_place(few, tmp_path, long_spans):
    with Checkpoints(tmp_path / "c", every=0) as checkpoints:
        SKIPGRAM.train(few, checkpoints=checkpoints)
        assert any(is_artifact(part) for part in (tmp_path / "c").iterdir())
    assert not (tmp_path / "c").exists()
    with pytest.raises(Killed), Checkpoints(tmp_path / "c") as checkpoints:
        SKIPGRAM.train(few, checkpoints=checkpoints, progress=killer(1))
    assert Checkpoints(tmp_path / "c", resume=True).found
    shutil.rmtree(tmp_path / "c")


def test_two_stages_of_a_run_have_two_names(tmp_path):
    checkpoints = Checkpoints(tmp_path / "c")
    checkpoints.stage("training", {})
    with pytest.raises(ParameterError, match="name must be new"):
        checkpoints.stage("training", {})
    with pytest.raises(ParameterError, match="every must be seconds >= 0"):
        Checkpoints(tmp_path / "c", every=-1)

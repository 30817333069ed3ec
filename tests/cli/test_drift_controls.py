"""``wordvec drift --null`` and ``--plant``, as far as they do not need the statistics."""

import click
import numpy as np
import pytest
from click.testing import CliRunner
from drift.controlled import corpus_of, plain_assessment, text_of, two_slices

from wordvec import AlignedSlices, CompassAligner, Corpus, SkipGram
from wordvec.cli.drift_controls import parse_null, print_controls, run_controls
from wordvec.cli.drift_options import NULLS, PLANTS, ControlInput, control_options
from wordvec.drift import controls, planted
from wordvec.errors import AlignmentError

ALIGNER = CompassAligner(SkipGram(dim=8, epochs=1, negative=2, window=2))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return two_slices(600)


@pytest.fixture(scope="module")
def aligned(corpus: Corpus) -> AlignedSlices:
    return ALIGNER.align(corpus)


def test_names_are_those_of_the_library() -> None:
    assert NULLS == controls.NULLS and PLANTS == planted.PLANTS


def test_options_are_read() -> None:
    @click.command()
    @control_options
    def command(controls: ControlInput) -> None:
        click.echo(f"{controls.nulls} {controls.plant} {controls.plant_shares} {controls.control_seed}")

    run = CliRunner().invoke(command, ["--null", "ocr=0.1", "--null", "shuffled", "--plant", "swap"])
    assert run.output == "('ocr=0.1', 'shuffled') swap () 1\n"
    assert CliRunner().invoke(command, ["--plant-share", "0"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plain", "--null must be one of same-text, shuffled, frequency, ocr, got 'plain'."),
        ("shuffled=0.1", "--null shuffled takes no rate, got 'shuffled=0.1'; frequency and ocr do."),
        ("ocr=lots", "the rate of --null ocr must be more than 0 and less than 1, got 'lots'."),
        ("ocr=nan", "the rate of --null ocr must be more than 0 and less than 1, got 'nan'."),
    ],
)
def test_bad_nulls(text: str, message: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        parse_null(text)
    assert caught.value.message == message


def test_controls_are_run_and_printed(
    corpus: Corpus, aligned: AlignedSlices, capsys: pytest.CaptureFixture[str]
) -> None:
    results = run_controls(aligned, corpus, plain_assessment, ["same-text", "ocr=0.1"], "swap", shares=[0.5])
    assert [result.kind for result in results] == ["same-text", "ocr", "swap"]
    assert results[1].settings["rate"] == 0.1
    print_controls(results, "table")
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].split()[:4] == ["control", "words", "tested", "below"]
    assert "\npower\n" in printed.out and "count_from" in printed.out.split("power")[1]
    assert "same-text: now holds the text of then; its drift is that of training alone." in printed.err
    assert "eligible words were planted in now; found means q up to 0.05." in printed.err
    print_controls(results, "tsv")
    tables = capsys.readouterr().out.splitlines()
    assert tables[0].startswith("control\twords\tsource") and tables[5] == ""
    assert tables[6].startswith("share\tcount_from")
    print_controls([], "table")
    assert capsys.readouterr().out == ""
    assert run_controls(aligned, corpus, plain_assessment, [], None) == []


def test_more_than_two_slices(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(3)
    corpus = corpus_of({label: text_of(rng, 500) for label in "abc"})
    (result,) = run_controls(ALIGNER.align(corpus), corpus, plain_assessment, ["shuffled"], None)
    assert (result.source, result.target) == ("a", "b")
    assert capsys.readouterr().err == "controls are about a and b; the other slices stay as they are.\n"


def test_slices_of_another_corpus_or_method(corpus: Corpus, aligned: AlignedSlices) -> None:
    from dataclasses import replace

    with pytest.raises(AlignmentError, match="need the corpus that these slices were aligned from: then, now; the one"):
        run_controls(aligned, two_slices(600, seed=2), plain_assessment, ["shuffled"], None)
    with pytest.raises(AlignmentError, match="were aligned by procrustes, not by the compass"):
        made = replace(aligned, metadata={**aligned.metadata, "method": "procrustes"})
        run_controls(made, corpus, plain_assessment, ["shuffled"], None)
    with pytest.raises(AlignmentError, match="were aligned with a lexicon; controls can be run on slices without one"):
        made = replace(aligned, metadata={**aligned.metadata, "graph": {}})
        run_controls(made, corpus, plain_assessment, ["shuffled"], None)
    with pytest.raises(AlignmentError, match="a control needs two slices, these vectors have 1"):
        run_controls(ALIGNER.align(corpus["now"]), corpus["now"], plain_assessment, ["shuffled"], None)

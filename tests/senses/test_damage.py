"""Damaged senses are refused when they are opened, and nothing else can be made of them."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from small_senses import small_senses

from wordvec import ParameterError
from wordvec.errors import CorruptFileError
from wordvec.senses.checks import find_damage
from wordvec.senses.embeddings import SenseEmbeddings


def changed(name, place, value):
    """Return an array of the small senses with one entry changed."""
    array = np.array(getattr(small_senses(), name))
    array[place] = value
    return array


def save(path: Path, **parts) -> Path:
    dataclasses.replace(small_senses(), **parts).save(path)
    return path


DAMAGE = {
    "negative prevalence": (
        {"prevalence": changed("prevalence", 0, (1.5, -0.5))},
        r"the prevalences of 'bank' must be at least 0, got \[1.5, -0.5\]",
    ),
    "prevalence that is no number": (
        {"prevalence": changed("prevalence", (1, 0), np.nan)},
        r"the prevalences of 'river' must be at least 0, got \[nan, 0.0\]",
    ),
    "rows that do not sum to 1": (
        {"prevalence": changed("prevalence", 0, (0.6, 0.3))},
        "the prevalences of 'bank' must sum to 1, got 0.9",
    ),
    "vectors": ({"vectors": changed("vectors", (2, 0, 1), np.inf)}, "row 3 of 'vectors' is not finite"),
    "context": ({"context": changed("context", (4, 1), np.nan)}, "row 5 of 'context' is not finite"),
    "gates": ({"gates": changed("gates", (1, 1, 0), np.nan)}, "row 2 of 'gates' is not finite"),
    "biases": ({"gate_biases": changed("gate_biases", (0, 1), -np.inf)}, "row 1 of 'gate_biases' is not finite"),
    "weights": (
        {"context_weights": changed("context_weights", 3, -2.0)},
        "row 4 of 'context_weights' must be at least 0, got -2",
    ),
    "label of a pruned sense": ({"labels": {(1, 1): "x.n.01"}}, "the label 'x.n.01' is of river#2, which is not there"),
    "label of no word": ({"labels": {(9, 0): "x.n.01"}}, "the label 'x.n.01' is of word 9, which is not there"),
    "window": ({"metadata": {"window": 0}}, "window must be an integer >= 1, got 0"),
    "window that is a word": ({"metadata": {"window": "wide"}}, "window must be an integer >= 1, got 'wide'"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_values_that_cannot_be_are_refused(kind, tmp_path):
    parts, message = DAMAGE[kind]
    with pytest.raises(CorruptFileError, match=message):
        SenseEmbeddings.load(save(tmp_path / "s.wv", **parts))


def rewrite(folder: Path, name: str, array) -> None:
    """Put another array of the same size in the place of a payload."""
    entry = json.loads((folder / "metadata.json").read_text("utf-8"))["payloads"][name]
    np.save(folder / entry["file"], array)


@pytest.mark.parametrize("row", [-1, 2])
def test_gates_that_are_not_there_are_refused(row, tmp_path):
    save(tmp_path / "s.wv")
    rewrite(tmp_path / "s.wv", "gate_rows", changed("gate_rows", 0, row))
    with pytest.raises(CorruptFileError, match=r"gate_rows must be from 0 to 1, got '.*(-1|2)"):
        SenseEmbeddings.load(tmp_path / "s.wv")


def test_numbers_of_another_type_are_refused(tmp_path):
    save(tmp_path / "s.wv")
    metadata = json.loads((tmp_path / "s.wv" / "metadata.json").read_text("utf-8"))
    metadata["payloads"]["gate_rows"]["dtype"] = "<f4"
    (tmp_path / "s.wv" / "metadata.json").write_text(json.dumps(metadata), "utf-8")
    rewrite(tmp_path / "s.wv", "gate_rows", small_senses().gate_rows.astype(np.float32))
    with pytest.raises(CorruptFileError, match="'gate_rows' is float32, not int32"):
        SenseEmbeddings.load(tmp_path / "s.wv")


@pytest.mark.parametrize("line", ["0", "0\tx\ty", "-1\t1\tname", "0\t٣\tname", "0\t1"])
def test_labels_that_are_no_table_are_refused(line, tmp_path):
    save(tmp_path / "s.wv", labels={(0, 0): "#" * 40})
    metadata = json.loads((tmp_path / "s.wv" / "metadata.json").read_text("utf-8"))
    entry = metadata["payloads"]["labels"]
    (tmp_path / "s.wv" / entry["file"]).write_text(line + "\n", "utf-8")
    entry["bytes"] = len((line + "\n").encode())
    (tmp_path / "s.wv" / "metadata.json").write_text(json.dumps(metadata), "utf-8")
    with pytest.raises(CorruptFileError, match="a label must be 'word id, tab, sense, tab, label', got"):
        SenseEmbeddings.load(tmp_path / "s.wv")


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("context", np.float32(1.0).reshape(()), r"context.shape must be \(5, dim\), got \(\)"),
        ("gates", np.float32(1.0).reshape(()), r"gates.shape must be \(0, 2, 2\), got \(\)"),
        ("vectors", np.zeros((5, 2), np.float32), r"vectors.shape must be \(5, 1, 0\), got \(5, 2\)"),
        ("gate_rows", np.full(5, 7, np.int32), "gate_rows must be from 0 to 1, got '7 to 7'"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(name, array, message):
    with pytest.raises(ParameterError, match=message):
        dataclasses.replace(small_senses(), **{name: array})


def test_what_is_whole_has_no_damage():
    assert find_damage(small_senses()) is None


def test_labels_are_written_on_one_line(tmp_path):
    save(tmp_path / "s.wv", labels={(0, 0): "a\tname\nof two lines"})
    assert SenseEmbeddings.load(tmp_path / "s.wv").label("bank", 1) == "a name of two lines"

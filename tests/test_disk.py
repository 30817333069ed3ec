"""Files appear whole or not at all."""

import errno
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from wordvec.artifact_writer import ArtifactWriter, check_output
from wordvec.disk import ArrayFile, check_file_output, sha256, write_json, write_text, writing
from wordvec.errors import CorruptFileError, OutputExistsError, ResourceError


def test_a_text_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    write_text(path, "word\tdrift\n")
    with pytest.raises(
        OutputExistsError,
        match=r"table.tsv exists; choose another output or pass --overwrite \(in Python: overwrite=True\)",
    ):
        write_text(path, "Wörter\n")
    write_text(path, "Wörter\n", overwrite=True)
    assert path.read_bytes() == "Wörter\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_text(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    write_text(path, "old\n")
    with pytest.raises(ResourceError, match="cannot write .*: No space left on device. Nothing was changed"):  # noqa: SIM117
        with writing(path, overwrite=True) as stream:
            stream.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
    assert path.read_text("utf-8") == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_json_refuses_what_json_has_no_number_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"loss": float("nan")})
    assert not list(tmp_path.iterdir())
    write_json(tmp_path / "x.json", {"word": "naïve"})
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == {"word": "naïve"}


@pytest.mark.parametrize("pieces", [[], [0], [3], [1, 0, 2]])
def test_pieces_make_the_array_that_numpy_loads(tmp_path: Path, pieces: list[int]) -> None:
    rows = [np.full((n, 2), n, dtype=np.float32) for n in pieces]
    with ArrayFile(tmp_path / "rows.npy", np.dtype(np.float32), (2,)) as file:
        for part in rows:
            file.append(part)
    loaded = np.load(tmp_path / "rows.npy")
    assert file.shape == loaded.shape
    np.testing.assert_array_equal(loaded, np.concatenate([np.empty((0, 2), np.float32), *rows]))


def test_the_digest_of_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(CorruptFileError) as caught:
        sha256(tmp_path / "ids.npy")
    assert str(caught.value) == f"{tmp_path / 'ids.npy'} is missing."


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_text(tmp_path / "new/folder/table.tsv", "word\tdrift\n")
    assert [file.name for file in (tmp_path / "new/folder").iterdir()] == ["table.tsv"]


def test_files_and_artefacts_say_the_same_about_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    checks = (check_file_output, partial(check_output, kind="embeddings"))
    for check in checks:
        with pytest.raises(ResourceError) as caught:
            check(tmp_path / "file/x", overwrite=False)
        assert str(caught.value) == f"cannot write {tmp_path}/file/x: {tmp_path}/file is not a folder."
    monkeypatch.setattr("os.access", lambda *_: False)
    for check in checks:
        with pytest.raises(ResourceError) as caught:
            check(tmp_path / "new/x", overwrite=False)
        assert str(caught.value) == f"cannot write {tmp_path}/new/x: {tmp_path} is not writable."
        assert caught.value.exit_code == 4


def test_an_error_names_the_output_and_never_the_file_behind_it(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 245)
    with pytest.raises(ResourceError) as caught:
        write_text(path, "too long once .partial is added")
    assert str(caught.value) == f"cannot write {path}: File name too long. Nothing was changed."
    with pytest.raises(ResourceError) as caught:
        ArtifactWriter(path, kind="embeddings")
    assert str(caught.value) == f"cannot write {path}: File name too long."
    with pytest.raises(FileNotFoundError), writing(tmp_path / "y"):
        (tmp_path / "input of the caller").read_text()

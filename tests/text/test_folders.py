"""A path stands for text files, and what it does not stand for is counted."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from wordvec.embeddings import Embeddings
from wordvec.errors import FormatError
from wordvec.text.folders import describe_left_out, find_files
from wordvec.text.vocabulary import Vocabulary


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_a_folder_is_its_text_files_in_order(tmp_path: Path) -> None:
    fill(tmp_path, "b.txt", "a/z.txt.gz", "a/b/c.TXT", "notes.md", ".hidden.txt", ".git/x.txt")
    found = find_files(tmp_path)
    assert [Path(f).relative_to(tmp_path).as_posix() for f in found.files] == ["a/b/c.TXT", "a/z.txt.gz", "b.txt"]
    assert found.left_out == Counter({"hidden": 2, ".md": 1})


def test_what_is_left_out_is_counted_by_ending(tmp_path: Path) -> None:
    odd = ("README", "a. b", "a." + "x" * 20, "end.")
    fill(tmp_path, "a.txt", "b.MD", "c.md", "d.csv.gz", "e.tar.zst", *odd, "sub/f.docx")
    Embeddings(Vocabulary(("a", "b"), np.array([1, 1])), np.eye(2, dtype=np.float32)).save(tmp_path / "v.wv")
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    found = find_files(tmp_path)
    assert found.files == [str(tmp_path / "a.txt")]
    assert dict(found.left_out) == {
        ".md": 2,
        ".csv.gz": 1,
        ".tar.zst": 1,
        ".docx": 1,
        "no ending": 4,
        "artefacts": 1,
        "links to folders": 1,
    }
    assert describe_left_out(found.left_out) == (
        "9 with other endings (no ending 4, .md 2, .csv.gz 1, .docx 1, .tar.zst 1), 1 artefact, 1 link to a folder"
    )
    assert describe_left_out({f".{c}": 1 for c in "abcdefg"}) == (
        "7 with other endings (.a 1, .b 1, .c 1, .d 1, .e 1 and 2 more)"
    )
    assert describe_left_out({"artefacts": 2, "links to folders": 2}) == "2 artefacts, 2 links to folders"
    assert describe_left_out({".a": 1}) == "1 with another ending (.a 1)"


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"gone\.txt does not exist\.$"):
        find_files(tmp_path / "gone.txt")
    nothing = r"holds no text: no file in it ends in \.txt, \.txt\.gz, \.txt\.bz2, \.txt\.xz, \.txt\.zst"
    with pytest.raises(FormatError, match=nothing + r"\.$"):
        find_files(tmp_path)
    fill(tmp_path, "a.docx", ".b")
    with pytest.raises(FormatError, match=nothing + r"; it has 1 with another ending \(\.docx 1\), 1 hidden\.$"):
        find_files(tmp_path)


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(FormatError, match=r"^the folder .* cannot be read: Permission denied\.$"):
        find_files(tmp_path)


def test_file_names_that_cannot_be_written_down(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"^the file name '.*\\udce9\.txt' is not valid Unicode; rename the file\.$"):
        find_files(tmp_path / "a\udce9.txt")

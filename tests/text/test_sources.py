"""Slices from labels, manifests, and headers in bins."""

import re
from pathlib import Path

import pytest

from wordvec.errors import FormatError, ParameterError
from wordvec.text.sources import Bins, compile_header, describe_keys, label_slices, parse_header, read_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("old.txt", "new/1.txt", "new/2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    return tmp_path


def test_labels_and_paths(folder: Path) -> None:
    old, new = label_slices({"old": folder / "old.txt", "new": [folder / "new"]}.items())
    assert (old.label, old.files, old.optional) == ("old", (str(folder / "old.txt"),), frozenset())
    assert new.files == (str(folder / "new/1.txt"), str(folder / "new/2.txt"))
    assert new.optional == set(new.files)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "slices must be at least one label with a path, got none"),
        ([(" ", "-")], "slice labels must be printable and not empty, got ' '"),
        ([("a\tb", "-")], "slice labels must be printable and not empty, got 'a\\tb'"),
        ([("a", [])], "slice 'a' must have at least one path, got none"),
        ([("a", ["-", "-"])], "standard input ('-') can be read once only, got it as text more than once"),
        ([("a", "-"), ("b", "-")], "standard input ('-') can be read once only, got it as text more than once"),
    ],
)
def test_bad_labels(pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        label_slices(pairs)


def test_duplicate_labels() -> None:
    with pytest.raises(FormatError, match=r"^slice labels must be unique, got 'a' twice; several paths for one label"):
        label_slices([("a", "-"), ("a", "-")])


def test_a_file_comes_once_in_a_slice(folder: Path) -> None:
    old, link, new = folder / "old.txt", folder / "link.txt", folder / "new"
    link.symlink_to(old)
    twin = folder / "twin.txt"
    twin.hardlink_to(old)
    for paths, message in (
        ([old, old], f"slice 'a': {old} is given twice; give it once."),
        ([old, link], f"slice 'a': {old} and {link} are the same file; give it once."),
        ([old, twin], f"slice 'a': {old} and {twin} are the same file; give it once."),
        ([new, new / "2.txt"], f"slice 'a': {new / '2.txt'} is given twice; give it once."),
        ([new, new / "../new/1.txt"], f"slice 'a': {new / '1.txt'} and {new / '../new/1.txt'} are the same file; "),
    ):
        with pytest.raises(FormatError, match=f"^{re.escape(message)}"):
            label_slices([("a", paths)])
    assert [s.files for s in label_slices([("a", old), ("b", link)])] == [(str(old),), (str(link),)]


def test_a_slice_says_what_its_folders_left_out(folder: Path) -> None:
    for name in ("new/a.md", "new/.b", "c.pdf"):
        (folder / name).touch()
    (both,) = label_slices([("a", [folder / "new", folder / "old.txt"])])
    assert both.left_out == {".md": 1, "hidden": 1}


def test_a_manifest_keeps_its_order_and_its_dates(folder: Path) -> None:
    manifest = folder / "slices.toml"
    manifest.write_text(
        '[[slice]]\nlabel = "z"\npaths = ["old.txt"]\ndate = 1825\n'
        '[[slice]]\nlabel = "a"\npaths = "new"\ndate = 1990-01-31\n'
    )
    first, second = read_manifest(manifest)
    assert (first.label, first.date, first.files) == ("z", "1825", (str(folder / "old.txt"),))
    assert (second.label, second.date, len(second.files)) == ("a", "1990-01-31", 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("slice = ", "is not valid TOML: "),
        ("", r"must hold \[\[slice\]\] tables and nothing else, got {}\.$"),
        ("slices = 1", r"must hold \[\[slice\]\] tables and nothing else, got slices\.$"),
        ('[[slice]]\npaths = ["a"]', r", slice 1: label must be a string in quotes, got None\.$"),
        ('[[slice]]\nlabel = "a"', r", slice 1: paths must be a list of paths in quotes, got None\.$"),
        (
            '[[slice]]\nlabel = "a"\npath = "x"',
            r", slice 1: it must have label, paths and perhaps date, got label, path",
        ),
        (
            '[[slice]]\nlabel = "a"\npaths = "-"',
            r", slice 1: standard input \('-'\) has no place in a manifest; name a file",
        ),
        (
            '[[slice]]\nlabel = "a"\npaths = "old.txt"\n' * 2,
            r": slice labels must be unique, got 'a' twice; several paths for one label need a folder or a manifest\.$",
        ),
    ],
)
def test_bad_manifests(folder: Path, content: str, message: str) -> None:
    manifest = folder / "slices.toml"
    manifest.write_text(content)
    with pytest.raises(FormatError, match=message) as caught:
        read_manifest(manifest)
    assert str(manifest) in str(caught.value)


def test_a_missing_manifest_and_a_missing_file_in_one(folder: Path) -> None:
    with pytest.raises(FormatError, match=r"^the manifest .*no\.toml cannot be read: No such file or directory\.$"):
        read_manifest(folder / "no.toml")
    (folder / "m.toml").write_text('[[slice]]\nlabel = "a"\npaths = "gone.txt"\n')
    with pytest.raises(FormatError, match=r"^the manifest .*m\.toml: .*gone\.txt does not exist\.$"):
        read_manifest(folder / "m.toml")


def test_bins_hold_both_ends() -> None:
    bins = Bins("1790-1859, 1860-1899,1900,-500--400,uk")
    assert bins.labels == ("1790-1859", "1860-1899", "1900", "-500--400", "uk")
    keys = ["1790", "1859", "1860", "1900", "-450", "uk", "1901", "us", " 1790 "]
    assert [bins.find(key) for key in keys] == [0, 0, 1, 2, 3, 4, None, None, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bins must be printable and not empty, got ''"),
        ("1,,2", "bins must be printable and not empty, got ''"),
        ("1-3,1-3", "bins must be unique, got '1-3' twice"),
        ("1-3,3-5", "bins must not overlap, got '1-3' and '3-5'"),
        ("4,1-5", "bins must not overlap, got '1-5' and '4'"),
        ("5-1", "bins must run from the lower to the higher key, got '5-1'"),
    ],
)
def test_bad_bins(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        Bins(text)


def test_headers() -> None:
    pattern = compile_header(r"^### (\d{4})")
    assert parse_header(pattern, "### 1790  george washington ") == ("1790", "george washington")
    assert parse_header(pattern, "in ### 1790") is None
    assert parse_header(compile_header("^#(.*):"), "#a\tb : c\td") == ("a b", "c d")
    assert parse_header(compile_header("^#+"), "## x") == ("##", "x")
    assert parse_header(compile_header("^#(a)?"), "# x") == ("#", "x")
    message = "header must be a regular expression, got '(': missing ), unterminated subpattern at position 0"
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        compile_header("(")


def test_keys_in_words() -> None:
    assert describe_keys({"1800", "1790"}) == "run from 1790 to 1800"
    assert describe_keys({"b", "a", "1"}) == "are '1', 'a', 'b'"
    assert describe_keys(set("abcdefg")) == "are 'a', 'b', 'c', 'd', 'e' and 2 more"

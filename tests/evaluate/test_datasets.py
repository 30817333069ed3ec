"""Test sets: those that ship, those that are known, and files that are not what they should be."""

import hashlib
import lzma
from pathlib import Path

import pytest

from wordvec.errors import FormatError, ParameterError
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.sets.datasets import BUNDLED, Dataset, bundled, combined_digest, list_known, read_dataset
from wordvec.evaluate.similarity import read_pairs


def test_google_analogies_are_the_published_ones():
    dataset = bundled("questions-words.txt")
    assert dataset.sha256 == "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36"
    questions = read_questions(dataset)
    assert (len(questions), len(questions.categories)) == (19544, 14)
    assert questions.categories[4] == "family"


@pytest.mark.parametrize("name, pairs", [("UMNSRS-sim.txt", 566), ("UMNSRS-rel.txt", 587)])
def test_clinical_terms_are_the_published_ones(name, pairs):
    assert len(read_pairs(bundled(name))) == pairs


def test_what_ships_is_known_by_its_checksum():
    known = list_known()
    shipped = known[known["shipped"]]
    assert sorted(shipped["name"]) == sorted(BUNDLED)
    assert [bundled(name).sha256 for name in shipped["name"]] == shipped["sha256"].tolist()
    assert not known.drop(columns="sha256").eq("").any().any()


def test_checksums_are_those_of_the_files(shared_data):
    known = {row.sha256: row.name for row in list_known().itertuples(index=False) if row.sha256}
    found = set()
    for path in shared_data.rglob("*"):
        if path.is_file() and path.name.removesuffix(".xz") in known.values() and path.stat().st_size < 50_000_000:
            content = path.read_bytes()
            content = lzma.decompress(content) if path.suffix == ".xz" else content
            found.add(hashlib.sha256(content).hexdigest())
    assert known.keys() <= found


def test_the_page_of_test_sets_is_the_list():
    page = (Path(__file__).resolve().parents[2] / "docs" / "test-sets.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")][2:]
    known = list_known().itertuples(index=False)
    assert [[cell.strip().strip("`") for cell in row] for row in rows] == [
        [one.name, one.task, one.items, one.licence, one.source, one.sha256[:16], "yes" if one.shipped else ""]
        for one in known
    ]


def test_unknown_name():
    with pytest.raises(ParameterError, match=r"name must be one of UMNSRS-rel.txt, .*questions-words.txt, got 'msr'"):
        bundled("msr")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "x.txt is empty"),
        (b" \n\n", "x.txt is empty"),
        (b"cat dog 3\ncaf\xe9 tea 4\n", "x.txt, line 2: byte 13 is not UTF-8; convert the file"),
    ],
)
def test_bad_files(tmp_path, content, message):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(FormatError, match=message):
        read_dataset(tmp_path / "x.txt")
    with pytest.raises(FormatError, match="does not exist"):
        read_dataset(tmp_path / "y.txt")
    with pytest.raises(FormatError, match="is a folder; name a file"):
        read_dataset(tmp_path)


def test_messages_name_the_path_if_there_is_one(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text("cat dog 3\n")
    found = read_dataset(path)
    assert (found.name, found.shown, found.where(3)) == ("pairs.txt", str(path), f"{path}, line 3")
    assert read_dataset(found) is found
    assert Dataset("toy", "", "").where(1) == "toy, line 1"


def test_the_digest_of_several_files_is_of_names_and_contents():
    one, other = Dataset("one", "", "00"), Dataset("other", "", "01")
    digests = [
        combined_digest(files)
        for files in ([("a", one), ("b", other)], [("b", other), ("a", one)], [("a", one), ("c", other)], [("a", one)])
    ]
    assert len(set(digests)) == 4 and {len(digest) for digest in digests} == {64}

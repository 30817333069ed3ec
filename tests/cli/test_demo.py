"""``wordvec demo``: its folder is its own, and it tells the story from end to end."""

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_texts import FARM, RADIO, write_text

from wordvec.cli import cli

# The module, which the package's attribute of the same name may hide.
module = importlib.import_module("wordvec.cli.demo")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", *arguments])


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = _run("-o", str(tmp_path))
    assert result.exit_code == 3
    assert result.output.strip().endswith(
        f"{tmp_path} holds 'notes.txt', which no demo wrote; choose another folder with --output, "
        "or pass --overwrite to write the demo's files beside or over it."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demo"
    path.write_text("mine")
    result = _run("-o", str(path))
    assert result.exit_code == 3
    assert f"{path} is a file; choose another folder with --output." in result.output


def test_an_interrupted_demo_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_encode", interrupt)
    result = _run("-o", str(tmp_path / "demo"))
    assert result.exit_code == 130
    assert not list(tmp_path.iterdir())


def test_it_finds_the_word_that_changed_and_runs_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_addresses(tmp_path, monkeypatch)
    folder = tmp_path / "demo"
    first = _run("-o", str(folder), "--top", "3")
    assert first.exit_code == 0, (first.output, first.exception)
    assert "broadcast" in first.output
    assert f" nearest {folder / 'aligned.wvs'} broadcast" in first.output
    assert sorted(path.name for path in folder.iterdir()) == sorted(module.PARTS)
    table = (folder / "drift.tsv").read_bytes()
    again = _run("-o", str(folder), "--top", "3")
    assert again.exit_code == 0, (again.output, again.exception)
    assert again.stdout == first.stdout
    assert (folder / "drift.tsv").read_bytes() == table


def test_with_overwrite_other_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_addresses(tmp_path, monkeypatch)
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    result = _run("-o", str(folder), "--overwrite")
    assert result.exit_code == 0, (result.output, result.exception)
    assert (folder / "notes.txt").read_text() == "mine"


def test_the_bundled_addresses_fill_four_eras() -> None:
    import lzma
    import re
    from importlib.resources import files

    counts = dict.fromkeys(module.ERAS.split(","), 0)
    era = ""
    with (
        files("wordvec.data").joinpath(module.CORPUS).open("rb") as packed,
        lzma.open(packed, "rt", encoding="utf-8") as text,
    ):
        for line in text:
            if found := re.match(module.HEADER, line):
                era = next(e for e in counts if e[:4] <= found[1] <= e[5:])
            else:
                counts[era] += len(line.split())
    shares = [n / sum(counts.values()) for n in counts.values()]
    assert sum(counts.values()) > 1_900_000
    assert all(0.2 < share < 0.3 for share in shares), "no era may rule the compass"


def _small_addresses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put four short addresses in the place of the bundled ones."""
    parts = []
    for number, (year, company) in enumerate([(1800, FARM), (1870, FARM), (1930, RADIO), (2000, RADIO)]):
        path = folder / f"{year}.part"
        write_text(path, broadcast=company, seed=number, header=f"### {year} somebody")
        parts.append(path.read_text("utf-8"))
        path.unlink()
    path = folder / "addresses.txt"
    path.write_text("\n".join(parts), encoding="utf-8")
    monkeypatch.setattr(module, "CORPUS", str(path))  # an absolute path wins when it is joined

"""The documentation is true: examples run, commands and options exist, links lead somewhere."""

import doctest
import importlib
import inspect
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from small_texts import write_periods

import wordvec
from wordvec.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")])
USER_PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = {"sh", "bash", "shell", "console"}


def _module_names() -> list[str]:
    names = []
    for folder, package in ((ROOT / "wordvec", "wordvec"), (ROOT / "kernels", "wordvec.kernels")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            names.append(".".join([package, *(part for part in parts if part != "__init__")]))
    return names


MODULES = _module_names()


def _page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


def _every_command() -> Iterator[tuple[str, click.Command]]:
    """Yield the full name of each command and the command, groups before what is in them."""
    for name in COMMANDS:
        command = _command(name)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", command.commands[inner]) for inner in command.commands)


EVERY_COMMAND = dict(_every_command())


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_modules_say_what_they_are(name: str) -> None:
    assert (importlib.import_module(name).__doc__ or "").strip()


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the public functions and classes that a module defines itself."""
    names = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])
    for name in names:
        thing = vars(module).get(name)
        is_own = callable(thing) and getattr(thing, "__module__", None) == module.__name__
        if is_own and not isinstance(thing, click.Command):
            yield name, thing


def _unnamed(thing: Any) -> list[str]:
    text = inspect.getdoc(thing) or ""
    return [name for name in inspect.signature(thing).parameters if not re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_name_their_parameters(name: str) -> None:
    module = importlib.import_module(name)
    for thing_name, thing in _public(module):
        text = inspect.getdoc(thing) or ""
        assert text, f"{name}.{thing_name} has no docstring"
        if re.search(r"^Parameters\n-+$", text, re.M):
            assert not _unnamed(thing), f"the docstring of {name}.{thing_name} does not name {_unnamed(thing)}"


@pytest.mark.parametrize("name", sorted(set(wordvec.__all__) - {"__version__"}))
def test_the_public_api_is_documented_in_full(name: str) -> None:
    thing = getattr(wordvec, name)
    text = inspect.getdoc(thing) or ""
    if not (inspect.isclass(thing) and issubclass(thing, BaseException)):
        assert re.search(r"^Parameters\n-+$", text, re.M), f"wordvec.{name} needs a Parameters section"
        assert not _unnamed(thing), f"the docstring of wordvec.{name} does not name {_unnamed(thing)}"
    if inspect.isclass(thing):
        methods = {n: f for n, f in vars(thing).items() if not n.startswith("_") and inspect.isfunction(f)}
        silent = [n for n, function in methods.items() if not inspect.getdoc(function)]
        assert not silent, f"methods of wordvec.{name} without a docstring: {silent}"


@pytest.mark.parametrize("name", EVERY_COMMAND)
def test_every_command_has_help_and_an_example(name: str) -> None:
    command = EVERY_COMMAND[name]
    assert re.search(rf"\x08\s+Examples?:\n\s+wordvec {name} ", command.help or ""), f"wordvec {name} needs an Example:"
    silent = [p.opts for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not silent, f"wordvec {name}: options without help: {silent}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"`wordvec {name}" in (ROOT / "README.md").read_text("utf-8")


def _blocks(path: Path, languages: set[str]) -> Iterator[str]:
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
        if language in languages:
            yield block


def _shell_lines(path: Path) -> Iterator[str]:
    for block in _blocks(path, SHELL):
        for line in block.replace("\\\n", " ").splitlines():
            yield line.strip().removeprefix("$ ")
    yield from re.findall(r"`(wordvec [a-z][^`\n]*)`", path.read_text("utf-8"))


@pytest.mark.parametrize("path", USER_PAGES, ids=_page)
def test_documented_commands_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for line in _shell_lines(path):
        for part in re.split(r" \| ", line):
            words = shlex.split(part, comments=True)
            if words[:1] == ["make"]:
                assert set(w for w in words[1:] if "=" not in w) <= targets, f"{_page(path)}: {line}"
            if words[:1] != ["wordvec"] or len(words) < 2 or words[1].startswith("-"):
                continue
            assert words[1] in COMMANDS, f"{_page(path)}: no command {words[1]!r}: {line}"
            command = EVERY_COMMAND.get(" ".join(words[1:3]), _command(words[1]))
            if isinstance(command, click.Group) and words[2:]:
                assert words[2].startswith("-"), (
                    f"{_page(path)}: wordvec {words[1]} has no command {words[2]!r}: {line}"
                )
            options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
            used = {w.split("=")[0] for w in words[2:] if re.match(r"--?[a-z]", w)}
            assert used <= options, f"{_page(path)}: wordvec {words[1]} has no {used - options}: {line}"


@pytest.mark.parametrize("path", USER_PAGES, ids=_page)
def test_options_named_in_passing_exist(path: Path) -> None:
    known = {o for command in EVERY_COMMAND.values() for p in command.params for o in p.opts} | {"--help", "--version"}
    named = set(re.findall(r"`(--[a-z][a-z-]*)", path.read_text("utf-8")))
    assert named <= known, f"{_page(path)} names options that no command has: {named - known}"


@pytest.mark.parametrize("path", USER_PAGES, ids=_page)
def test_documented_python_uses_public_names(path: Path) -> None:
    for block in _blocks(path, {"python"}):
        compile(block, _page(path), "exec")
        used = set(re.findall(r"\bwv\.(\w+)", block))
        assert used <= set(wordvec.__all__), f"{_page(path)}: wordvec has no {used - set(wordvec.__all__)}"


def test_the_five_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_periods(tmp_path)
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "five.py"
    script.write_text(next(b for b in _blocks(ROOT / "README.md", {"python"}) if "encode_slices" in b), "utf-8")
    names = runpy.run_path(str(script))
    assert names["aligned"].labels == names["corpus"].labels


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file) if file else path
        assert linked.exists(), f"{_page(path)} links to {target}"
        if anchor:
            assert anchor in _anchors(linked), f"{_page(path)} links to {target}: no such heading"


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_pages_name_no_folder_of_a_developers_machine(path: Path) -> None:
    assert not re.search(r"/(home|root|work|Users)/", path.read_text("utf-8"))

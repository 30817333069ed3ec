"""``wordvec senses tag``."""

import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .interrupt import check
from .options import overwrite_option
from .output import note

if TYPE_CHECKING:
    from ..senses.tagging import TaggedLine
    from ..text.readers import LineReader

__all__ = ["tag"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("senses", type=_PATH)
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
@click.option("-o", "--output", type=_PATH, metavar="FILE", help="File to write (default: standard output).")
@click.option("--plain", is_flag=True, help="Words with one sense are written without a number.")
@click.option("--window", type=click.IntRange(1), help="Words on either side that count (default: as in training).")
@click.option(
    "--rule",
    type=click.Choice(["gate", "cosine"]),
    default="gate",
    show_default=True,
    help="Tell senses apart by their gates, or by the cosine of sense and context.",
)
@click.option(
    "--tokenizer",
    type=click.Choice(["words", "whitespace"]),
    help="How a line is cut into words (default: as in training, where SENSES say so, else words).",
)
@click.option(
    "--case",
    type=click.Choice(["lower", "keep"]),
    help="Lower words, or keep them (default: as in training, where SENSES say so, else lower).",
)
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the text.")
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace", "ignore"]),
    default="strict",
    show_default=True,
    help="What to do with bytes that are not in the encoding.",
)
@overwrite_option
def tag(
    senses: Path,
    texts: tuple[str, ...],
    output: Path | None,
    plain: bool,
    window: int | None,
    rule: str,
    tokenizer: str | None,
    case: str | None,
    encoding: str,
    errors: str,
    overwrite: bool,
) -> None:
    """Write TEXT with the sense of each word: bank#1, bank#2.

    TEXT is a file, packed or not, a folder of them, or - for standard input. One line of words is written
    for each line of text. Words that SENSES do not know are passed through as they are, and counted.

    \b
    Example:
        wordvec senses tag senses.wv new.txt -o tagged.txt
    """
    from ..disk import check_file_output, writing
    from ..files.formats import read_senses
    from ..senses.tagging import tag_text
    from ..text.decoding import check_encoding
    from ..text.folders import find_files
    from ..text.phrases import PhraseMerger
    from ..text.readers import LineReader

    check_encoding(encoding)
    if output is not None:
        check_file_output(output, overwrite=overwrite)
    found = [find_files(text) for text in texts]
    loaded = read_senses(senses)
    readers = [LineReader(name, encoding=encoding, errors=errors) for one in found for name in one.files]
    ends: deque[bool] = deque()
    lines = tag_text(
        loaded,
        _read(readers, ends),
        tokenizer=tokenizer or str(loaded.metadata.get("tokenizer", "words")),
        case=case or str(loaded.metadata.get("case", "lower")),
        window=window,
        rule=rule,  # type: ignore[arg-type]  # click checked it
        phrases=PhraseMerger.from_vocabulary(loaded.vocabulary) if "phrases" in loaded.metadata else None,
    )
    counts: Counter[str] = Counter()
    with nullcontext(sys.stdout.buffer) if output is None else writing(output, overwrite=overwrite) as stream:
        for line in lines:
            after = "\n" if ends.popleft() else " "  # a very long line comes in parts
            stream.write((" ".join(line.tokens(plain=plain)) + after).encode("utf-8", "replace"))
            _count(line, counts)
        stream.flush()
    _report(counts, sum((one.left_out for one in found), Counter[str]()), readers, output)


def _read(readers: "Iterable[LineReader]", ends: deque[bool]) -> Iterator[str]:
    """Yield the lines of all files; add to ``ends`` whether each is whole, or a part with more to come."""
    for reader in readers:
        for piece in reader.pieces():
            check()
            ends.append(piece.ends)
            yield piece.text


def _count(line: "TaggedLine", counts: Counter[str]) -> None:
    counts["words"] += len(line.words)
    counts["unknown"] += line.senses.count(0)
    counts["one"] += sum(line.has_one)
    counts["alone"] += line.n_without_context


def _report(counts: Counter[str], left_out: Counter[str], readers: "Iterable[LineReader]", output: Path | None) -> None:
    """Say on standard error what was tagged, and what was not."""
    from ..text.folders import describe_left_out

    n, unknown, one = counts["words"], counts["unknown"], counts["one"]
    where = "" if output is None else f"{output} written: "
    share = f" ({unknown / n:.1%})" if n else ""
    note(f"{where}{n:,} words, {n - unknown - one:,} of them of several senses, {one:,} of one")
    note(f"  unknown words, passed through as they are: {unknown:,}{share}")
    if counts["alone"]:
        note(f"  without a known word around them, so of the most prevalent sense: {counts['alone']:,}")
    if left_out:
        note(f"  files left out: {describe_left_out(left_out)}")
    if undecodable := sum(reader.undecodable for reader in readers):
        note(f"  characters replaced or left out, as they are not in the encoding: {undecodable:,}")

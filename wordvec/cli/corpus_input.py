"""Where a command takes a corpus: a folder made by ``wordvec encode``, or text that is encoded on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact import is_artifact, open_artifact
from ..errors import FormatError
from .output import note
from .record_options import RECORD_OPTIONS, read_records, tell_records
from .text_cleaning import CLEANING_OPTIONS, cleaning, tell_cleaning

if TYPE_CHECKING:
    from ..progress import Watcher
    from ..text.corpus import Corpus
    from ..text.phrases import PhraseMerger
    from ..text.vocabulary import Vocabulary

__all__ = ["TextInput", "corpus_options", "encode_input", "load_corpus", "report_lines"]

_PATH = click.Path(path_type=Path)
#: The first line of a list of words with counts; the header of a vector file has a space where this has a tab.
_COUNTED_WORD = re.compile(rb"[^\t ]+\t[0-9]+\r?\n?$")


@dataclass(frozen=True, kw_only=True)
class TextInput:
    """What the options of :func:`corpus_options` said."""

    paths: tuple[Path, ...]
    slices: tuple[str, ...]
    manifest: Path | None
    header: str | None
    bins: str | None
    documents: str | None
    tokenizer: str
    case: str
    encoding: str
    errors: str
    vocabulary: Path | None
    phrases_from: tuple[Path, ...]
    min_count: int
    max_size: int | None
    spellings: tuple[str, ...]
    join_hyphens: bool
    lexicon: Path | None
    min_documents: int
    no_examples: bool
    text_format: str | None
    text_column: str | None
    date_column: str | None
    date_format: str | None
    id_column: str | None
    columns: str | None
    slice_by: str | None
    metadata: Path | None
    layer: str
    quotes: bool


def corpus_options(metavar: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that gives a command the text arguments and passes them on as ``texts``.

    Parameters
    ----------
    metavar : str
        How the paths are called in the usage line: ``"TEXT..."``, ``"CORPUS"``.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(**options: Any) -> None:
            texts = TextInput(**{field.name: options.pop(field.name) for field in fields(TextInput)})
            function(texts=texts, **options)

        decorated: Callable[..., None] = command
        for option in reversed([*_OPTIONS, *RECORD_OPTIONS]):
            decorated = option(decorated)
        return click.argument("paths", nargs=-1, type=_PATH, metavar=f"[{metavar}]")(decorated)

    return decorate


_OPTIONS = (
    click.option(
        "--slice", "slices", multiple=True, metavar="LABEL=PATH", help="A slice and its text; may be given repeatedly."
    ),
    click.option("--manifest", type=_PATH, metavar="FILE", help="TOML file of slices: label, paths, date."),
    click.option("--header", metavar="REGEX", help="What a header line looks like; group 1 is its key (a year)."),
    click.option(
        "--bins",
        metavar="BINS",
        help="Slices as ranges of header keys that are whole numbers, or as single keys: 1790-1859,1860-1899 or uk,us; "
        "in a table, of years (--date-column) or values (--slice-by).",
    ),
    click.option(
        "--documents",
        type=click.Choice(["blank", "line", "header", "file"]),
        help="Where a document ends (default: at headers, else blank lines if there are any, else every line).",
    ),
    click.option(
        "--tokenizer",
        type=click.Choice(["words", "whitespace"]),
        default="words",
        show_default=True,
        help="How a line is cut into words; whitespace is for text that is segmented already.",
    ),
    click.option(
        "--case",
        type=click.Choice(["lower", "keep"]),
        default="lower",
        show_default=True,
        help="Lower words, or keep them as they are.",
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the text."),
    click.option(
        "--errors",
        type=click.Choice(["strict", "replace", "ignore"]),
        default="strict",
        show_default=True,
        help="What to do with bytes that are not in the encoding.",
    ),
    click.option(
        "--vocabulary",
        type=_PATH,
        metavar="PATH",
        help="Use the words of this corpus, these vectors or slices, or of a list: one word a line.",
    ),
    click.option(
        "--phrases-from",
        type=_PATH,
        multiple=True,
        metavar="FILE",
        help="Join phrases to words (heart_attack): the names of a knowledge graph, or a list, one phrase a line; "
        "repeatable.",
    ),
    click.option(
        "--min-count", type=click.IntRange(1), default=5, show_default=True, help="Drop words rarer than this."
    ),
    click.option("--max-size", type=click.IntRange(1), help="Keep at most this many words, the most frequent ones."),
    *CLEANING_OPTIONS,
)


def load_corpus(texts: TextInput, progress: "Watcher | None" = None) -> "Corpus":
    """Open the corpus that a command was given, or encode the text that it was given instead.

    Parameters
    ----------
    texts : TextInput
        What :func:`corpus_options` passed.
    progress : callable, optional
        Is told how far encoding is.
    """
    if len(texts.paths) == 1 and is_artifact(texts.paths[0]):
        from ..text.corpus import Corpus

        given = _given()
        if given:
            raise click.UsageError(f"{texts.paths[0]} is encoded already; {given[0]} is for text. Leave it out.")
        return Corpus.load(texts.paths[0])
    corpus = encode_input(texts, progress=progress)
    for line in report_lines(corpus):
        note(line)
    return corpus


def encode_input(
    texts: TextInput, *, output: Path | None = None, overwrite: bool = False, progress: "Watcher | None" = None
) -> "Corpus":
    """Encode text as the options say; see :func:`wordvec.encode` for the errors."""
    from ..text.encode import Reading, encode, encode_slices
    from ..text.sources import label_slices, read_manifest

    _check(texts)
    reading = Reading(
        tokenizer=texts.tokenizer,
        case=texts.case,
        encoding=texts.encoding,
        errors=texts.errors,
        documents=texts.documents,
        header=texts.header,
        bins=texts.bins,
        join_hyphens=texts.join_hyphens,
        records=read_records(texts),
    )
    rest: dict[str, Any] = {"min_count": texts.min_count, "max_size": texts.max_size}
    rest |= {"output": output, "overwrite": overwrite, "progress": progress}
    rest |= cleaning(
        texts.spellings, texts.lexicon, texts.min_documents, texts.no_examples, texts.tokenizer, texts.case
    )
    vocabulary = None if texts.vocabulary is None else _vocabulary(texts.vocabulary)
    rest["phrases"] = _phrases(texts, vocabulary)
    if texts.paths:
        return encode(texts.paths, reading=reading, vocabulary=vocabulary, **rest)
    if texts.manifest is not None:
        return encode_slices(read_manifest(texts.manifest), reading=reading, vocabulary=vocabulary, **rest)
    slices = label_slices(_split(given) for given in texts.slices)
    return encode_slices(slices, reading=reading, vocabulary=vocabulary, **rest)


def report_lines(corpus: "Corpus") -> list[str]:
    """Return what an encoding read, kept and dropped, in words."""
    report = corpus.metadata["report"]
    tokens, types, lines = report["tokens"], report["types"], report["lines"]
    kept = f"{tokens['kept']:,} of {tokens['read']:,} tokens and {types['kept']:,} of {types['read']:,} words kept"
    shown = [f"{kept}; documents end at: {corpus.metadata['documents']}"]
    settings = corpus.metadata["settings"]
    if settings["header"] is not None and settings["bins"] is None and len(corpus.labels) == 1:
        what = "are left out" if corpus.metadata["documents"] == "file" else "end documents"
        shown.append(f"  headers {what}; no --bins, so one slice")
    for part in report["slices"]:
        shown.append(
            f"  slice {part['label']}: {part['documents']:,} documents, {part['sentences']:,} sentences, "
            f"{part['tokens']:,} tokens ({part['share']:.1%})"
        )
    shown += tell_records(report, list(corpus.documents.columns))
    shown += _tell_phrases(report.get("phrases"), settings)
    shown += _reasons("tokens", tokens, types)
    if settings["vocabulary"] is not None and (absent := len(corpus.vocabulary) - types["kept"]):
        shown.append(f"  words of the vocabulary that do not occur: {absent:,} of {len(corpus.vocabulary):,}")
    shown += _reasons("lines", lines)
    shown += _reasons("documents", report["documents"])
    shown += _files_left_out(report["files"])
    shown += _unsegmented(report.get("unsegmented", {}).get("tokens", 0), tokens["read"])
    if returns := report["files"].get("with_cr_line_ends"):
        shown.append(f"  files with CR line ends (old Macintosh): {returns:,}; each CR was read as a line end")
    if report["characters"]["undecodable"]:
        errors = "left out" if settings["errors"] == "ignore" else "replaced by U+FFFD"
        shown.append(f"  characters {errors}: {report['characters']['undecodable']:,} not in the encoding")
    return shown + tell_cleaning(corpus)


def _tell_phrases(phrases: dict[str, Any] | None, settings: dict[str, Any]) -> list[str]:
    """Return the lines about phrases, if some were to be joined."""
    if phrases is None:
        return []
    apart, left_out = phrases["taken_apart"], {key: n for key, n in phrases["left_out"].items() if n}
    lines = [f"  phrases: {phrases['found']:,} of {phrases['given']:,} found, {phrases['occurrences']:,} times"]
    if apart["phrases"]:
        why = "rarer than --min-count" + (" or beyond --max-size" if settings.get("max_size") else "")
        why = why if settings["vocabulary"] is None else "outside --vocabulary"
        lines[0] += f"; {apart['phrases']:,} of them ({apart['occurrences']:,} times) {why}, so taken apart again"
    return lines + _reasons("phrases", left_out)


#: Share of tokens that are several words of a script without spaces, from which on the report says so.
_CLAUSES = 0.01
#: Reasons in the report that stand for something that was kept.
_NO_LOSS = ("read", "kept", "sentences")


def _reasons(what: str, counts: dict[str, int], types: dict[str, int] | None = None) -> list[str]:
    """Return the line about what was dropped, if anything was."""
    parts = []
    for reason, count in counts.items():
        if count and reason not in _NO_LOSS:
            words = f" ({types[reason]:,} words)" if types and reason in types else ""
            parts.append(f"{count:,} {reason.replace('_', ' ')}{words}")
    return [f"  {what} left out: {', '.join(parts)}"] if parts else []


def _unsegmented(clauses: int, read: int) -> list[str]:
    """Return the line about text in a script without spaces, if it is a hundredth of the tokens."""
    if not clauses or clauses < _CLAUSES * read:
        return []
    return [
        f"  {clauses / read:.0%} of the tokens are runs of a script written without spaces; segment the text first and "
        "use --tokenizer whitespace"
    ]


def _files_left_out(files: dict[str, Any]) -> list[str]:
    """Return the line about files that were not read, if there are any."""
    from ..text.folders import describe_left_out

    empty = f"{files['empty']:,} empty" if files["empty"] else ""
    parts = [part for part in (empty, describe_left_out(files.get("left_out", {}))) if part]
    return [f"  files left out: {', '.join(parts)}"] if parts else []


def _given() -> list[str]:
    """Return the options about text that were typed on the command line."""
    context = click.get_current_context()
    names = {field.name for field in fields(TextInput)} - {"paths"}
    typed = click.core.ParameterSource.COMMANDLINE
    return [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(parameter.name) == typed
    ]


def _check(texts: TextInput) -> None:
    """Raise :class:`click.UsageError` for options that exclude each other."""
    given = [bool(texts.paths), bool(texts.slices), texts.manifest is not None]
    if sum(given) != 1:
        found = "nothing" if not any(given) else "more than one of these"
        raise click.UsageError(f"give text paths, or --slice LABEL=PATH, or --manifest FILE; got {found}.")
    if texts.bins is not None and not texts.paths:
        raise click.UsageError("--bins makes the slices itself: give text paths without --slice and --manifest.")
    if texts.slice_by is not None and not texts.paths:
        raise click.UsageError("--slice-by makes the slices itself: give text paths without --slice and --manifest.")
    has_keys = texts.date_column is not None or texts.slice_by is not None
    if texts.header is None and ((texts.bins is not None and not has_keys) or texts.documents == "header"):
        option = "--documents header" if texts.documents == "header" else "--bins"
        raise click.UsageError(f"{option} needs --header REGEX, which finds the header lines.")
    clash = {"--min-count", "--max-size", "--min-documents"} & set(_given())
    if texts.vocabulary is not None and clash:
        raise click.UsageError(f"{min(clash)} chooses words, and --vocabulary has chosen them: leave one out.")
    if texts.join_hyphens and texts.documents == "line":
        raise click.UsageError("--join-hyphens joins lines, and --documents line parts them: leave one out.")
    for path in texts.paths:
        if is_artifact(path):
            raise click.UsageError(f"{path} is a wordvec artefact, not text.")


def _split(given: str) -> tuple[str, Path]:
    label, equals, path = given.partition("=")
    if not (label.strip() and equals and path):
        raise click.UsageError(f"--slice must be LABEL=PATH, got {given!r}.")
    return label.strip(), Path(path)


def _vocabulary(path: Path) -> "Vocabulary":
    """Read the vocabulary of an artefact or a file of vectors, or a list of words."""
    from ..text.vocabulary import Vocabulary

    if path.exists() and not path.is_dir():
        return _vocabulary_of_file(path)
    artifact = open_artifact(path)
    if "vocabulary" not in artifact:
        raise FormatError(f"{path} has no vocabulary; give a corpus, vectors, aligned slices or a list of words.")
    return Vocabulary.load(artifact)


def _phrases(texts: TextInput, vocabulary: "Vocabulary | None") -> "PhraseMerger | None":
    """Return the phrases that were asked for, or those of the vocabulary if it was made with some."""
    from ..text.phrases import PhraseMerger

    if texts.phrases_from:
        from .graph_input import read_names

        names = [name for path in texts.phrases_from for name in read_names(path)]
        merger = PhraseMerger.from_texts(names, tokenizer=texts.tokenizer, case=texts.case)
        if not len(merger):
            listed = ", ".join(map(str, texts.phrases_from))
            raise FormatError(f"{listed} has no phrase of several words; the first is {names[0][:60]!r}.")
        return merger
    if vocabulary is None or texts.vocabulary is None or not texts.vocabulary.is_dir():
        return None
    metadata = open_artifact(texts.vocabulary).metadata
    made_with_some = "phrases" in metadata or "phrases" in (metadata.get("settings") or {})
    return PhraseMerger.from_vocabulary(vocabulary) if made_with_some else None


def _vocabulary_of_file(path: Path) -> "Vocabulary":
    from ..files.formats import read_vectors, sniff
    from ..text.word_list import read_word_list

    if path.is_file():
        with path.open("rb") as stream:
            if _COUNTED_WORD.match(stream.readline(1 << 16)):
                return read_word_list(path)
    try:
        sniff(path)
    except FormatError:  # a list of words has no numbers, or one after a tab: vectors have more
        return read_word_list(path)
    return read_vectors(path).vocabulary

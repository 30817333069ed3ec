"""Options about the state of a text: variant spellings, broken words, a lexicon, and what may be kept of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import note

if TYPE_CHECKING:
    from ..text.corpus import Corpus

__all__ = ["CLEANING_OPTIONS", "cleaning", "is_private", "tell_cleaning"]

CLEANING_OPTIONS = (
    click.option(
        "--normalise",
        "spellings",
        multiple=True,
        metavar="MAP",
        help="Replace variant spellings: a file of lines variant, tab, word; or long-s (ſ and printers' ligatures); "
        "repeatable.",
    ),
    click.option("--join-hyphens", is_flag=True, help="Join words that a hyphen breaks at the end of a line."),
    click.option(
        "--lexicon",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Words that are taken for well read, one a line: tells how much of each slice is outside (default: "
        "the words of the other slices).",
    ),
    click.option(
        "--min-documents",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="Drop words that occur in fewer documents than this.",
    ),
    click.option(
        "--no-examples",
        is_flag=True,
        help="Keep no way back to the text: no lines, no file paths, no names of documents.",
    ),
)


def cleaning(
    normalize: tuple[str, ...],
    lexicon: Path | None,
    min_documents: int,
    no_examples: bool,
    tokenizer: str,
    case: str,
) -> dict[str, Any]:
    """Return what these options are for :func:`wordvec.encode`."""
    from ..text.normalize import Normalizer
    from ..text.quality import read_lexicon

    return {
        "normalizer": Normalizer.from_parts(normalize, tokenizer=tokenizer, case=case) if normalize else None,
        "lexicon": None if lexicon is None else read_lexicon(lexicon),
        "min_documents": min_documents,
        "examples": not no_examples,
    }


def is_private(corpus: "Corpus") -> bool:
    """Tell whether nothing may be quoted from a corpus, and print why."""
    from ..errors import FormatError

    try:
        corpus.check_quotable()
    except FormatError as error:
        note(f"No examples: {error}")
        return True
    return False


def tell_cleaning(corpus: "Corpus") -> list[str]:
    """Return what was replaced and joined, and where slices differ in how well they were read, in words."""
    from ..text.quality import describe_quality, text_quality

    report, shown = corpus.metadata["report"], []
    if "normalization" in report:
        shown += _tell_variants(report["normalization"])
    if "hyphens" in report:
        shown += _tell_hyphens(report["hyphens"])
    if corpus.metadata["settings"].get("examples") is False:
        shown.append("  no lines, paths or names of documents are kept; the words of each sentence are")
    return shown + [f"  {remark}" for remark in describe_quality(text_quality(corpus))]


def _tell_variants(told: dict[str, Any]) -> list[str]:
    named = ", ".join(f"{variant} → {word} ({count:,})" for variant, word, count in told["most_frequent"])
    counted = f"  variants replaced: {told['types']:,} words, {told['tokens']:,} times"
    lines = [f"{counted}: {named}" if named else counted]
    parts = [f"{count:,} {reason.replace('_', ' ')}" for reason, count in told["left_out"].items() if count]
    return lines + ([f"  variants left out: {', '.join(parts)}"] if parts else [])


def _tell_hyphens(told: dict[str, Any]) -> list[str]:
    names = {"joined": "joined", "with_hyphen": "compounds with a hyphen", "left_apart": "left as two words"}
    parts = [f"{told[key]['line_ends']:,} {what}" for key, what in names.items()]
    unknown = told["joined_without_evidence"]["line_ends"]
    parts[0] += f" ({unknown:,} of them to words that are nowhere else)" if unknown else ""
    return [f"  words broken by a line end: {told['line_ends']:,}; {', '.join(parts)}"]

"""The options of ``wordvec drift``, by their purpose."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .option_groups import options_as
from .options import format_option, overwrite_option

if TYPE_CHECKING:
    from ..drift.measures import Against

__all__ = [
    "MEASURES",
    "NULLS",
    "PLANTS",
    "SECTIONS",
    "AgreementInput",
    "ControlInput",
    "DriftInput",
    "MeasureInput",
    "OutputInput",
    "ScopeInput",
    "StatsInput",
    "TextInput",
    "agreement_options",
    "control_options",
    "measure_options",
    "output_options",
    "scope_options",
    "stats_options",
    "text_options",
]

#: The names in ``wordvec.drift.measures``, repeated so that ``--help`` need not load it.
MEASURES = ("cosine", "lncs2", "moving_lncs2", "intersection", "second_order", "contexts", "senses")
#: The names in ``wordvec.drift.controls`` and ``.planted``.
NULLS = ("same-text", "shuffled", "frequency", "ocr")
PLANTS = ("swap", "blend")
#: Rows to print where none are asked for.
TOP = 20
_PATH = click.Path(path_type=Path)
_WANTED_BY: "dict[str, Against]" = {"change_points": "first", "dispersion": "every"}


@dataclass(frozen=True, kw_only=True)
class ScopeInput:
    """Which words and slices are compared."""

    words: str | None
    words_file: Path | None
    min_count: int
    against: "Against | None"
    unordered: bool


scope_options = options_as(
    "scope",
    ScopeInput,
    (
        click.option("--words", help="Only these words, with commas between them.", metavar="A,B,C"),
        click.option("--words-file", type=_PATH, help="Only the words in this file, one a line.", metavar="FILE"),
        click.option(
            "--min-count", default=20, show_default=True, help="Leave a word out where a side has fewer of it."
        ),
        click.option(
            "--against",
            type=click.Choice(["previous", "first", "every"]),
            help="Compare each slice with the one before it, the first, or every earlier one [default: previous; "
            "every with --unordered or --dispersion; first with --change-points].",
        ),
        click.option("--unordered", is_flag=True, help="The slices have no order: places, genres, registers."),
    ),
)


@dataclass(frozen=True, kw_only=True)
class MeasureInput:
    """How drift is measured, and what is made of it."""

    measures: tuple[str, ...]
    residual: bool
    summary: str | None
    k: int
    k_intersection: int
    anchors: int
    t: float


measure_options = options_as(
    "measure",
    MeasureInput,
    (
        click.option(
            "--measure",
            "measures",
            type=click.Choice(MEASURES),
            multiple=True,
            default=("cosine",),
            show_default=True,
            help="May be repeated. The report ranks by the first; senses needs --senses, contexts --corpus.",
        ),
        click.option("--residual", is_flag=True, help="Add a column: drift beyond what words of the same counts have."),
        click.option(
            "--change-points",
            "summary",
            flag_value="change_points",
            help="Instead of drift: since which slice each word is at another level, tested by the order of slices.",
        ),
        click.option(
            "--dispersion",
            "summary",
            flag_value="dispersion",
            help="Instead of drift: each word's mean over every two slices, and the odd slice out.",
        ),
        click.option("--k", default=25, show_default=True, help="Neighbors that lncs2 looks at."),
        click.option(
            "--k-intersection",
            default=1000,
            show_default=True,
            help="Neighbors that intersection looks at, best at most a tenth of the words that both slices have.",
        ),
        click.option(
            "--anchors",
            default=1000,
            show_default=True,
            help="Most frequent words of both slices that second_order looks from.",
        ),
        click.option("--t", default=0.5, show_default=True, help="Weight of the cosine in moving_lncs2."),
    ),
)


@dataclass(frozen=True, kw_only=True)
class OutputInput:
    """What is written and printed."""

    output: Path | None
    report: Path | None
    top: int | None
    neighbors: int
    table_format: str | None
    overwrite: bool


output_options = options_as(
    "shown",
    OutputInput,
    (
        click.option(
            "-o",
            "--output",
            type=_PATH,
            help="File for every row: Parquet if its name ends in .parquet, else tab-separated; - for standard output.",
            metavar="FILE",
        ),
        click.option(
            "--report",
            type=_PATH,
            help="File for the illustrated report (HTML); - for standard output.",
            metavar="FILE",
        ),
        click.option(
            "--top",
            type=click.IntRange(0),
            default=None,
            help=f"Rows to print for each comparison and measure [default: {TOP}; all with --words; "
            "none with -o when the output is no terminal].",
        ),
        click.option(
            "--neighbors",
            type=click.IntRange(0),
            default=10,
            show_default=True,
            help="Nearest neighbors to print for each word and slice.",
        ),
        format_option,
        overwrite_option,
    ),
)


@dataclass(frozen=True, kw_only=True)
class TextInput:
    """What else is known of the slices."""

    corpus: Path | None
    senses: Path | None


text_options = options_as(
    "texts",
    TextInput,
    (
        click.option(
            "--corpus",
            type=_PATH,
            metavar="CORPUS",
            help="The text: for --stats and contexts; with --senses, to quote examples in the report.",
        ),
        click.option(
            "--senses",
            type=_PATH,
            metavar="SENSES",
            help="Senses in the same slices (wordvec senses align): the report says which sense grew.",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class StatsInput:
    """How intervals and tests are made."""

    stats: bool
    unit: str
    strata: str | None
    within: str | None
    min_units: int
    splits: int
    permutations: int
    lr: float
    confidence: float
    seed: int
    max_memory: int
    threads: int | None


stats_options = options_as(
    "stats",
    StatsInput,
    (
        click.option("--stats", is_flag=True, help="Intervals, p and q for every word; needs --corpus, takes minutes."),
        click.option(
            "--unit",
            default="document",
            show_default=True,
            help="What the text is a sample of: document, date, file, or a column such as author.",
        ),
        click.option("--strata", metavar="COLUMN", help="Exchange units within these only (genre, source)."),
        click.option(
            "--within",
            metavar="COLUMN",
            help="Groups inside a slice, whose drift is the floor: date, order, or a column "
            "[default: date, else order].",
        ),
        click.option("--min-units", default=5, show_default=True, help="A word with fewer has no p and no interval."),
        click.option("--splits", default=16, show_default=True, help="Random halves of each slice."),
        click.option("--permutations", default=20, show_default=True, help="Exchanges of units between slices."),
        click.option("--lr", default=0.1, show_default=True, help="Learning rate of the replicates."),
        click.option("--confidence", default=0.95, show_default=True, help="Coverage of the intervals."),
        click.option("--seed", default=1, show_default=True, help="Of all draws."),
        click.option(
            "--max-memory",
            type=click.IntRange(1),
            default=1024,
            show_default=True,
            help="MB for vectors; with less, words take turns and the text is read more often.",
        ),
        click.option("--threads", type=click.IntRange(1), default=None, help="Threads to use [default: all]."),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ControlInput:
    """What checks the statistics."""

    nulls: tuple[str, ...]
    plant: str | None
    plant_shares: tuple[float, ...]
    control_seed: int
    refit_compass: int | None


control_options = options_as(
    "controls",
    ControlInput,
    (
        click.option(
            "--null",
            "nulls",
            multiple=True,
            metavar="KIND",
            help=f"Assess two slices in which nothing changed, too: {', '.join(NULLS)}; may be repeated. frequency=0.9 "
            "takes away that share of uses, ocr=0.1 damages that share of tokens. Aligns again each time.",
        ),
        click.option(
            "--plant",
            type=click.Choice(PLANTS),
            help="Change words by a known share where nothing changed, and print how many are found.",
        ),
        click.option(
            "--plant-share",
            "plant_shares",
            type=click.FloatRange(0.0, 1.0, min_open=True),
            multiple=True,
            help="Share of a planted word's uses that change; may be repeated [default: 0.1, 0.25, 0.5, 1].",
        ),
        click.option(
            "--control-seed", type=click.IntRange(0), default=1, show_default=True, help="Of nulls and plants."
        ),
        click.option(
            "--refit-compass",
            type=click.IntRange(3),
            metavar="N",
            help="Align N times with other seeds, and add a column: how much raw drift varies by that (20 will do).",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class AgreementInput:
    """How several methods are compared."""

    agreement: bool
    agreement_nulls: tuple[Path, ...]
    agreement_top: int


agreement_options = options_as(
    "agreement",
    AgreementInput,
    (
        click.option(
            "--agreement",
            is_flag=True,
            help="Put several ALIGNED, or several measures, side by side: what each finds, and where they agree.",
        ),
        click.option(
            "--agreement-null",
            "agreement_nulls",
            type=_PATH,
            multiple=True,
            metavar="ALIGNED",
            help="The same method on slices between which nothing differs; one for each ALIGNED, in their order.",
        ),
        click.option(
            "--agreement-top",
            type=click.IntRange(1),
            default=100,
            show_default=True,
            help="Words of a comparison that count as its first.",
        ),
    ),
)

#: Headings of the help.
SECTIONS = {
    "Words and slices": ScopeInput,
    "Measures": MeasureInput,
    "What is written and printed": OutputInput,
    "Text and senses": TextInput,
    "Statistics": StatsInput,
    "Checks, with --stats": ControlInput,
    "Several methods": AgreementInput,
}


@dataclass(frozen=True, kw_only=True)
class DriftInput:
    """All that a command line of ``wordvec drift`` says."""

    paths: tuple[Path, ...]
    scope: ScopeInput
    measure: MeasureInput
    shown: OutputInput
    texts: TextInput
    stats: StatsInput
    controls: ControlInput
    agreement: AgreementInput

    @property
    def against(self) -> "Against":
        """Which slices are compared."""
        if self.scope.against is not None:
            return self.scope.against
        if self.measure.summary is not None:
            return _WANTED_BY[self.measure.summary]
        return "every" if self.scope.unordered else "previous"

    @property
    def has_controls(self) -> bool:
        """Whether a null or a plant was asked for."""
        return bool(self.controls.nulls) or self.controls.plant is not None

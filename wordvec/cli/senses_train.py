"""``wordvec senses train``."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact import open_artifact
from ..artifact_writer import check_output
from ..errors import FormatError
from .corpus_input import TextInput, corpus_options, load_corpus
from .interrupt import deferred
from .options import (
    checkpoint_options,
    checkpointing,
    output_option,
    overwrite_option,
    racing_option,
    threads_option,
)
from .output import note, watching

if TYPE_CHECKING:
    from ..embeddings import Embeddings, Training
    from ..progress import Watcher
    from ..senses.embeddings import SenseEmbeddings
    from ..senses.inventory import SenseInventory
    from ..text.corpus import Corpus

__all__ = ["make_disambiguated", "remember_reading", "sense_trainer_options", "tell_senses", "train"]

_PATH = click.Path(path_type=Path)
_PLAIN = ("dim", "negative", "epochs", "lr", "subsample", "noise_power")
_SHARED = ("senses", "window", "min_gate_count", "prune", "seed")
_GATES = ("gate_epochs", "gate_lr", "entropy", "choice_temperature", "start", "smoothing")
#: Which settings each method has; others are refused.
_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "disambiguated": (*_SHARED, *_PLAIN, *_GATES),
    "clusters": (*_SHARED, *_PLAIN),
    "mssg": (*_SHARED, *_PLAIN, "new_below"),
    "inventory": ("senses", "window", "seed", *_PLAIN),
}

_TRAINER_OPTIONS = (
    click.option(
        "--preset",
        type=click.Choice(["ours", "paper", "official"]),
        default="ours",
        show_default=True,
        help="Of the disambiguated skip-gram: our settings, the paper's, or those of the released program; options "
        "that are given go before.",
    ),
    click.option("--senses", type=int, help="Senses that a word can have, at most (default: 3; of an inventory, 5)."),
    click.option("--dim", type=int, help="Length of a vector (default: 100)."),
    click.option(
        "--window", type=int, help="Words on either side that are the context (default: 5; clusters and inventory, 10)."
    ),
    click.option("--negative", type=int, help="Noise words a window is told apart from (default: 5)."),
    click.option(
        "--gate-epochs", type=int, help="Of the disambiguated skip-gram: passes over the text with one gate for all."
    ),
    click.option("--epochs", type=int, help="Passes over the text (after those of --gate-epochs, if any)."),
    click.option("--lr", type=float, help="Learning rate at the start."),
    click.option("--subsample", type=float, help="Thin out words above this share of the text."),
    click.option("--noise-power", type=float, help="Noise words are drawn by count to this power."),
    click.option(
        "--entropy", type=float, help="Of the disambiguated skip-gram: what uncertain gates cost; more, fewer senses."
    ),
    click.option("--gate-lr", type=float, help="Its gates' learning rate is so many times that of vectors."),
    click.option("--choice-temperature", type=float, help="Its choices are sampled, at last at this; 0: they are not."),
    click.option("--start", type=click.Choice(["contexts", "shared"]), help="Where its words' own gates start."),
    click.option(
        "--smoothing", type=float, help="Its contexts weigh frequent words less, the more the smaller this is."
    ),
    click.option(
        "--new-below", type=float, help="Of mssg: a word gets another sense for a context less like all before."
    ),
    click.option("--min-gate-count", type=int, help="Rarer words have no gate of their own."),
    click.option("--prune", type=float, help="Senses below this share of their word are dropped."),
    click.option("--seed", type=int, help="The same seed gives the same bits (default: 1)."),
)
_NAMES = ("senses", *_PLAIN, "window", *_GATES, "new_below", "min_gate_count", "prune", "seed")


def sense_trainer_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of trainers of senses; it gets those that were typed as ``hyper``."""

    @wraps(function)
    def command(**options: Any) -> None:
        given = {name: options.pop(name) for name in _NAMES}
        function(hyper={name: value for name, value in given.items() if value is not None}, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_TRAINER_OPTIONS):
        decorated = option(decorated)
    return decorated


def make_disambiguated(preset: str, hyper: Mapping[str, Any]) -> Any:
    """Return the disambiguated skip-gram that the options describe."""
    from ..train.disambiguated import DisambiguatedSkipGram

    check_settings_of("disambiguated", preset, hyper)
    settings = {name.removeprefix("choice_"): value for name, value in hyper.items()}
    if preset == "ours":
        return DisambiguatedSkipGram(**settings)
    return replace(getattr(DisambiguatedSkipGram, preset)(), **settings)


def check_settings_of(method: str, preset: str, hyper: Mapping[str, Any]) -> None:
    """Raise :class:`click.UsageError` for an option that the method does not have."""
    odd = [f"--{name.replace('_', '-')}" for name in hyper if name not in _SETTINGS[method]]
    odd += ["--preset"] if preset != "ours" and method != "disambiguated" else []
    if odd:
        raise click.UsageError(f"{odd[0]} is no option of --method {method}; leave it out.")


@click.command()
@corpus_options("CORPUS")
@output_option
@click.option(
    "--method",
    type=click.Choice(list(_SETTINGS)),
    default=None,
    help="disambiguated: the disambiguated skip-gram; clusters: k-means over contexts, after a skip-gram; mssg: "
    "multi-sense skip-gram; inventory: given senses, after a skip-gram (default: inventory with --inventory, else "
    "disambiguated).",
)
@click.option(
    "--inventory",
    "given",
    type=_PATH,
    metavar="PATH",
    help="Senses by a dictionary or graph, with their labels: WordNet's folder, or a table. With --method "
    "disambiguated training starts from them.",
)
@click.option("--language", help="Of an inventory in several languages.")
@click.option("--spare", is_flag=True, help="Leave each word of the inventory a place for a sense that it lacks.")
@click.option(
    "--vectors", type=_PATH, metavar="VECTORS", help="Of clusters and inventory: take these, train no skip-gram."
)
@sense_trainer_options
@threads_option
@racing_option
@checkpoint_options
@overwrite_option
def train(
    texts: TextInput,
    output: Path,
    method: str | None,
    given: Path | None,
    language: str | None,
    spare: bool,
    vectors: Path | None,
    preset: str,
    hyper: dict[str, Any],
    threads: int | None,
    racing: bool,
    minutes: float,
    resume: bool,
    overwrite: bool,
) -> None:
    """Train several vectors per word on CORPUS, all its slices together.

    CORPUS is a folder made by `wordvec encode`, or text, which is then encoded on the way. Which sense
    is meant is told from the words around it; nobody has to say what the senses are, or how many.
    With --inventory they are those of a dictionary, and carry its labels.

    \b
    Example:
        wordvec senses train corpus.wvc -o senses.wv --senses 3
    \b
    More:
        wordvec senses train corpus.wvc -o clusters.wv --method clusters --vectors vectors.wv
        wordvec senses train corpus.wvc -o labelled.wv --inventory wordnet/dict
    """
    method = method or ("disambiguated" if given is None else "inventory")
    _check(method, preset, hyper, given, vectors, language, spare)
    trainer = make_disambiguated(preset, hyper) if method == "disambiguated" else None
    check_output(output, "senses", overwrite=overwrite)
    inventory = None if given is None else _read_inventory(given, language)
    work = _Work(hyper, vectors, threads, racing)
    if resume and trainer is None:
        raise click.UsageError(f"--resume is no option of --method {method}, which keeps no checkpoints; leave it out.")
    keeping = checkpointing(output, 0.0 if trainer is None else minutes, resume=resume, overwrite=overwrite)
    with keeping as checkpoints, watching() as progress:
        corpus = load_corpus(texts, progress)
        if method == "clusters":
            senses = work.cluster(corpus, progress)
        elif method == "mssg":
            senses = work.train_mssg(corpus, progress)
        elif trainer is None:
            assert inventory is not None
            senses = work.label(corpus, inventory, progress, spare=int(spare))
        else:
            start = {}
            if inventory is not None:
                outputs = {"induced": trainer.senses, "limit": trainer.senses - spare, "reads": "outputs"}
                start["initial"] = work.label(corpus, inventory, progress, spare=int(spare), **outputs)
            options = {"threads": threads, "racing": racing, "progress": progress, "checkpoints": checkpoints}
            with deferred():
                senses = trainer.train(corpus, **start, **options)
        senses = remember_reading(senses, corpus)
        senses.save(output, overwrite=overwrite)
    tell_senses(senses, output)


def _check(
    method: str,
    preset: str,
    hyper: Mapping[str, Any],
    given: Path | None,
    vectors: Path | None,
    language: str | None,
    spare: bool,
) -> None:
    """Raise :class:`click.UsageError` for options that do not go together."""
    check_settings_of(method, preset, hyper)
    if method == "inventory" and given is None:
        raise click.UsageError("--method inventory needs --inventory PATH.")
    if given is not None and method not in ("inventory", "disambiguated"):
        raise click.UsageError(f"--inventory is no option of --method {method}; leave one of them out.")
    if given is None and (language or spare):
        raise click.UsageError(f"{'--language' if language else '--spare'} needs --inventory PATH.")
    if vectors is not None and method not in ("clusters", "inventory"):
        raise click.UsageError(f"--vectors is no option of --method {method}, which trains its own.")
    clash = [f"--{name.replace('_', '-')}" for name in _PLAIN if name in hyper]
    if vectors is not None and clash:
        raise click.UsageError(f"{clash[0]} is for training, and --vectors are trained already: leave one out.")


class _Work:
    """What the simpler methods have in common: settings, and vectors of one sense per word."""

    def __init__(self, hyper: Mapping[str, Any], vectors: Path | None, threads: int | None, racing: bool) -> None:
        self.hyper, self.vectors, self.threads, self.racing = hyper, vectors, threads, racing

    def settings(self, *names: str) -> dict[str, Any]:
        """Return those of the settings that were given."""
        return {name: self.hyper[name] for name in names if name in self.hyper}

    def plain(self, corpus: "Corpus", progress: "Watcher | None") -> "tuple[Corpus, Embeddings | Training]":
        """Return vectors with one sense per word, trained or read, and the corpus in their words."""
        from ..embeddings import Training
        from ..files.formats import read_vectors, sniff
        from ..train.skipgram import SkipGram

        if self.vectors is None:
            trainer = SkipGram(**self.settings("seed", *_PLAIN))
            return corpus, trainer.train(corpus, threads=self.threads, racing=self.racing, progress=progress)
        kind = sniff(self.vectors)
        if kind in ("senses", "sense-slices", "slices"):
            raise FormatError(
                f"{self.vectors} holds {kind}; --vectors needs one vector per word, as wordvec train makes."
            )
        has_outputs = kind == "embeddings" and "context" in open_artifact(self.vectors)
        found = Training.load(self.vectors) if has_outputs else read_vectors(self.vectors)
        words = (found.embeddings if isinstance(found, Training) else found).vocabulary
        return corpus if words.digest == corpus.vocabulary.digest else corpus.recoded(words), found

    def cluster(self, corpus: "Corpus", progress: "Watcher | None") -> "SenseEmbeddings":
        """Find senses by clustering contexts."""
        from ..train.context_clusters import ContextClusters

        clusters = ContextClusters(**self.settings(*_SHARED))
        corpus, vectors = self.plain(corpus, progress)
        return clusters.induce(corpus, vectors, threads=self.threads, progress=progress)

    def train_mssg(self, corpus: "Corpus", progress: "Watcher | None") -> "SenseEmbeddings":
        """Train multi-sense skip-gram."""
        from ..train.mssg import MultiSenseSkipGram

        return MultiSenseSkipGram(**self.hyper).train(corpus, threads=self.threads, progress=progress)

    def label(
        self, corpus: "Corpus", inventory: "SenseInventory", progress: "Watcher | None", **settings: Any
    ) -> "SenseEmbeddings":
        """Give words the senses of an inventory."""
        from ..senses.inventory_gates import apply_inventory

        own = self.settings("window", "seed")
        if "senses" in self.hyper:
            own["limit"] = self.hyper["senses"]
        corpus, vectors = self.plain(corpus, progress)
        senses = apply_inventory(inventory, vectors, corpus, **{**own, **settings})
        counts = senses.metadata["inventory"]
        known, unknown = counts["words"], counts["words_without_entry"]
        note(f"  words with an entry: {known:,}, without one, and with one sense: {unknown:,}")
        return senses


def _read_inventory(path: Path, language: str | None) -> "SenseInventory":
    """Read an inventory, and say what it was taken for."""
    from ..senses.inventory_files import read_inventory

    inventory = read_inventory(path, language=language)
    lemmas = f"{len(inventory):,} lemma{'s' * (len(inventory) != 1)}"
    note(f"{path} read as {inventory.form}: {lemmas}, {inventory.n_senses:,} senses")
    for line in inventory.notes:
        note(f"  {line}")
    return inventory


def remember_reading(senses: "SenseEmbeddings", corpus: "Corpus") -> "SenseEmbeddings":
    """Return senses that say how their text was cut into words, for other text that is read later."""
    settings = corpus.metadata.get("settings", {})
    reading = {name: settings[name] for name in ("tokenizer", "case", "phrases") if name in settings}
    return replace(senses, metadata={**senses.metadata, **reading})


def tell_senses(senses: "SenseEmbeddings", output: Path) -> None:
    """Say on standard error what was written."""
    kept = (senses.prevalence > 0).sum(axis=1)
    labelled = f", {len(senses.labels):,} of them labelled" if senses.labels else ""
    note(
        f"{output} written: {len(senses):,} words, {int(kept.sum()):,} senses{labelled} "
        f"(words of several senses: {int((kept > 1).sum()):,}), {senses.dim} dimensions"
    )

"""What ``wordvec retrofit`` says of its work: on standard error, in the account, and as a table of test sets."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..disk import write_text
from .output import format_table, note, print_table

if TYPE_CHECKING:
    import pandas as pd

    from wordvec import Embeddings
    from wordvec.evaluate.sets.pairs import Pairs
    from wordvec.lexicon import Lexicon

__all__ = ["Report", "pairs_path", "read_test_pairs", "report_retrofit"]


class Report(NamedTuple):
    """What was retrofitted, and where the results go.

    Parameters
    ----------
    before, after : Embeddings
        The vectors.
    lexicon : Lexicon
        The edges that were used.
    output : Path
        Where the vectors were written.
    account : Path, optional
        Where the account goes.
    overwrite : bool
        Whether it may replace a file.
    record : str
        Where the metadata of ``after`` say what was done.
    repelling : tuple of str
        Relations that push.
    """

    before: "Embeddings"
    after: "Embeddings"
    lexicon: "Lexicon"
    output: Path
    account: Path | None
    overwrite: bool
    record: str = "retrofit"
    repelling: tuple[str, ...] = ()


def pairs_path(account: Path) -> Path:
    """Return where the account of test pairs goes: ``account.pairs.tsv`` beside ``account.tsv``."""
    return account.with_name(f"{account.stem}.pairs{account.suffix or '.tsv'}")


def read_test_pairs(path: Path) -> "Pairs":
    """Read a test set of word pairs; say what rules decided.

    Parameters
    ----------
    path : Path
        A file, or the name of one that ships.
    """
    from wordvec.evaluate.suite import read_test

    test = read_test("similarity", path)
    for remark in test.notes:
        note(f"{test.data.name}: {remark}.")
    pairs: Pairs = test.data
    return pairs


def report_retrofit(report: Report, tests: "list[Pairs]", table_format: str | None) -> None:
    """Say what was done; write the account and print the scores, if they were asked for.

    Parameters
    ----------
    report : Report
        What was retrofitted.
    tests : list of Pairs
        Test sets.
    table_format : str, optional
        As for :func:`~wordvec.cli.output.print_table`.
    """
    note(f"{report.output} written: {len(report.after):,} words, {report.after.dim} dimensions")
    facts = report.after.metadata[report.record]
    if report.record == "retrofit":
        _summarize(facts)
    else:
        _summarize_constraints(facts)
    if report.account is not None:
        from wordvec.knowledge.account import account_moves

        moves = account_moves(report.before, report.after, report.lexicon, repelling=report.repelling)
        write_text(report.account, format_table(moves, "tsv") + "\n", overwrite=report.overwrite)
        note(f"{report.account}: how far {len(moves):,} words moved, and who pulled them")
        if tests:
            path = pairs_path(report.account)
            table = _account_tests(report, tests)
            write_text(path, format_table(table, "tsv") + "\n", overwrite=report.overwrite)
            changed = int((table["change"] != 0).sum())
            note(f"{path}: {changed:,} of {len(table):,} test pairs changed places")
    if tests:
        print_table(_compare(report, tests), table_format)


def _summarize_constraints(facts: "dict[str, Any]") -> None:
    counts = facts["counts"]
    note(f"  {counts['words']:,} words in {counts['synonyms']:,} synonym and {counts['antonyms']:,} antonym pairs")
    if counts["contradictory"]:
        note(f"  {counts['contradictory']:,} pairs are both: taken for antonyms")
    for kind in ("synonyms", "antonyms"):
        if counts[f"{kind}_of_length_zero"]:
            note(f"  {counts[f'{kind}_of_length_zero']:,} {kind} left out, with a vector of length 0")
    if "preserved" in counts:
        note(f"  {counts['preserved']:,} pairs of near words preserved; {counts['cut']:,} words have more neighbors")
    losses = facts["losses"]
    if losses:
        note(f"  loss {losses[0]:.4g} at first, {losses[-1]:.4g} at last")


def _summarize(facts: "dict[str, Any]") -> None:
    note(f"  {facts['words']:,} words were pulled, by {facts['edges']:,} edges; an edge both ways counts twice")
    if facts.get("edges_to_extras"):
        note(f"  {facts['edges_to_extras']:,} edges lead to nodes without a vector; --method expanded gives them one")
    if "added" in facts:
        note(f"  {facts['added']:,} nodes without a vector got one, up to {facts['farthest']} edges from a word")
        if facts["unreachable"]:
            shown = ", ".join(name if name.isprintable() else repr(name) for name in facts["unreachable_nodes"][:5])
            note(f"  {facts['unreachable']:,} have no path to a word and were left out: {shown}")
    if "residual" in facts:
        state = "converged" if facts["converged"] else "not converged"
        note(f"  {state}: relative residual {facts['residual']:.2g} after {facts['iterations']} iterations")
    for name, found in facts.get("maps", {}).items():
        note(f"  {name}: a map from {found['edges']:,} edges leaves {found['error']:.3f} of the squared distance")


def _account_tests(report: Report, tests: "list[Pairs]") -> "pd.DataFrame":
    """Return the account of all test sets, in words as they are looked up there."""
    import pandas as pd

    from wordvec.evaluate.words import look_up
    from wordvec.knowledge.account import account_pairs

    lookup, words = look_up(report.before), report.before.vocabulary.words
    tables = []
    for pairs in tests:
        rows = lookup.rows(pairs.words)
        kept = lookup.kept(rows)
        asked = [(words[a], words[b]) for a, b in rows[kept].tolist()]
        scores = pairs.scores[kept]
        table = account_pairs(report.before, report.after, report.lexicon, asked, scores, repelling=report.repelling)
        table.insert(0, "dataset", pairs.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _compare(report: Report, tests: "list[Pairs]") -> "pd.DataFrame":
    """Return Spearman's correlations before and after, with the paired interval of their difference."""
    from wordvec.evaluate.comparison.compare import compare_outcomes
    from wordvec.evaluate.similarity import score_similarity
    from wordvec.evaluate.words import look_up

    scored = {}
    for name, embeddings in (("after", report.after), ("before", report.before)):
        lookup = look_up(embeddings)
        scored[name] = [[score_similarity(lookup, pairs)[0] for pairs in tests]]
    table = compare_outcomes(scored)
    missing = {outcome.dataset: outcome.missing for outcome in scored["before"][0]}
    table["missing"] = [missing[name] for name in table["dataset"]]
    table = table.rename(columns={"score_second": "before", "score_first": "after"})
    columns = ["dataset", "metric", "before", "after", "difference", "low", "high", "p_holm", "n", "missing"]
    chosen: pd.DataFrame = table[columns]
    return chosen

"""Suites and tasks by name, where the command line's tests do not look."""

from pathlib import Path

import pytest

from wordvec import Embeddings, score_suite
from wordvec.errors import FormatError, ParameterError
from wordvec.evaluate.suite import TASKS, read_suite, read_test
from wordvec.evaluate.tasks import score_slices, score_test
from wordvec.evaluate.words import look_up

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture(scope="module")
def vectors():
    return Embeddings.load(GOLDEN / "vectors.wv")


def tagging(**options):
    return read_test("tagging", "tagged-test.conll", {"train": "tagged-train.conll", **options}, folder=GOLDEN / "sets")


def test_every_task_has_a_paragraph_in_the_documentation():
    page = (GOLDEN.parents[1] / "docs" / "evaluation.md").read_text("utf-8")
    for task, (reading, scoring) in TASKS.items():
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{task}` |")]
        assert [name for name in (*reading, *scoring) if f"`{name}`" not in row.split("|")[2]] == []


def test_settings_of_the_tagger(vectors):
    lookup = look_up(vectors)
    found = score_test(tagging(what="pos", sizes=[0, 20], hidden=[4], epochs=2), lookup)
    assert {outcome.dataset.split(", ", 1)[-1] for outcome in found if "sentences" in outcome.dataset} == {
        "20 sentences, 4 units", "60 sentences, 4 units",
    }  # fmt: skip
    units = [outcome.dataset for outcome in score_test(tagging(what="pos", preset="hungarian", epochs=1), lookup)]
    assert sum("units" in name or "unit" in name for name in units) == 7 * 3
    with pytest.raises(ParameterError, match="preset must be 'plain' or 'hungarian', got 'finnish'"):
        score_test(tagging(what="pos", preset="finnish"), lookup)


def test_what_needs_more_than_one_set_of_vectors(vectors, tmp_path):
    words = read_test("bilingual", GOLDEN / "sets" / "words.tsv", {"target": "other.wv"}, folder=Path("/nowhere"))
    assert words.target == Path("/nowhere/other.wv")
    with pytest.raises(ParameterError, match=r"target must be the vectors of the second side of words.tsv, got None"):
        score_test(words, look_up(vectors))
    roles = read_test("temporal", _roles(tmp_path))
    with pytest.raises(ParameterError, match="suite must hold no temporal analogies, which aligned slices are asked"):
        score_suite(vectors, [roles])
    with pytest.raises(ParameterError, match=r"slices must be two or more, for the temporal analogies of roles.csv"):
        score_slices(roles, {"": look_up(vectors)})


def _roles(folder):
    path = folder / "roles.csv"
    path.write_text("year,president\n1900,mckinley\n1905,roosevelt\n", "utf-8")
    return path


def test_errors_name_the_test(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[[test]]\ntask = "similarity"\nfile = "UMNSRS-sim.txt"\n[[test]]\nfile = "x"\n', "utf-8")
    with pytest.raises(FormatError, match=r"s.toml, test 2: a test needs a task and a file, both texts."):
        read_suite(path)
    with pytest.raises(FormatError, match="is not a suite, which is a TOML file"):
        read_suite(tmp_path / "none.toml")
    with pytest.raises(FormatError, match="sizes must be a list of whole numbers, got 'all'"):
        tagging(sizes="all")


@pytest.mark.parametrize("option", ['method = ["3cosadd", "3cosadd"]', "exclude = 1"])
def test_values_that_repeat_are_refused(tmp_path, option):
    path = tmp_path / "s.toml"
    path.write_text(f'[[test]]\ntask = "analogy"\nfile = "questions-words.txt"\n{option}\n')
    with pytest.raises(FormatError, match="must hold each of its values once|must be true or false"):
        read_suite(path)


def test_a_suite_asks_each_test_set_once(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[[test]]\ntask = "similarity"\nfile = "UMNSRS-sim.txt"\n' * 2)
    with pytest.raises(FormatError, match="UMNSRS-sim.txt is asked twice for similarity"):
        read_suite(path)


def test_what_is_asked_of_slices_is_refused_for_one_set_of_vectors(tmp_path, vectors):
    (tmp_path / "gold.tsv").write_text("sea\t1\nwar\t0\n", "utf-8")
    for task, what, verb in (
        ("drift", "gold changes", "evaluate_drift"),
        ("slice-pairs", "pairs across slices", "evaluate_slice_pairs"),
    ):
        test = read_test(task, tmp_path / "gold.tsv")
        with pytest.raises(ParameterError, match=f"suite must hold no {what}, which aligned slices are asked: {verb}"):
            score_suite(vectors, [test])
        with pytest.raises(ParameterError, match=f"slices must be two or more, for the {what} of gold.tsv"):
            score_slices(test, {"": look_up(vectors)})

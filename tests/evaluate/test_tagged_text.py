"""Files of tagged text, and entities in every scheme."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import FormatError, ParameterError
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.entities import count_broken, entities, entity_counts, find_scheme, iob2
from wordvec.evaluate.sets.tagged_text import TaggedText, read_tagged_text

CONLLU = """# newdoc id = one
# sent_id = 1
# text = Ne menj!
1-2\tNem\t_\t_\t_\t_\t_\t_\t_\t_
1\tNe\tne\tADV\tRP\t_\t2\tadvmod\t_\t_
2\tmenj\tmegy\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
2.1\tte\tte\tPRON\t_\t_\t_\t_\t_\t_
3\t!\t!\tPUNCT\t.\t_\t2\tpunct\t_\t_

# newdoc id = two
# a comment of no form
1\tNew York\tNew York\tPROPN\tNNP\t_\t0\troot\t_\t_

"""


def _read(text: str, **options: object) -> TaggedText:
    return read_tagged_text(Dataset("toy", text, ""), **options)  # type: ignore[arg-type]


def test_conllu_without_multiword_tokens_and_empty_nodes() -> None:
    found = _read(CONLLU)
    assert found.words == ("Ne", "menj", "!", "New York")
    assert found.labels == ("ADV", "VERB", "PUNCT", "PROPN")
    assert found.starts.tolist() == [0, 3, 4]
    assert (found.task, found.unit) == ("pos", "document")
    assert len(np.unique(found.units)) == 2
    assert found.notes == ("words in column 2, labels in column 4 of 10", "2 documents")
    assert _read(CONLLU, column=5).labels == ("RP", "VB", ".", "NNP")


def test_columns_as_in_conll_2003() -> None:
    border = "-DOCSTART- -X- O O\n\n"
    text = f"{border}EU NNP I-NP I-ORG\nrejects VBZ I-VP O\n# # I-NP O\n\n{border}Brussels NNP I-NP I-LOC\n"
    found = _read(text)
    assert found.words == ("EU", "rejects", "#", "Brussels")
    assert found.labels == ("B-ORG", "O", "O", "B-LOC")
    assert found.unit == "document" and len(found) == 2
    assert found.notes == ("words in column 1, labels in column 4 of 4", "2 documents", "labels are IOB1")
    assert _read(text, task="pos").labels == ("NNP", "VBZ", "#", "NNP")
    assert _read(text, column=3).labels == ("B-NP", "B-VP", "B-NP", "B-NP")


def test_documents_in_comments_and_words_that_begin_like_one() -> None:
    text = (
        "# doc = a\n#tag\tNOUN\tO\n#\tPUNCT\tO\n\nAda\tPROPN\tB-PER\n# doc = b\nPest\tPROPN\tB-LOC\n\t\nran\tVERB\tO\n"
    )
    found = _read(text)
    assert found.words == ("#tag", "#", "Ada", "Pest", "ran")
    assert found.starts.tolist() == [0, 2, 3, 4, 5]
    assert found.units.tolist() == [1, 1, 2, 2]
    assert _read(text, task="pos").labels == ("NOUN", "PUNCT", "PROPN", "PROPN", "VERB")
    spaced = _read("# O\n# doc = a\nAda B-PER\n# doc = b\nran O\n")
    assert spaced.words == ("#", "Ada", "ran")


def test_without_documents_the_unit_is_a_sentence() -> None:
    found = _read("# doc = the only one\nAda B-PER\n\nran O\n")
    assert found.unit == "sentence" and found.units.tolist() == [0, 1]


def test_windows_line_ends_and_no_blank_line_at_the_end() -> None:
    found = _read("Ada\tB-PER\r\nran\tO\r\n\r\nPest\tB-LOC")
    assert found.words == ("Ada", "ran", "Pest") and found.starts.tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("labels", "scheme", "broken", "expected"),
    [
        ("B-P I-P O B-L", "IOB2", 0, [(0, 1, "P"), (3, 3, "L")]),
        ("B-P B-P I-P", "IOB2", 0, [(0, 0, "P"), (1, 2, "P")]),
        ("B-P O I-P", "IOB2", 1, [(0, 0, "P"), (2, 2, "P")]),
        ("B-P I-L I-L", "IOB2", 1, [(0, 0, "P"), (1, 2, "L")]),
        ("I-P I-P O I-L", "IOB1", 0, [(0, 1, "P"), (3, 3, "L")]),
        ("I-P B-P I-L", "IOB1", 0, [(0, 0, "P"), (1, 1, "P"), (2, 2, "L")]),
        ("B-P I-P E-P S-L S-L", "IOBES", 0, [(0, 2, "P"), (3, 3, "L"), (4, 4, "L")]),
        ("B-P L-P U-L O", "IOBES", 0, [(0, 1, "P"), (2, 2, "L")]),
        ("B-P O E-P E-P", "IOBES", 3, [(0, 0, "P"), (2, 2, "P"), (3, 3, "P")]),
        ("S-P I-P", "IOBES", 2, [(0, 0, "P"), (1, 1, "P")]),
        ("B-P E-L", "IOBES", 1, [(0, 0, "P"), (1, 1, "L")]),
        ("O O", "IOB2", 0, []),
    ],
)
def test_entities_by_hand(labels: str, scheme: str, broken: int, expected: list[tuple[int, int, str]]) -> None:
    split = labels.split()
    assert find_scheme([split]) == scheme
    assert entities(split) == expected
    assert count_broken(split, scheme) == broken
    assert entities(iob2(split)) == expected
    assert count_broken(iob2(split), "IOB2") == 0


LABELS = [f"{letter}-{kind}" for letter in "BIES" for kind in ("PER", "LOC")] + ["O", "O", "O"]


def _conlleval(labels: list[str]) -> set[tuple[str, int, int]]:
    """The two decision tables of conlleval, written out."""
    found, begin, kind, last = [], 0, "", "O-"
    for i, label in enumerate([*labels, "O-"]):
        (p, p_kind), (t, t_kind) = last.split("-"), (label + "-").split("-")[:2]
        end = (p, t) in {("B", "B"), ("B", "S"), ("B", "O"), ("I", "B"), ("I", "S"), ("I", "O")} or p in "ES"
        end |= p != "O" and p_kind != t_kind
        start = t in "BS" or (t in "EI" and p in "ESO") or (t != "O" and p_kind != t_kind)
        if end and p != "O":
            found.append((kind, begin, i - 1))
        if start:
            begin, kind = i, t_kind
        last = label if "-" in label else label + "-"
    return set(found)


@given(st.lists(st.sampled_from(LABELS), max_size=12))
def test_entities_equal_the_tables_of_conlleval(labels: list[str]) -> None:
    assert {(kind, first, last) for first, last, kind in entities(labels)} == _conlleval(labels)
    assert entities(iob2(labels)) == entities(labels)


def test_entities_and_scores_equal_those_of_seqeval() -> None:
    labeling = pytest.importorskip("seqeval.metrics.sequence_labeling")
    draw = random.Random(1)
    true, said = ([[draw.choice(LABELS) for _ in range(15)] for _ in range(300)] for _ in range(2))
    for labels in true:
        assert {(kind, a, b) for a, b, kind in entities(labels)} == set(labeling.get_entities(labels))
    found, there, named = entity_counts(true, said).sum(axis=0)
    assert 2 * found / (there + named) == pytest.approx(labeling.f1_score(true, said), abs=1e-12)
    assert found / named == pytest.approx(labeling.precision_score(true, said), abs=1e-12)
    assert found / there == pytest.approx(labeling.recall_score(true, said), abs=1e-12)


def test_counts_by_hand() -> None:
    true = [["B-P", "I-P", "O"], ["O", "O"], ["B-L", "B-P"], ["S-P", "O"]]
    said = [["B-P", "O", "O"], ["B-L", "O"], ["I-L", "I-P"], ["B-P", "O"]]
    assert entity_counts(true, said).tolist() == [[0, 1, 1], [0, 0, 1], [2, 2, 2], [1, 1, 1]]


def test_broken_labels_are_repaired_and_counted() -> None:
    found = _read("a B-P\nb O\nc I-P\nd I-L\n")
    assert found.labels == ("B-P", "O", "B-P", "B-L")
    assert found.notes[-1] == "2 broken labels repaired"


def test_a_mistyped_label_is_read_as_o_and_counted() -> None:
    lines = ["a O"] * 998 + ["b B-P", "c V"]
    found = _read("\n".join(lines))
    assert found.labels[-1] == "O"
    assert found.notes[-1] == "1 label of no entity read as O (line 1000: 'V')"
    with pytest.raises(FormatError, match="line 999: 'V' in column 2 is no label of an entity"):
        _read("\n".join(lines[1:]))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("# only = comments\n", {}, "toy holds no token"),
        ("1-2\tNem" + "\t_" * 8, {}, "toy holds no token"),
        ("word\nother\n", {}, "line 1: expected a word and a label"),
        ("a O\nb X O\n", {}, "line 2: expected 2 columns like line 1, got 3: 'b X O'"),
        ("a\tO\n\tO\n", {}, "line 2: the word is empty"),
        ("a\tO\nb\t\n", {}, "line 2: 'b' has no label in column 2; name another column"),
        ("a\tO\nb\t_\n", {}, "line 2: 'b' has no label in column 2"),
        ("a NOUN\nb VERB\n", {}, "line 1: 'NOUN' in column 2 is no label of an entity, such as O, B-PER"),
        ("a O\nb O\n", {}, "toy holds no entity: column 2 says O of every token"),
        ("a O\n", {"column": 3}, "line 1: column must be one of 2 and not that of the words, got 3"),
        ("a O\n", {"column": 1}, "not that of the words, got 1"),
        (CONLLU, {"task": "ner"}, "line 4: CoNLL-U has no column of entities; say which"),
        (
            CONLLU.replace("3\t!", "x\t!"),
            {},
            "line 8: the first column must be a number such as 3, 3-4 or 3.1, got 'x'",
        ),
        (CONLLU.replace("\tADV\t", "\t_\t"), {}, "line 5: 'Ne' has no label in column 4"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        _read(text, **options)
    assert message in str(caught.value)


def test_bad_options() -> None:
    with pytest.raises(ParameterError, match="task must be 'pos' or 'ner', got 'chunk'"):
        _read("a O\n", task="chunk")
    with pytest.raises(ParameterError, match="column must be an integer >= 1, got 0"):
        _read("a O\n", column=0)


def test_a_file_that_is_not_utf8_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "latin.conll"
    path.write_bytes("a O\nKor\xe1n B-PER\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"latin\.conll, line 2: byte 7 is not UTF-8"):
        read_tagged_text(path)
    with pytest.raises(FormatError, match="does not exist"):
        read_tagged_text(tmp_path / "none")


@pytest.mark.parametrize(
    ("path", "task", "sentences", "tokens", "unit"),
    [
        ("ud-english-ewt/en_ewt-ud-train.from-sources.conllu.xz", None, 12544, 204577, "document"),
        ("nerkor/nerkor-devel.tsv.xz", "ner", None, 103657, "document"),
        ("nerkor/nerkor-devel.tsv.xz", "pos", None, 103657, "document"),
        ("wnut17/wnut17-train.conll.xz", None, 3394, 62730, "sentence"),
        ("ud-hungarian-szeged/hu_szeged-ud-test.conllu.xz", None, 449, 10448, "sentence"),
    ],
)
def test_real_files(shared_data: Path, path: str, task: str, sentences: int | None, tokens: int, unit: str) -> None:
    found = read_tagged_text(shared_data / "tagging" / path, task=task)  # type: ignore[arg-type]
    assert len(found.words) == len(found.labels) == tokens
    assert found.unit == unit
    assert sentences is None or len(found) == sentences


def test_a_mistyped_label_in_a_real_file(shared_data: Path) -> None:
    found = read_tagged_text(shared_data / "tagging/nerkor/nerkor-train.tsv.xz")
    assert len(found.words) == 810598
    assert "1 label of no entity read as O (line 297387: 'V')" in found.notes

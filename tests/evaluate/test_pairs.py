"""Files of word pairs: what is read by which rule, what is refused with which words."""

import numpy as np
import pytest

from wordvec.errors import FormatError
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.pairs import read_pairs

BY_NAME = r"keep to 3 or name them: columns=\(1, 2, 3\) in Python, .*--columns for similarity"


def pairs_of(text, **options):
    return read_pairs(Dataset("toy.txt", text, "sha"), **options)


@pytest.mark.parametrize(
    "text, message",
    [
        ("a\tb\t1\nc d 2\n", r"toy.txt, line 2: expected 3 columns like the first line, got 1 \(a tab between columns"),
        ("a,b,1\nc;d;2\n", r"line 2: expected 3 columns like the first line, got 1 \(a comma between columns\)"),
        ("a;b;1\nc,d,2\n", r"line 2: .* got 1 \(a semicolon between columns\)"),
        ("a:b:1\nc d 2\n", r"line 2: .* got 1 \(a colon between columns\)"),
        ("a b 1\nnew york town 2\n", r"line 2: expected 3 columns .* got 4 \(white space between columns\)"),
        ("a\tb\t1\tx\n", "line 1: cannot tell which of 4 columns"),
        ("a\tb\t1\nc\td\t2\t\n", r"line 2: expected 3 columns like the first line, got 4"),
        ("a b nan\nc d 2\n", "line 1: the score must be a number, got 'nan'"),
        ("a b 1\nc d inf\n", "line 2: the score must be a number, got 'inf'"),
        ("a b 1\nc d -Infinity\n", "line 2: the score must be a number, got '-Infinity'"),
        ("word1,word2,score\na,b,\n", "line 2: the score must be a number, got ''"),
        ("a;b;3,5\nc;d;2,1\n", "line 2: the score must be a number, got '2,1'"),
        ("a\t \t1\n", "line 1: a word is empty"),
        ("a\0\tb\t1\n", r"line 1: 'a\\x00' holds the control character '\\x00'; is the file UTF-8 text\?"),
        ('"a,b,1\n"c,d,2\n', "line 1: unexpected end of data; is a quotation mark missing?"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(FormatError, match=message):
        pairs_of(text)


def test_a_line_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "mixed.txt"
    path.write_bytes("größe\tmaß\t1\n".encode() + "größe\tmaß\t2\n".encode("latin-1"))
    with pytest.raises(FormatError, match="mixed.txt, line 2: byte 17 is not UTF-8; convert the file"):
        read_pairs(path)
    path.write_bytes("a\tb\t1\n".encode("utf-16"))
    with pytest.raises(FormatError, match="mixed.txt, line 1: byte 0 is not UTF-8"):
        read_pairs(path)


def test_pairs_that_repeat_are_kept_and_counted():
    found = pairs_of("cat dog 1\nDog Cat 2\nsea lake 3\nsea lake 3\ncat sea 4\n")
    assert len(found) == 5
    assert found.notes == ("4 lines hold 2 pairs more than once, in either order; all kept; scores differ in 1",)


def test_words_of_several_parts_need_another_separator():
    assert pairs_of("Promised Land\tBaku\t0.42\n").words == (("Promised Land", "Baku"),)
    assert pairs_of('"salt, sea","table",3\n"a","b",4\n').words[0] == ("salt, sea", "table")
    assert pairs_of("ژول\u200cها\tb\t1\n").words[0] == ("ژول\u200cها", "b")


READ = {
    "similarity/EN-MC-30.txt": 30,
    "similarity/EN-MEN-TR-3k.txt": 3000,
    "similarity/EN-MTurk-287.txt": 287,
    "similarity/EN-MTurk-771.txt": 771,
    "similarity/EN-RG-65.txt": 65,
    "similarity/EN-WS-353-ALL.txt": 353,
    "similarity/EN-WS-353-REL.txt": 252,
    "similarity/EN-WS-353-SIM.txt": 203,
    "similarity/EN-YP-130.txt": 130,
    "similarity/MEN_dataset_lemma_form.dev": 2000,
    "similarity/MEN_dataset_lemma_form.test": 1000,
    "similarity/SimLex-999.txt": 999,
    "similarity/multilingual/MSimLex999_German.txt": 999,
    "similarity/multilingual/MSimLex999_Italian.txt": 999,
    "similarity/multilingual/MSimLex999_Russian.txt": 999,
    "similarity/multilingual/gurevych-wortpaare350.gold.pos.txt": 350,
    "similarity/multilingual/gurevych-wortpaare65.gold.pos.txt": 65,
    "similarity/multilingual/wordsim353-german.txt": 350,
    "similarity/multilingual/wordsim353-italian.txt": 350,
    "similarity/multilingual/wordsim353-russian.txt": 350,
    "similarity/semeval2017-task2/de.test.txt": 500,
    "similarity/semeval2017-task2/en-de.test.txt": 914,
    "similarity/semeval2017-task2/en-es.test.txt": 978,
    "similarity/semeval2017-task2/en-fa.test.txt": 952,
    "similarity/semeval2017-task2/en-it.test.txt": 970,
    "similarity/semeval2017-task2/en.test.txt": 500,
    "similarity/semeval2017-task2/es.test.txt": 500,
    "similarity/semeval2017-task2/fa.test.txt": 500,
    "similarity/semeval2017-task2/it.test.txt": 500,
    "medical-similarity/Bio-SimLex.txt": 988,
    "medical-similarity/MiniMayoSRS.txt": 29,
    "medical-similarity/UMNSRS-rel.txt": 587,
    "medical-similarity/UMNSRS-sim.txt": 566,
}
NAMED = {
    "similarity/SCWS-ratings.txt.xz": ((2, 4, 8), 2003, ("Brazil", "nut"), 1.1),
    "medical-similarity/EHR-RelA.tsv": (
        ("snomed_label_1", "snomed_label_2", "mean_rating"),
        111,
        ("Abdominal colic", "Delivery by emergency caesarean section"),
        0.4,
    ),
}


def test_every_published_file_is_read_or_refused_with_what_to_do(shared_data):
    folder, met = shared_data / "eval", set()
    for path in sorted([*(folder / "similarity").rglob("*"), *(folder / "medical-similarity").rglob("*")]):
        name = path.relative_to(folder).as_posix()
        if name in READ:
            found = read_pairs(path)
            assert len(found) == READ[name]
            assert np.isfinite(found.scores).all() and len(set(found.scores)) > 10
            assert not any(word[-2:-1] == "-" for pair in found.words for word in pair)
        elif name in NAMED:
            columns, n, pair, score = NAMED[name]
            with pytest.raises(FormatError, match=BY_NAME):
                read_pairs(path)
            named = read_pairs(path, columns=columns)
            assert (len(named), named.words[0], named.scores[0]) == (n, pair, score)
        elif path.is_file():
            assert path.name == "UMNSRS-README"  # prose: no pairs
            with pytest.raises(FormatError, match="columns"):
                read_pairs(path)
        met.add(name)
    assert met >= {*READ, *NAMED}


@pytest.mark.parametrize(
    "name, pair, score",
    [
        ("similarity/multilingual/MSimLex999_German.txt", ("alt", "neu"), 0.08),
        ("similarity/multilingual/gurevych-wortpaare65.gold.pos.txt", ("Auto", "Fahrt"), 2.75),
        ("similarity/semeval2017-task2/en.test.txt", ("Joule", "spacecraft"), 0.58),
        ("similarity/MEN_dataset_lemma_form.test", ("display", "pond"), 10.0),
        ("similarity/SimLex-999.txt", ("old", "new"), 1.58),
    ],
)
def test_the_right_columns_are_read(shared_data, name, pair, score):
    found = read_pairs(shared_data / "eval" / name)
    assert (found.words[0], found.scores[0]) == (pair, score)

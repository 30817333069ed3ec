"""Sense-tagged instances: every form in miniature, what is refused, and the real files."""

import pytest

from wordvec.errors import FormatError, ParameterError
from wordvec.evaluate.sets.contexts import Occurrence, cut_at, find_tokens
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.sense_items import lemma_of, read_sense_items
from wordvec.evaluate.sets.sense_keys import read_key

JOINED = "lemma\tinstance\tgold_sense\tleft_context\tright_context\n"
COARSE = "target\tinstance\tclass\tsense_label\ttarget_token_index\ttext\n"
TWSI = (
    "context_id\ttarget\ttarget_pos\ttarget_position\tgold_sense_ids\tpredict_sense_ids\tgolden_related\t"
    "predict_related\tcontext\n"
)
XML = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE corpus SYSTEM "lexical-sample.dtd">
<corpus lang="english">
<lexelt item="add.v">
<instance id="add.v.1"><answer instance="add.v.1" senseid="sum"/><context>
Please <head>add</head> sugar &amp; salt , then stir .</context></instance>
<instance id="add.v.2"><context>she <wf>said</wf><wf>and</wf> <head>added</head> , to <head>add</head> more</context>
</instance>
</lexelt>
</corpus>
"""


def read(text, key=None, **options):
    keyed = None if key is None else Dataset("toy.key", key, "22")
    return read_sense_items(Dataset("toy", text, "11"), keyed, **options)


def test_joined_instances_and_their_double_labels():
    lines = ["access.n\ta.1\taccess.n.3\tThe port , 's\tto the sea\n", "access.n\ta.2\taccess.n.1&&2\tx\ty\n"]
    found = read(JOINED + "".join(lines) + "add.v\ta.1\tadd.v.1\t\tmore\n")
    assert (found.targets, found.instances) == (("access.n", "add.v"), ("a.1", "a.1"))
    assert found.words == ("access", "add")
    assert found.around[0] == Occurrence(("the", "port", "'s"), ("to", "the", "sea"))
    assert found.gold == ({"access.n.3": 1.0}, {"add.v.1": 1.0})
    assert found.notes[0] == "1 of 3 instances with a double label (&&) left out"
    assert found.notes[1] == "2 of 2 words have one sense only and are not scored: access.n, add.v"
    assert not found.graded and found.sha256 == "11" and found.target.tolist() == [0, 1]


def test_tokens_as_a_corpus_has_them():
    found = read(JOINED + "bank.n\tb.1\ts\tThe well-known\trobbery.\n", tokenizer="words")
    assert found.around[0] == Occurrence(("the", "well-known"), ("robbery",))
    assert found.name == "toy, words tokens"
    with pytest.raises(ParameterError, match="tokenizer must be one of 'alnum', 'words', 'whitespace', got 'none'"):
        find_tokens("x", "none")


def test_coarse_senses_are_cut_at_their_place():
    found = read(COARSE + "bow\tbow.0\t1\tbow_ship\t2\tthe great bow of a ship .\n")
    assert found.around[0] == Occurrence(("the", "great"), ("of", "a", "ship"))
    with pytest.raises(FormatError, match="toy, line 2: target_token_index must be 0 to 1, got '7'"):
        read(COARSE + "bow\tbow.0\t1\tbow_ship\t7\tthe bow\n")
    with pytest.raises(FormatError, match="toy, line 2: expected 6 columns like the header, got 2"):
        read(COARSE + "bow\tbow.0\n")


def test_twsi_takes_the_occurrence_nearest_to_the_offset():
    text = "Academic titles , then academics again"
    rows = [f"7\tacademic\tn\t{at},{at + 8}\t{sense}\t\t\t\t{text}\n" for at, sense in ((0, 1), (21, 2), (21, 3))]
    found = read(TWSI + "".join(rows) + "8\tacademic\tn\t0,8\t1\t\t\t\tno such word\n")
    assert found.around[0] == Occurrence((), ("titles", "then", "academics", "again"))
    assert found.around[1] == Occurrence(("academic", "titles", "then"), ("again",))
    assert found.instances == ("7:0", "7:21", "7:21/2")
    assert "1 of 4 instances do not hold their word and are left out" in found.notes
    assert "1 of 3 lines give an instance a second time and are kept" in found.notes
    with pytest.raises(FormatError, match=r"target_position must be two places in the text, as in 4,12, got 'x'"):
        read(TWSI + "7\tacademic\tn\tx\t1\t\t\t\tacademic\n")
    with pytest.raises(FormatError, match="toy, line 2: gold_sense_ids is empty"):
        read(TWSI + "7\tacademic\tn\t0,8\t\t\t\t\tacademic\n")


def test_xml_with_answers_in_it():
    found = read(XML)
    assert found.targets == ("add.v",) and found.gold == ({"sum": 1.0},)
    assert found.around[0] == Occurrence(("please",), ("sugar", "salt", "then", "stir"))
    assert found.notes[0] == "1 contexts have several <head>; the first is the word, the others are left out"
    assert found.notes[1] == "1 of 2 instances have no sense and are left out: add.v.2"


def test_xml_with_a_graded_key():
    key = "# SemEval-2013\nadd.v add.v.1 add%2:32:01::/4 add%2:30:00::/1 !! sure\nadd.v add.v.2 add%2:30:00:: x/0\n\n"
    found = read(XML, key)
    assert found.gold == ({"add%2:32:01::": 4.0, "add%2:30:00::": 1.0}, {"add%2:30:00::": 1.0})
    assert found.graded and found.sha256 not in ("11", "22")
    assert found.around[1] == Occurrence(("she", "said", "and"), ("to", "more"))


def test_keys_that_name_missing_instances_are_refused_and_list_them():
    key = "add.v add.v.1 a\n" + "".join(f"add.v add.v.{i} a\n" for i in range(10, 23))
    with pytest.raises(FormatError) as error:
        read(XML, key)
    assert str(error.value).startswith(
        "toy.key, line 2: the key names 13 of 14 instances that are not in toy: add.v.10, add.v.11, "
    )
    assert "add.v.19 and 3 more; take the key of these instances." in str(error.value)


@pytest.mark.parametrize(
    "line, message",
    [
        ("add.v add.v.1", "toy.key, line 1: expected word, instance and senses: 'add.v add.v.1 add.2', got"),
        ("add.v add.v.1 a/-1", "toy.key, line 1: the weight of a sense must be a number >= 0, got 'a/-1'"),
        ("add.v add.v.1 a/nan", "toy.key, line 1: the weight of a sense must be a number >= 0"),
        ("add.v add.v.1 a/0", "toy.key, line 1: no sense of add.v.1 has a weight above 0"),
        ("a i s\na i t", r"toy.key, line 2: the instance i has a line already \(toy.key, line 1\)"),
        ("# nothing", "toy.key holds no line of a key"),
    ],
)
def test_bad_keys(line, message):
    with pytest.raises(FormatError, match=message):
        read_key(Dataset("toy.key", line + "\n", ""))


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "<c><lexelt item='a.n'>\n<instance id='1'>\n",
            r"toy, line 3: this is not well-formed XML \(no element found\)",
        ),
        ("<c>\nfish & chips</c>", r"toy, line 2: this is not well-formed XML .*a bare & or < is written &amp;"),
        ("<!DOCTYPE c [\n<!ENTITY a 'aa'>]><c>&a;</c>", "toy, line 2: entities are not read, got 'a'"),
        ("<!DOCTYPE c SYSTEM 'x.dtd'><c>\n&eacute;</c>", "toy, line 2: entities are not read, got 'eacute'"),
        ("<c><instance id='1'></instance></c>", "toy, line 1: an instance stands in no <lexelt item=...>"),
        ("<c><lexelt item='a.n'><instance></instance></lexelt></c>", "toy, line 1: an instance has no id"),
        ("<c><lexelt item='a.n'><instance id='1'/></lexelt></c>", "the instance 1 has no <context>"),
        (
            "<c><lexelt item='a.n'><instance id='1'><context>a</context></instance></lexelt></c>",
            "the instance 1 has no <head> in its context",
        ),
        (
            "<c><lexelt item='a.n'><instance id='1'><context><head>a</head></context></instance></lexelt></c>",
            "toy holds no <answer senseid=...>; name its key: key=FILE",
        ),
        ("<c></c>", "toy holds no <answer senseid=...>"),
        ("one two three\n", "toy: no form of sense-tagged instances that is known: .* got 'one two three'"),
        (JOINED, "toy holds no instance with a sense"),
        (JOINED + "a\t1\ts\tx\ty\na\t1\ts\tx\ty\n", r"toy, line 3: the instance 1 is there already \(toy, line 2\)"),
        (JOINED + "a\t1\t\tx\ty\n", "toy, line 2: a word is empty"),
        ("add.v 2\na\tb\n", "toy holds contexts without senses; name its key: key=FILE"),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError, match=message):
        read(text)


def test_entities_cannot_blow_up():
    bomb = "<!DOCTYPE c [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><c>&b;</c>"
    with pytest.raises(FormatError, match="entities are not read"):
        read(bomb)
    deep = "<c>" * 100_000
    with pytest.raises(FormatError, match="not well-formed"):
        read(deep)


BLOCKS = "add.v 2\nfirst left\tfirst right\n\tonly right\n\nbank.n 1\na\tb\n"
BLOCK_KEY = "add.v add.v.10 two\nadd.v add.v.9 one\nbank.n bank.n.1 shore\n"


def test_contexts_in_the_order_of_instance_numbers():
    found = read(BLOCKS, BLOCK_KEY)
    assert found.instances == ("add.v.9", "add.v.10", "bank.n.1")
    assert [list(gold) for gold in found.gold] == [["one"], ["two"], ["shore"]]
    assert found.around[1] == Occurrence((), ("only", "right"))


@pytest.mark.parametrize(
    "text, key, message",
    [
        (BLOCKS, BLOCK_KEY + "add.v add.v.11 x\n", "toy, line 1: add.v has 2 contexts, and 3 lines in the key"),
        (BLOCKS, BLOCK_KEY + "cut.v cut.v.1 x\n", "toy.key, line 4: the key names 1 of 4 instances .*: cut.v.1"),
        ("add.v 2\nx y\nz\t\n", BLOCK_KEY, "toy, line 2: expected left context, tab, right context of add.v.9"),
        ("add.v 2\na\tb\nc\td\ne\tf\n", BLOCK_KEY, "toy, line 4: expected a word and how many contexts follow"),
    ],
)
def test_bad_contexts_with_a_key(text, key, message):
    with pytest.raises(FormatError, match=message):
        read(text, key)


def test_parts_of_speech_and_cut_words():
    assert [lemma_of(one) for one in ("interest-n", "add.v", "e.g", "a.k.a")] == ["interest", "add", "e.g", "a.k.a"]
    assert cut_at("nonaccess codes", 3, 9) == Occurrence((), ("codes",))


@pytest.mark.parametrize(
    "file, instances, words",
    [
        ("semeval2010-task14/instances.tsv.xz", 8906, 100),
        ("coarsewsd-20/test.tsv.xz", 2922, 10),
        ("coarsewsd-20/train.tsv.xz", 6611, 10),
        ("twsi/Dataset-TWSI-dev.csv.xz", 6159, 463),
        ("senseval-nltk/interest.pos.xz", 2368, 1),
        ("senseval-nltk/line.pos.xz", 4146, 1),
    ],
)
def test_real_files(shared_data, file, instances, words):
    found = read_sense_items(shared_data / "eval" / "wsi" / file)
    assert (len(found), len(set(found.targets))) == (instances, words)
    assert not found.graded and not any("one sense only" in note for note in found.notes)


def test_the_real_key_is_that_of_the_joined_file(shared_data):
    folder = shared_data / "eval" / "wsi" / "semeval2010-task14"
    joined = read_sense_items(folder / "instances.tsv.xz")
    with_key = read_sense_items(folder / "instances.tsv.xz", folder / "adagram-key.txt")
    assert (joined.instances, joined.gold) == (with_key.instances, with_key.gold)

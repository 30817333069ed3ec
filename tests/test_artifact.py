import errno
import json
import os
import shutil

import numpy as np
import pytest

from wordvec import CorruptFileError, FormatError, OutputExistsError, ResourceError
from wordvec.artifact import open_artifact
from wordvec.artifact_writer import ArtifactWriter, check_output

VECTORS = np.arange(6, dtype=np.float32).reshape(2, 3)


def write(path, vectors=VECTORS, overwrite=False, **metadata):
    with ArtifactWriter(path, kind="embeddings", overwrite=overwrite) as writer:
        writer.array("vectors", vectors)
        writer.text("vocabulary", ["sea\t2", "wär\t1"])
        writer.commit({"settings": {}, **metadata}, {"threads": 2})


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "x.wv")
    return tmp_path / "x.wv"


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_round_trip(folder):
    artifact = open_artifact(folder, "embeddings")
    assert artifact.kind == "embeddings"
    for mmap in (True, False):
        found = artifact.array("vectors", mmap=mmap)
        assert found.tolist() == VECTORS.tolist()
        assert not found.flags.writeable
    assert list(artifact.lines("vocabulary")) == ["sea\t2", "wär\t1"]
    assert "vectors" in artifact
    assert artifact.verify() == 2


def test_equal_runs_make_equal_folders_but_for_the_run(tmp_path):
    for name in "ab":
        write(tmp_path / name)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    for name in set(files(tmp_path / "a")) - {"run.json"}:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert json.loads((tmp_path / "a/run.json").read_text())["threads"] == 2


def test_streams_of_unknown_length(tmp_path):
    with ArtifactWriter(tmp_path / "x", kind="corpus") as writer:
        with writer.stream("ids", np.int32) as stream:
            for start in range(0, 100_000, 9_999):
                stream.append(np.arange(start, min(100_000, start + 9_999)))
        with writer.stream("none", np.int64, (3,)):
            pass
        writer.commit({})
    artifact = open_artifact(tmp_path / "x")
    assert (artifact.array("ids") == np.arange(100_000)).all()
    assert artifact.array("none").shape == (0, 3)


def test_an_existing_output_is_refused(folder, tmp_path):
    with pytest.raises(
        ResourceError, match=r"x.wv exists; choose another output or pass --overwrite \(in Python: overwrite=True\)"
    ):
        write(folder)
    for name, make in (("file", lambda p: p.write_text("mine")), ("dir", lambda p: p.mkdir())):
        make(tmp_path / name)
        with pytest.raises(ResourceError, match=f"{name} exists and is not a wordvec artefact; choose another output"):
            write(tmp_path / name, overwrite=True)
    assert (tmp_path / "file").read_text() == "mine"


def test_overwriting_replaces_what_was_the_artefacts_and_nothing_else(folder):
    (folder / "notes.txt").write_text("mine")
    write(folder, VECTORS + 1, overwrite=True)
    assert open_artifact(folder).array("vectors")[0, 0] == 1
    assert len(files(folder)) == 5
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_folder_with_other_peoples_metadata_is_never_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    for content in ('{"title": "x"}', '{"format": 1, "kind": "photographs"}', "{"):
        (tmp_path / "mine/metadata.json").write_text(content)
        with pytest.raises(OutputExistsError, match="mine exists and is not a wordvec artefact; choose another output"):
            write(tmp_path / "mine", overwrite=True)
    assert files(tmp_path) == ["mine", "mine/metadata.json"]


def test_what_the_earlier_metadata_names_outside_its_folder_is_left_alone(folder, tmp_path):
    (tmp_path / "precious").write_text("mine")
    edit(folder, lambda m: m["payloads"]["vocabulary"].update(file="../precious"))
    write(folder, overwrite=True)
    assert (tmp_path / "precious").read_text() == "mine"


def test_an_output_that_cannot_be_written_is_found_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match=r"cannot write .*x.wv: .*file is not a folder"):
        check_output(tmp_path / "file/x.wv", "embeddings", overwrite=False)
    check_output(tmp_path / "new/folder/x.wv", "embeddings", overwrite=False)


def test_an_artefact_of_another_kind_is_never_replaced(folder):
    with pytest.raises(OutputExistsError, match="x.wv holds embeddings, not corpus, and is not replaced"):
        ArtifactWriter(folder, kind="corpus", overwrite=True)


def write_parts(path, value, overwrite, stop=None):
    with ArtifactWriter(path, kind="slices", overwrite=overwrite) as writer:
        for name, number in (("slices/0001", 0), ("slices/0002", value)):
            write(writer.child_folder(name), VECTORS + number)
            writer.adopt_child(name)
        if stop:
            raise stop
        writer.commit({"value": value})


@pytest.mark.parametrize("value", [1, 2])  # an equal rerun, and another result with an equal part
def test_parts_of_an_old_artefact_live_until_the_new_one_is_complete(tmp_path, value):
    path = tmp_path / "all.wvs"
    write_parts(path, 1, overwrite=False)
    with pytest.raises(KeyboardInterrupt):
        write_parts(path, value, overwrite=True, stop=KeyboardInterrupt())
    old = open_artifact(path)
    assert (old.verify(), old.metadata["value"]) == (6, 1)
    assert len(files(path)) == 13
    write_parts(path, value, overwrite=True)
    assert open_artifact(path).verify() == 6
    assert len(files(path)) == 13


def test_a_part_that_is_missing_is_damage(tmp_path):
    write_parts(tmp_path / "all.wvs", 1, overwrite=False)
    shutil.rmtree(next((tmp_path / "all.wvs/slices").glob("0001-*")))
    with pytest.raises(CorruptFileError, match="is missing; .* was written with it"):
        open_artifact(tmp_path / "all.wvs").verify()


def test_the_second_of_two_writers_keeps_the_first_ones_result(tmp_path):
    with pytest.raises(OutputExistsError, match="came to exist while this was written; it is kept"):  # noqa: SIM117
        with ArtifactWriter(tmp_path / "x.wv", kind="embeddings") as writer:
            writer.array("vectors", VECTORS + 1)
            write(tmp_path / "x.wv")
            writer.commit({})
    assert open_artifact(tmp_path / "x.wv").array("vectors")[0, 0] == 0
    assert [p.name for p in tmp_path.iterdir()] == ["x.wv"]


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")])
def test_a_failed_write_leaves_things_as_they_were(tmp_path, overwrite, error):
    if overwrite:
        write(tmp_path / "x.wv")
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path) if (tmp_path / name).is_file()}
    expected = KeyboardInterrupt if error is KeyboardInterrupt else ResourceError
    with (
        pytest.raises(expected, match=None if error is KeyboardInterrupt else "No space left on device. Nothing was"),
        ArtifactWriter(tmp_path / "x.wv", kind="embeddings", overwrite=overwrite) as writer,
    ):
        writer.array("vectors", VECTORS * 2)
        raise error
    after = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path) if (tmp_path / name).is_file()}
    assert after == before
    assert (tmp_path / "x.wv").exists() == overwrite


def test_parts(tmp_path):
    for overwrite in (False, True):
        with ArtifactWriter(tmp_path / "all.wvs", kind="slices", overwrite=overwrite) as writer:
            write(writer.child_folder("slices/0001"), VECTORS + overwrite)
            writer.adopt_child("slices/0001")
            writer.commit({})
    artifact = open_artifact(tmp_path / "all.wvs", "slices")
    assert artifact.child("slices/0001").array("vectors")[0, 0] == 1
    assert artifact.verify() == 3
    assert len(list((tmp_path / "all.wvs/slices").iterdir())) == 1


def test_what_is_no_artefact(tmp_path, folder):
    with pytest.raises(FormatError, match="nothing does not exist"):
        open_artifact(tmp_path / "nothing")
    with pytest.raises(FormatError, match=r"is not a wordvec artefact: it is no folder with a metadata.json inside"):
        open_artifact(tmp_path)
    with pytest.raises(FormatError, match="x.wv holds embeddings, expected corpus or slices"):
        open_artifact(folder, "corpus", "slices")


def edit(folder, change):
    path = folder / "metadata.json"
    metadata = json.loads(path.read_text("utf-8"))
    change(metadata)
    path.write_text(json.dumps(metadata))


def payload(folder, name="vectors"):
    return folder / json.loads((folder / "metadata.json").read_text())["payloads"][name]["file"]


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (lambda f: (f / "metadata.json").write_text("{"), CorruptFileError, "is not valid JSON"),
        (lambda f: (f / "metadata.json").write_text("[" * 100_000), CorruptFileError, "is not valid JSON"),
        (lambda f: (f / "metadata.json").write_text("[]"), CorruptFileError, "names no kind"),
        (lambda f: edit(f, lambda m: m.update(format=99)), FormatError, "has format 99; this wordvec reads up to 1"),
        (lambda f: edit(f, lambda m: m.update(format="1")), CorruptFileError, "format must be a positive integer"),
        (lambda f: edit(f, lambda m: m.update(payloads=[])), CorruptFileError, "'payloads' is not a table"),
        (lambda f: edit(f, lambda m: m["payloads"].pop("vectors")), CorruptFileError, "names no 'vectors' among"),
        (lambda f: payload(f).unlink(), CorruptFileError, "is missing or unreadable"),
        (lambda f: os.truncate(payload(f), 100), CorruptFileError, "has 100 bytes, metadata.json says"),
        (lambda f: payload(f).write_bytes(b"x" * payload(f).stat().st_size), CorruptFileError, "not a readable .npy"),
    ],
)
def test_damage_is_named(folder, damage, error, message):
    damage(folder)
    with pytest.raises(error, match=message):
        open_artifact(folder).array("vectors")


@pytest.mark.parametrize("name", ["../secret.npy", "/etc/passwd", "a/b.npy", "..", ""])
def test_a_payload_outside_the_folder_is_refused(folder, name):
    edit(folder, lambda m: m["payloads"]["vectors"].update(file=name))
    with pytest.raises(CorruptFileError, match="unsafe file name"):
        open_artifact(folder).array("vectors")


@pytest.mark.parametrize("name", ["../x", "/x", ""])
def test_a_part_outside_the_folder_is_refused(folder, name):
    edit(folder, lambda m: m.update(children={"a": {"folder": name, "sha256": ""}}))
    with pytest.raises(CorruptFileError, match="unsafe folder"):
        open_artifact(folder).child("a")


def test_a_header_that_promises_more_is_refused_before_any_allocation(folder):
    import io

    target = payload(folder)
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 10**6)})
    target.write_bytes(stream.getvalue().ljust(target.stat().st_size, b"\0"))
    with pytest.raises(CorruptFileError, match="not a readable .npy file"):
        open_artifact(folder).array("vectors", mmap=False)


def test_an_array_of_objects_is_never_unpickled(folder):
    target = payload(folder)
    np.save(target, np.array([{}], dtype=object))
    edit(folder, lambda m: m["payloads"]["vectors"].update(bytes=target.stat().st_size))
    with pytest.raises(CorruptFileError, match="not a readable .npy file"):
        open_artifact(folder).array("vectors")


def test_changed_bytes_are_found_by_verify(folder):
    target = payload(folder)
    data = bytearray(target.read_bytes())
    data[-1] ^= 1
    target.write_bytes(data)
    open_artifact(folder).array("vectors")
    with pytest.raises(CorruptFileError, match="was changed after it was written: its SHA-256 differs"):
        open_artifact(folder).verify()


def test_a_changed_part_is_found(tmp_path):
    with ArtifactWriter(tmp_path / "all.wvs", kind="slices") as writer:
        write(writer.child_folder("compass"))
        writer.adopt_child("compass")
        writer.commit({})
    part = next((tmp_path / "all.wvs").glob("compass-*"))
    edit(part, lambda m: m.update(settings={"seed": 2}))
    with pytest.raises(CorruptFileError, match="is not the file that"):
        open_artifact(tmp_path / "all.wvs").child("compass")

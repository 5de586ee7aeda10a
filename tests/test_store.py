from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from pathlib import Path

import pytest

from planner import store
from planner.domain.programme import Programme
from planner.errors import InvalidInput
from planner.export.ical import calendar_bytes
from planner.export.summary import summary
from planner.revise.carry import carried
from tests import folders


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -------------------------------------------------------------------- writing
def test_a_folder_holds_everything(tmp_path: Path) -> None:
    folders.write_folder(tmp_path / "out")
    assert sorted(tree(tmp_path / "out")) == [
        "calendar.ics",
        "inputs/busy.json",
        "inputs/clinic.json",
        "inputs/exercises.json",
        "inputs/patient.json",
        "programme.json",
        "revisions/1/programme.json",
        "solver.json",
        "summary.md",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    made = folders.write_folder(tmp_path / "out")
    programme, case = store.read(tmp_path / "out")
    assert programme == made.programme
    assert case.patient == folders.patient()
    assert case.clinic == folders.case().clinic
    assert case.busy == folders.case().busy
    assert sorted(case.exercises) == sorted(folders.NAMED)
    assert case.exercises["walking"] == folders.exercise("walking")


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    folders.write_folder(tmp_path / "one")
    folders.write_folder(tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert (tmp_path / "one" / "programme.json").read_bytes().endswith(b"}\n")


def test_only_exercises_that_are_named_are_kept(tmp_path: Path) -> None:
    folders.write_folder(tmp_path / "out")
    kept = json.loads((tmp_path / "out/inputs/exercises.json").read_text())["exercises"]
    assert {row["id"] for row in kept} == set(folders.NAMED)


def test_the_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    made = folders.write_folder(tmp_path / "out").programme.provenance
    inputs = tree(tmp_path / "out" / "inputs")
    assert made.clinic_sha256 == hashlib.sha256(inputs["clinic.json"]).hexdigest()
    assert made.patient_sha256 == hashlib.sha256(inputs["patient.json"] + inputs["busy.json"]).hexdigest()


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folders.write_folder(tmp_path / "out")
    assert (tmp_path / "out/programme.json").is_file()


def test_an_older_programme_is_replaced_only_with_force(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    (out / "summary.md").write_text("old")
    with pytest.raises(InvalidInput, match="--force"):
        folders.write_folder(out)
    assert (out / "summary.md").read_text() == "old"
    folders.write_folder(out, force=True)
    assert (out / "summary.md").read_text() != "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_strange_files_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput, match=r"did not write \(notes.txt\)"):
        folders.write_folder(out, force=True)
    assert (out / "notes.txt").read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(InvalidInput, match="is a file; name a folder"):
        folders.write_folder(tmp_path / "out", force=True)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    folders.write_folder(tmp_path / "no" / "such" / "out")
    assert (tmp_path / "no/such/out/programme.json").is_file()
    store.write_file(tmp_path / "nor" / "this" / "phone.ics", b"x", force=False)
    assert (tmp_path / "nor/this/phone.ics").read_bytes() == b"x"


def test_the_parent_may_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match=r"cannot be written: .* is no folder"):
        folders.write_folder(tmp_path / "file" / "out")


def test_the_folder_one_is_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    for out in (Path(), tmp_path):
        with pytest.raises(InvalidInput, match="the folder you are in"):
            folders.write_folder(out, force=True)


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    folders.write_folder(tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "real/programme.json").is_file()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(InvalidInput, match="no permission"):
        folders.write_folder(tmp_path / "closed" / "out")


class _Steps:
    """Counts the writes and renames of a folder, and lets the one of that number fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException) -> None:
        self.count, self.at, self.error = 0, at, error
        monkeypatch.setattr(store, "_put", self._failing(store._put))
        monkeypatch.setattr(Path, "rename", self._failing(Path.rename))

    def _failing(self, real):  # type: ignore[no-untyped-def]
        def step(*args):  # type: ignore[no-untyped-def]
            self.count += 1
            if self.count == self.at:
                raise self.error
            return real(*args)

        return step


@pytest.mark.parametrize("at", range(1, 13))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_at_any_moment_leaves_the_old_programme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException
) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    before = tree(out)
    steps = _Steps(monkeypatch, at, error)
    changed = folders.builder.signed(folders.builder.programme())
    try:
        folders.write_folder(out, force=True, programme=changed)
    except (InvalidInput, KeyboardInterrupt):
        assert steps.count >= at
        assert tree(out) == before
    else:
        assert steps.count == 11  # nine files and two renames: this one never failed
        assert tree(out) != before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_put", full)
    with pytest.raises(InvalidInput, match="out: cannot be written: No space left on device"):
        folders.write_folder(tmp_path / "out")


# -------------------------------------------------------------------- single files
def test_a_file_is_replaced_only_with_force(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    store.write_file(path, b"one", force=False)
    with pytest.raises(InvalidInput, match="--force"):
        store.write_file(path, b"two", force=False)
    assert path.read_bytes() == b"one"
    store.write_file(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ics"]


@pytest.mark.parametrize("name", [".", "/dev/null"])
def test_what_is_no_file_is_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        store.write_file(tmp_path / name, b"x", force=True)


# -------------------------------------------------------------------- reading
@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("patient.json", '"age":38', '"age":39', "inputs/patient.json or inputs/busy.json: was changed"),
        ("busy.json", "T09:00", "T08:00", "inputs/patient.json or inputs/busy.json: was changed"),
        ("clinic.json", "North", "South", "inputs/clinic.json: was changed"),
        ("exercises.json", '"level":2', '"level":3', "inputs/exercises.json: was changed"),
    ],
)
def test_a_changed_input_is_named(tmp_path: Path, name: str, old: str, new: str, problem: str) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    path = out / "inputs" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InvalidInput, match=problem):
        store.read(out)


def test_every_broken_input_is_named_at_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    (out / "inputs/patient.json").unlink()
    (out / "inputs/clinic.json").write_text("{")
    (out / "inputs/exercises.json").write_bytes(b"\xff")
    with pytest.raises(InvalidInput) as caught:
        store.read(out)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["patient.json", "clinic.json", "exercises.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema_version": 1}', "null"])
def test_a_broken_programme_is_refused(tmp_path: Path, content: str) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    (out / "programme.json").write_text(content)
    with pytest.raises(InvalidInput, match=r"programme\.json"):
        store.read(out)


def test_what_is_no_programme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        store.read(tmp_path / "out")
    with pytest.raises(InvalidInput, match=r"has no programme\.json"):
        store.read(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match="is a file"):
        store.read(tmp_path / "file")


def test_an_edited_programme_is_seen(tmp_path: Path) -> None:
    out = tmp_path / "out"
    programme = folders.write_folder(out).programme
    assert not store.edited_by_hand(out, programme)
    (out / "programme.json").write_bytes((out / "programme.json").read_bytes() + b"\n")
    assert store.edited_by_hand(out, programme)


# -------------------------------------------------------------------- revisions
def write_next(out: Path, *, age: int = 39, update: dict[str, object] | None = None) -> Programme:
    """Write the next revision, from a patient of another age."""
    read = store.read_programme(out)
    of = folders.case(patient=folders.patient(age=age))
    new = read.model_copy(update={"planned_from": dt.date(2026, 3, 23), "changes": (), **(update or {})})
    made = folders.plan(of, carried(read, new, stamp=dt.datetime(2026, 3, 22, read.revision, tzinfo=dt.UTC)))
    calendar = calendar_bytes(made.programme)
    store.write_revision(out, made, of, calendar, summary(made.programme, of), read=read)
    return made.programme


def test_a_revision_keeps_the_older_ones_with_their_inputs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = folders.write_folder(out).programme
    before = tree(out)
    second, third = write_next(out), write_next(out, age=40)
    after = tree(out)
    assert store.revisions(out) == (1, 2, 3)
    inputs = [name for name in before if name.startswith("inputs/")]
    assert set(after) == {*before, "revisions/2/programme.json", "revisions/3/programme.json"} | {
        f"revisions/{n}/{name}" for n in (1, 2) for name in inputs
    }
    assert all(after[f"revisions/1/{name}"] == before[name] for name in inputs)
    assert after["revisions/1/programme.json"] == before["programme.json"]
    for number, programme, age in ((1, first, 38), (2, second, 39), (3, third, 40), (None, third, 40)):
        read, case = store.read(out, number)
        assert (read, case.patient.age) == (programme, age)
    assert not store.edited_by_hand(out, third)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_old_input_that_was_changed_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    write_next(out)
    path = out / "revisions/1/inputs/clinic.json"
    path.write_text(path.read_text().replace("North", "South"))
    store.read(out)
    with pytest.raises(InvalidInput, match=r"revisions/1/inputs/clinic\.json: was changed"):
        store.read(out, 1)


def test_every_other_file_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    for name, text in (("log.yaml", "entries: []\n"), ("notes.txt", "mine"), ("letters/one.txt", "dear")):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text)
    write_next(out)
    assert (out / "log.yaml").read_text() == "entries: []\n"
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "letters/one.txt").read_text() == "dear"


def test_a_folder_that_holds_another_revision_by_now_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    read = store.read_programme(out)
    write_next(out)
    before = tree(out)
    made = folders.plan(programme=carried(read, read, stamp=read.stamp))
    with pytest.raises(InvalidInput, match="was changed while the next revision was made; nothing was written"):
        store.write_revision(out, made, folders.case(), b"", "", read=read)
    assert tree(out) == before


@pytest.mark.parametrize("name", ["log.yaml", "revisions/1/more.json"])
def test_what_is_written_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    (out / "log.yaml").write_text("one\n")
    real = store._put

    def put(path: Path, data: bytes) -> None:
        (out / name).write_text("two\n")  # somebody else, while the new folder is built
        real(path, data)

    monkeypatch.setattr(store, "_put", put)
    with pytest.raises(InvalidInput, match="nothing was written"):
        write_next(out)
    assert (out / name).read_text() == "two\n"
    assert store.read_programme(out).revision == 1
    monkeypatch.setattr(store, "_put", real)
    assert write_next(out).revision == 2
    assert (out / name).read_text() == "two\n"


@pytest.mark.parametrize("at", range(1, 19))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_at_any_moment_leaves_the_last_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException
) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    before = tree(out)
    steps = _Steps(monkeypatch, at, error)
    try:
        write_next(out)
    except (InvalidInput, KeyboardInterrupt):
        assert tree(out) == before
    else:
        assert steps.count == 16  # fourteen files and two renames: this one never failed
        assert store.revisions(out) == (1, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_revision_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    write_next(out)
    with pytest.raises(InvalidInput, match="has no revision 7; it has 1, 2"):
        store.read(out, 7)


def test_a_revision_follows_the_one_that_was_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = folders.write_folder(out)
    with pytest.raises(ValueError, match="does not follow"):
        store.write_revision(out, made, folders.case(), b"", "", read=made.programme)


def test_the_folder_one_is_in_is_not_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.write_folder(tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    with pytest.raises(InvalidInput, match="the folder you are in"):
        write_next(Path())

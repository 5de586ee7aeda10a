"""The log on disk: a crash at any byte loses nothing that was confirmed, and writers take turns."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planner import journal, store
from planner.domain.log import NEXT_ID, Log, LogEntry
from planner.errors import InvalidInput
from tests import folders
from tests.export import builder

NOW = dt.datetime(2026, 3, 16, 18, tzinfo=dt.UTC)


def entry(words: str, name: str = NEXT_ID, **more: Any) -> LogEntry:
    return LogEntry(id=name, written=NOW, words=words, **more)


def append(out: Path, *words: str) -> tuple[str, ...]:
    return tuple(one.id for one in journal.append_log(out, "P", [entry(word) for word in words]))


def words(log: Log) -> list[str]:
    return [one.words for one in log.entries]


def test_nothing_was_written_yet(tmp_path: Path) -> None:
    assert journal.read_log(tmp_path, "P") == Log(programme="P")
    assert journal.torn(tmp_path, "P") == ""


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert append(tmp_path, "one", "zwei: größer") == ("e0001", "e0002")
    assert append(tmp_path, "three") == ("e0003",)
    assert words(journal.read_log(tmp_path, "P")) == ["one", "zwei: größer", "three"]
    assert (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()[:2] == [
        '{"programme":"P"}',
        '{"id":"e0001","written":"2026-03-16T18:00:00Z","words":"one"}',
    ]


def test_what_is_there_already_is_not_written(tmp_path: Path) -> None:
    append(tmp_path, "one")
    before = (tmp_path / "log.jsonl").read_bytes()
    assert journal.append_log(tmp_path, "P", [entry("one", "e0001")]) == ()
    assert (tmp_path / "log.jsonl").read_bytes() == before


# -------------------------------------------------------------------- crashes
@pytest.mark.parametrize("first", [(), ("one",), ("one", "größer")], ids=["first write", "second", "third"])
def test_a_crash_at_any_byte_loses_nothing_that_was_confirmed(tmp_path: Path, first: tuple[str, ...]) -> None:
    path = tmp_path / "log.jsonl"
    if first:
        append(tmp_path, *first)
    before = path.read_bytes() if first else b""
    append(tmp_path, "in the making, ä", "and another")
    after = path.read_bytes()
    assert after.startswith(before)
    for length in range(len(before), len(after) + 1):
        path.write_bytes(after[:length])
        (tmp_path / "log.torn").unlink(missing_ok=True)
        left = journal.read_log(tmp_path, "P")
        assert words(left)[: len(first)] == list(first)
        tail = after[:length].rpartition(b"\n")[2]
        whole = tail in after.split(b"\n")
        assert bool(journal.torn(tmp_path, "P")) == (not whole)
        append(tmp_path, "afterwards")
        assert words(journal.read_log(tmp_path, "P")) == [*words(left), "afterwards"]
        assert journal.torn(tmp_path, "P") == ""
        if not whole:
            assert (tmp_path / "log.torn").read_bytes() == tail + b"\n"


def test_a_crash_while_a_torn_end_is_put_aside_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(tmp_path, "one", "two")
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes()[:-4])

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    for function in ("fsync", "ftruncate", "lseek"):
        with monkeypatch.context() as patched:
            patched.setattr(os, function, cut)
            with pytest.raises(PowerCut):
                append(tmp_path, "three")
        assert words(journal.read_log(tmp_path, "P")) == ["one"]
        assert b'"words":"tw' in path.read_bytes() + (tmp_path / "log.torn").read_bytes()
    append(tmp_path, "three")
    assert words(journal.read_log(tmp_path, "P")) == ["one", "three"]
    assert b'"words":"tw' in (tmp_path / "log.torn").read_bytes()


def test_a_torn_line_is_told(tmp_path: Path) -> None:
    append(tmp_path, "one", "two")
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes()[:-59])
    assert journal.torn(tmp_path, "P") == (
        f'{path}: the last line was cut short while it was written, and is not an entry: {{"i'
    )


def test_a_full_disk_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(tmp_path, "one")
    before = (tmp_path / "log.jsonl").read_bytes()
    real = os.write
    written: list[int] = []

    def full(descriptor: int, data: bytes) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(real(descriptor, data[:10]))
        return written[0]

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InvalidInput, match=r"log.jsonl: cannot be written: No space left on device; nothing was added"):
        append(tmp_path, "two")
    monkeypatch.undo()
    assert (tmp_path / "log.jsonl").read_bytes() == before


# -------------------------------------------------------------------- damage
@pytest.mark.parametrize(
    ("number", "line", "said"),
    [
        (1, b"\x00\x00\x00", "2: is not a whole entry: is not JSON"),
        (1, b'{"id":"e0001","written":"2026-03-16T18:00:00Z","word":"x"}', "2: is not a whole entry: word: "),
        (1, b'{"id":"e0002","written":"2026-03-16T18:00:00Z"}', "entries: the id 'e0002' is used twice"),
        (0, b'{"programme":"Q"}', "1: is the log of another programme (Q); name a new folder"),
        (0, b"[]", "1: is not a whole entry: is not the first line of a log"),
    ],
)
def test_damage_before_the_last_line_is_never_passed_over(tmp_path: Path, number: int, line: bytes, said: str) -> None:
    append(tmp_path, "one", "two")
    path = tmp_path / "log.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[number] = line
    path.write_bytes(b"\n".join(lines))
    for act in (journal.read_log, journal.torn, lambda out, programme: journal.append_log(out, programme, [])):
        with pytest.raises(InvalidInput) as caught:
            act(tmp_path, "P")
        assert said in str(caught.value)


def test_an_editor_may_have_left_other_line_ends(tmp_path: Path) -> None:
    append(tmp_path, "one", "two")
    path = tmp_path / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    append(tmp_path, "three")
    assert words(journal.read_log(tmp_path, "P")) == ["one", "two", "three"]


# -------------------------------------------------------------------- several writers
WRITER = """
import datetime as dt, sys
from pathlib import Path
from planner import journal
from planner.domain.log import NEXT_ID, LogEntry
for number in range(15):
    entry = LogEntry(id=NEXT_ID, written=dt.datetime(2026, 3, 16), words=f"{sys.argv[2]} {number}")
    journal.append_log(Path(sys.argv[1]), "P", [entry])
"""


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be locked there")
def test_writers_take_turns(tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=root) for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = journal.read_log(tmp_path, "P")
    assert sorted(words(found)) == sorted(f"{name} {number}" for name in "abc" for number in range(15))
    assert [one.id for one in found.entries] == [f"e{number:04d}" for number in range(1, 46)]


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be locked there")
def test_a_writer_that_does_not_finish_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "WAIT_SECONDS", 0.05)
    with (
        journal.locked(tmp_path),
        pytest.raises(InvalidInput, match="is being written to by another process; try again when it is done"),
    ):
        append(tmp_path, "one")
    assert append(tmp_path, "one") == ("e0001",)


# -------------------------------------------------------------------- in a programme's folder
def test_a_programme_that_is_written_anew_keeps_its_log(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    store.append_log(out, [entry("one")])
    (out / "log.torn").write_bytes(b"torn\n")
    folders.write_folder(out, force=True)
    assert words(store.read_log(out)) == ["one"]
    assert (out / "log.torn").read_bytes() == b"torn\n"


def test_the_log_of_another_programme_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    store.append_log(out, [entry("one")])
    other = builder.programme(id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(InvalidInput, match="is the log of another programme"):
        folders.write_folder(out, force=True, programme=other)
    assert words(store.read_log(out)) == ["one"]


def test_an_entry_that_waits_goes_into_the_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders.write_folder(out)
    with journal.locked(out):
        code = WRITER.replace('"P"', "sys.argv[3]").replace("range(15)", "range(1)")
        writer = subprocess.Popen(
            [sys.executable, "-c", code, str(out), "late", builder.programme().id], cwd=Path(__file__).parents[1]
        )
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(3)
        out.rename(tmp_path / "old")
        folders.write_folder(out)
    assert writer.wait(30) == 0
    assert words(store.read_log(out)) == ["late 0"]

"""The log on disk: ``OUT/log.jsonl``, one line for each entry, only ever added to.

::

    {"programme":"0d3bb9a0-93a5-5d0c-8a55-9c1b7f3c2f11"}
    {"id":"e0001","written":"2026-03-16T18:20:00Z","slot":"w01-s1","done":"done"}

Why JSON Lines and not one YAML file.  What was written is evidence and is never written again: a new
entry is one write at the end, forced to the disk before anybody is told that it is there.  A crash
can then only tear the last line, and a torn line shows: a JSON object that stops short is no JSON
object, and a line of ours ends with a newline.  A file that has to be written anew for each entry
risks all entries each time, and reads no better.

A torn line was never confirmed to anybody.  It is reported (``torn``), kept beside the log in
``OUT/log.torn`` before it is cut off, and the entry is written again by whoever wrote it.  Anything
else that is no entry is a fault with its line; nothing is skipped.

Writers take turns: whoever adds holds a lock on the folder, on systems that have such locks.  The
number of an entry is given under it.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from planner.domain.log import Log, LogEntry
from planner.errors import Fault, InvalidInput
from planner.intake.yamlfile import one_line, read_bytes

if os.name != "nt":
    import fcntl

LOG: Final = "log.jsonl"
TORN: Final = "log.torn"
#: Largest log that is read back, bytes.
MAX_BYTES: Final = 100_000_000
#: How long another writer is waited for, seconds.
WAIT_SECONDS: Final = 10.0


@dataclass(frozen=True)
class _Found:
    """What the file holds: whole entries, how many bytes they take, and what is torn behind them."""

    log: Log
    whole: int = 0
    torn: bytes = b""
    unended: bool = False


def read_log(out: Path, programme: str) -> Log:
    """The log in a programme's folder; empty when nothing was written yet.

    Raises
    ------
    InvalidInput
        When a line before the last is no entry, or the log is of another programme.
    """
    return _read(out / LOG, programme).log


def torn(out: Path, programme: str) -> str:
    """What to tell of a last line that a crash tore; empty when there is none."""
    found = _read(out / LOG, programme)
    if not found.torn:
        return ""
    start = one_line(found.torn.decode("utf-8", "replace"))
    return f"{out / LOG}: the last line was cut short while it was written, and is not an entry: {start}"


def append_log(out: Path, programme: str, entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    """Add entries to the log, and return those that were new, with their ids (see ``Log.news``).

    They are on the disk when this returns.

    Raises
    ------
    InvalidInput
        When an entry does not fit the log, the log cannot be read or written, or another writer
        does not finish.
    """
    path = out / LOG
    with locked(out):
        found = _read(path, programme)
        try:
            new = found.log.news(entries)
        except (ValidationError, ValueError) as error:
            problem = error.errors(include_url=False)[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise _refuse(path, problem) from None
        if not new:
            return ()
        lines = [] if found.whole else [{"programme": programme}]
        lines += [entry.model_dump(mode="json", exclude_defaults=True) for entry in new]
        data = b"".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for line in lines)
        try:
            _add(path, found, data)
        except OSError as error:
            raise _refuse(path, f"cannot be written: {error.strerror or error}; nothing was added") from None
        return new


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Be the only writer of a folder while the block runs.

    Raises
    ------
    InvalidInput
        When the folder cannot be opened, or another writer holds it for ``WAIT_SECONDS``.
    """
    if os.name == "nt":  # folders cannot be opened there; a clash of numbers is found on reading
        yield
        return
    until = time.monotonic() + WAIT_SECONDS
    waited = False
    while True:
        try:
            descriptor = os.open(out, os.O_RDONLY)
        except OSError as error:
            # between two renames a new programme is about to take the folder's place
            if not (waited and isinstance(error, FileNotFoundError)):
                raise _refuse(out, f"cannot be opened: {error.strerror or error}") from None
        else:
            try:
                if _taken(descriptor) and _same(descriptor, out):
                    yield
                    return
            finally:
                os.close(descriptor)
        waited = True
        if time.monotonic() > until:
            raise _refuse(out, "is being written to by another process; try again when it is done")
        time.sleep(0.02)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


# -------------------------------------------------------------------- reading
def _read(path: Path, programme: str) -> _Found:
    if not path.exists():
        return _Found(Log(programme=programme))
    data = read_bytes(path, at_most=MAX_BYTES)
    entries: list[LogEntry] = []
    faults: list[Fault] = []
    whole = 0
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    for number, line in enumerate(lines, start=1):
        try:
            if number == 1 and data:
                named = json.loads(line)
                if not isinstance(named, dict) or set(named) != {"programme"}:
                    raise ValueError("is not the first line of a log")
                if named["programme"] != programme:
                    problem = (
                        f"is the log of another programme ({one_line(str(named['programme']))}); name a new folder"
                    )
                    faults.append(Fault(str(path), 1, "", problem))
            elif line.strip():
                entries.append(LogEntry.model_validate_json(line))
        except ValueError as error:
            if not line.endswith(b"\n"):
                return _Found(_log(path, programme, entries, faults), whole, line)
            faults.append(Fault(str(path), number, "", f"is not a whole entry: {_reason(error)}"))
        whole += len(line)
    return _Found(_log(path, programme, entries, faults), whole, unended=bool(data) and not data.endswith(b"\n"))


def _log(path: Path, programme: str, entries: list[LogEntry], faults: list[Fault]) -> Log:
    if not faults:
        try:
            return Log(programme=programme, entries=tuple(entries))
        except ValidationError as error:
            faults.append(Fault(str(path), 0, "", _reason(error)))
    raise InvalidInput(faults)


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            return "is not JSON"
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}{': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"
    return "is not JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else str(error)


# -------------------------------------------------------------------- writing
def _add(path: Path, found: _Found, data: bytes) -> None:
    """Put a torn end aside, then add the new lines with one write."""
    if found.torn:
        _append(path.with_name(TORN), found.torn + b"\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        os.ftruncate(descriptor, found.whole)
        os.lseek(descriptor, found.whole, os.SEEK_SET)
        try:
            _write_all(descriptor, (b"\n" if found.unended else b"") + data)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, found.whole)
            raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write everything, and have it on the disk."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse(path: Path, problem: str) -> InvalidInput:
    return InvalidInput([Fault(str(path), 0, "", problem)])

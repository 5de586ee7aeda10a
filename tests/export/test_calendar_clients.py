"""Revisions imported into real calendar programs leave exactly the sessions of the last one.

Each test skips where its program is not installed: ``pip install '.[clients]'``.  khal keeps its
calendar in a folder of the test; Radicale listens on a free port of this machine only.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import icalendar
import pytest

from planner.domain.log import Attendance
from planner.domain.programme import Programme, Session, Status
from planner.export.ical import calendar_bytes, event_uid
from planner.export.vtimezone import load_zone
from planner.revise.carry import carried
from tests.export import builder
from tests.revise.replans import STAMPS, became, lifted, moved, replanned

Event = tuple[str, dt.datetime, dt.datetime, str, str]


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def revisions(timezone: str) -> list[Programme]:
    """Four: planned; moved, struck out, added and done; one of them back; signed."""
    first = builder.programme(timezone)
    second_week = first.week(2).starts

    def edit(session: Session) -> Session | None:
        if session.slot == "w02-s1":
            return moved(session, 24 * 60)
        if session.slot == "w03-s2":
            return lifted(session, 8, 8, load=10)
        return None if session.slot in ("w02-s2", "w02-d3-1") else session

    plan = replanned(first, edit, planned_from=second_week)
    extra = builder.session(
        "w03-s4",
        dt.datetime.combine(first.week(3).starts + dt.timedelta(days=4), dt.time(7)),
        30,
        builder.training_items(3),
        week=3,
    )
    held = first.check_ins[0].model_copy(update={"status": Status.DONE, "passed": True})
    done = tuple(became(s, Attendance.DONE) for s in first.sessions_of(1))
    plan = plan.model_copy(
        update={"sessions": (*done, *plan.sessions, extra), "check_ins": (held, *first.check_ins[1:])}
    )
    second = carried(first, plan, stamp=STAMPS[0])
    again = replanned(first, planned_from=second_week)
    third = carried(second, again.model_copy(update={"check_ins": plan.check_ins}), stamp=STAMPS[1])
    return [first, second, third, carried(third, builder.signed(third), stamp=STAMPS[2])]


def expected(plan: Programme) -> set[Event]:
    """What a client has to hold: identity, instants, status and the last title."""
    zone = load_zone(plan.timezone).info
    titles = {str(e["UID"]): str(e["SUMMARY"]) for e in events_of(calendar_bytes(plan))}
    found = set()
    for entry in builder.entries(plan):
        uid = event_uid(plan, entry.slot)
        times = (moment.replace(tzinfo=zone).astimezone(dt.UTC) for moment in (entry.start, entry.end))
        found.add((uid, *times, entry.status.in_calendar.value.upper(), titles[uid]))
    return found  # type: ignore[return-value]


def events_of(data: bytes) -> list[icalendar.Component]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def held(data: bytes) -> list[Event]:
    """The events of a calendar as a client gives it back."""
    return [
        (
            str(e["UID"]),
            e["DTSTART"].dt.astimezone(dt.UTC),
            e["DTEND"].dt.astimezone(dt.UTC),
            str(e["STATUS"]),
            str(e["SUMMARY"]),
        )
        for e in events_of(data)
    ]


def test_the_revisions_differ_in_everything_that_may_go_wrong() -> None:
    _, second, third, fourth = revisions("Europe/Berlin")
    assert {s.status for s in second.sessions} == {Status.DONE, Status.TENTATIVE, Status.CANCELLED, Status.CONFIRMED}
    assert {c.kind for c in second.changes} == {"time", "dose", "cancelled", "added"}
    assert {c.kind for c in third.changes} == {"time", "dose", "cancelled", "added"}
    assert {c.kind for c in fourth.changes} == {"signed"}


# -------------------------------------------------------------------- khal
@pytest.fixture
def khal(tmp_path: Path) -> Path:
    """A configuration of khal with one empty calendar."""
    if not installed("khal"):
        pytest.skip("khal is not installed")
    (tmp_path / "calendar").mkdir()
    config = tmp_path / "config"
    config.write_text(
        f"[calendars]\n[[plan]]\npath = {tmp_path}/calendar\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%dT%H:%M\nlongdatetimeformat = %Y-%m-%dT%H:%M\n"
        "[default]\ndefault_calendar = plan\n"
    )
    return config


def run_khal(config: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from khal.cli import main_khal; main_khal()", "-c", str(config), *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(config.parent), "LC_ALL": "C.UTF-8"}
    run = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)
    assert not run.returncode, run.stderr.decode()
    return run.stdout.decode()


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "Africa/Cairo"])
def test_khal(khal: Path, timezone: str) -> None:
    for number, plan in enumerate(revisions(timezone), start=1):
        file = khal.parent / f"revision-{number}.ics"
        file.write_bytes(calendar_bytes(plan))
        run_khal(khal, "import", "--batch", "-a", "plan", str(file))
        stored = [e for path in (khal.parent / "calendar").glob("*.ics") for e in held(path.read_bytes())]
        assert len(stored) == len(expected(plan))
        assert set(stored) == expected(plan)
    first, days = plan.starts - dt.timedelta(days=1), f"{7 * plan.weeks_planned + 3}d"
    listed = run_khal(
        khal, "list", "--notstarted", "--day-format", "", "--format", "{uid}\t{start}\t{end}", f"{first}", days
    )
    rows = [tuple(line.split("\t")) for line in listed.splitlines() if line]
    assert sorted(rows) == sorted(
        (uid, f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}") for uid, start, end, *_ in expected(plan)
    )


# -------------------------------------------------------------------- Radicale
@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """A server with an empty storage; the address of one collection."""
    if not installed("radicale"):
        pytest.skip("Radicale is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (f"--server-hosts=127.0.0.1:{port}", "--auth-type=none", f"--storage-filesystem-folder={tmp_path}/data")
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", "", *options], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until and server.poll() is None:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.1)
        assert server.poll() is None, (tmp_path / "server.log").read_text()
        ask("MKCOL", f"http://127.0.0.1:{port}/patient/")
        yield f"http://127.0.0.1:{port}/patient/plan/"
    finally:
        server.terminate()
        server.wait(timeout=30)


def ask(method: str, url: str, data: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "text/calendar"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            found: bytes = answer.read()
            return found
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.code} {error.read().decode()}") from None


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "Africa/Cairo"])
def test_a_radicale_collection(radicale: str, timezone: str) -> None:
    for plan in revisions(timezone):
        ask("PUT", radicale, calendar_bytes(plan))
        stored = held(ask("GET", radicale))
        assert len(stored) == len(expected(plan))
        assert set(stored) == expected(plan)


def test_single_events_put_into_a_radicale_collection(radicale: str) -> None:
    """As a synchronising client does: only events that are new to it are sent, over those that are there."""
    first, *later = revisions("Europe/Berlin")
    ask("PUT", radicale, calendar_bytes(first))
    sent = {str(e["UID"]): e for e in events_of(calendar_bytes(first))}
    for plan in later:
        calendar = icalendar.Calendar.from_ical(calendar_bytes(plan))
        zone = calendar.walk("VTIMEZONE")
        for event in calendar.walk("VEVENT"):
            uid, before = str(event["UID"]), sent.get(str(event["UID"]))
            if before is not None and before["LAST-MODIFIED"].dt == event["LAST-MODIFIED"].dt:
                assert before["DTSTART"].dt == event["DTSTART"].dt
                assert before["SEQUENCE"] == event["SEQUENCE"]
                continue
            assert before is None or event["SEQUENCE"] >= before["SEQUENCE"]
            one = icalendar.Calendar()
            one.add("PRODID", "-//test//EN")
            one.add("VERSION", "2.0")
            for part in (*zone, event):
                one.add_component(part)
            ask("PUT", f"{radicale}{uid}.ics", one.to_ical())
            sent[uid] = event
        found = {event[:4] for event in held(ask("GET", radicale))}
        assert found == {event[:4] for event in expected(plan)}

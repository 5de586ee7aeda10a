"""Calendars read by parsers that had no part in writing them; each test skips where its parser is absent.

``pip install '.[clients]'`` for vobject and ical; ``apt install gir1.2-ical-3.0 python3-gi`` for libical.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from typing import Any

import builder
import pytest

from planner.domain.programme import Programme
from planner.export.ical import calendar_bytes, event_uid
from planner.export.vtimezone import load_zone
from planner.revise.carry import carried
from tests.revise.replans import STAMPS, replanned, without

ZONES = [
    "Europe/Berlin",
    "Australia/Sydney",
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Africa/Cairo",
]

Found = dict[str, tuple[dt.datetime, dt.datetime]]


def expected(plan: Programme) -> Found:
    zone = load_zone(plan.timezone).info
    return {
        event_uid(plan, e.slot): (
            e.start.replace(tzinfo=zone).astimezone(dt.UTC),
            e.end.replace(tzinfo=zone).astimezone(dt.UTC),
        )
        for e in builder.entries(plan)
    }


@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize("timezone", ZONES)
def test_vobject(timezone: str, neutral: bool) -> None:
    vobject: Any = pytest.importorskip("vobject")
    plan = builder.programme(timezone)
    calendar = vobject.readOne(calendar_bytes(plan, neutral_titles=neutral).decode())
    found: Found = {
        e.uid.value: (e.dtstart.value.astimezone(dt.UTC), e.dtend.value.astimezone(dt.UTC))
        for e in calendar.vevent_list
    }
    assert found == expected(plan)
    assert calendar.validate()


@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize("timezone", ZONES)
def test_ical(timezone: str, neutral: bool) -> None:
    stream: Any = pytest.importorskip("ical.calendar_stream")
    plan = builder.programme(timezone)
    calendar = stream.IcsCalendarStream.calendar_from_ics(calendar_bytes(plan, neutral_titles=neutral).decode())
    found: Found = {e.uid: (e.dtstart.astimezone(dt.UTC), e.dtend.astimezone(dt.UTC)) for e in calendar.events}
    assert found == expected(plan)
    assert {e.classification for e in calendar.events} == {"PRIVATE"}
    assert {len(e.alarm) for e in calendar.events} == {1}


#: Run by whichever Python has the bindings: parse, check against RFC 5546's tables, say the instants.
LIBICAL = """
import json, sys
import gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib as I
root = I.Component.new_from_string(sys.stdin.buffer.read().decode())
assert root is not None and root.isa() == I.ComponentKind.VCALENDAR_COMPONENT
utc = I.Timezone.get_utc_timezone()
found = {}
event = root.get_first_component(I.ComponentKind.VEVENT_COMPONENT)
while event is not None:
    times = []
    for kind, get in ((I.PropertyKind.DTSTART_PROPERTY, "get_dtstart"), (I.PropertyKind.DTEND_PROPERTY, "get_dtend")):
        parameter = event.get_first_property(kind).get_first_parameter(I.ParameterKind.TZID_PARAMETER)
        zone = utc if parameter is None else root.get_timezone(parameter.get_tzid())
        assert zone is not None
        time = getattr(event, get)()
        time.set_timezone(zone)
        times.append(time.convert_to_zone(utc).as_timet())
    found[event.get_uid()] = times
    event = root.get_next_component(I.ComponentKind.VEVENT_COMPONENT)
restricted = bool(I.restriction_check(root))
print(json.dumps({"found": found, "errors": root.count_errors(), "valid": root.is_valid(), "restricted": restricted}))
"""


def python_with_libical() -> str | None:
    imports = LIBICAL.split("root", maxsplit=1)[0]
    for python in (sys.executable, shutil.which("python3", path="/usr/bin")):
        if python and not subprocess.run([python, "-c", imports], capture_output=True, check=False).returncode:
            return python
    return None


@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize("timezone", ZONES)
def test_libical(timezone: str, neutral: bool) -> None:
    python = python_with_libical()
    if python is None:
        pytest.skip("no libical bindings")
    first = builder.programme(timezone)
    plan = carried(first, replanned(first, without("w02-s1"), frozen="Wait."), stamp=STAMPS[0])
    data = calendar_bytes(plan, neutral_titles=neutral)
    run = subprocess.run([python, "-c", LIBICAL], input=data, capture_output=True, check=False)
    assert not run.returncode, run.stderr.decode()
    said = json.loads(run.stdout)
    found: Found = {
        uid: (dt.datetime.fromtimestamp(start, dt.UTC), dt.datetime.fromtimestamp(end, dt.UTC))
        for uid, (start, end) in said["found"].items()
    }
    assert found == expected(plan)
    assert said["errors"] == 0
    assert said["valid"]
    assert said["restricted"], "libical's own check of which properties may be where"

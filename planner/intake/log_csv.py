"""A log as a table: CSV from a spreadsheet or a training diary.

One row for a set, for an item, or for a session as a whole; rows of one session belong together
wherever they stand.  A row that names neither session nor date goes with the row above it.

===================== ==============================================================================
column                holds
===================== ==============================================================================
session, date         slot (w03-s2), number (7) or day (2027-01-11, 11.1.2027) of the session
exercise              name, id or line of a published programme; empty: the row is about the session
sets                  number of sets that are like this one
reps                  repetitions: 8, 3x8, or one for each set: 8/8/6
seconds, minutes      time of a set, or of each hold
metres, km            distance of a set; so are miles and yards
load                  12.5, 12.5 kg or 25 lb; without a unit that of the programme's loads
load_kg, load_lb      the same with its unit
band                  strength of an elastic band
rpe, rir              effort 0-10, or repetitions in reserve
pain                  0-10, during the exercise of the row, or during the session
done                  yes or no for the exercise of the row; done, partly or missed for the session
attendance            done, partly or missed, in any row
pain_before           0-10; so are pain_after, pain_next_morning and usual_morning
site_before           most distal symptom, such as calf left; so are site_after, site_after_30_minutes
side                  side of the sites that name none
peripheralised        yes when symptoms went down the leg and stayed there
flare                 yes or no
nprs, odi, rmdq, psfs outcome scores; so are start_back, psych and orebro
by, words             who wrote it, and notes
sure                  yes where a load or a count is surprising and meant
===================== ==============================================================================

Headers may be spelt loosely (``Weight (kg)``, ``Pain before``, ``RPE``).  Commas, semicolons and tabs
separate; decimal commas are numbers.  Where no row says whether a session was done, it was done when
every exercise planned for it is named, else partly; unless that was written into the log by hand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Final

from planner.domain.dose import MOST_SETS
from planner.domain.log import Attendance, Log, LogEntry
from planner.domain.notation import METRES
from planner.domain.programme import Session
from planner.errors import Fault, InvalidInput
from planner.intake import log_words as spoken
from planner.intake.log_file import Reading, read_entries
from planner.intake.yamlfile import Document, ValuePath, one_line, read_bytes

#: Other words for the columns.
_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "session": ("slot", "session_number", "session_no", "workout"),
    "date": ("day", "when"),
    "exercise": ("item", "movement", "lift", "exercise_name"),
    "set": ("set_number", "set_no", "set_order"),
    "sets": ("number_of_sets", "set_count"),
    "reps": ("rep", "repetitions"),
    "seconds": ("sec", "secs", "hold", "hold_seconds", "time_s", "duration_s", "seconds_s"),
    "minutes": ("min", "mins", "time_min", "duration_min"),
    "metres": ("meters", "m", "distance", "distance_m"),
    "km": ("kilometres", "kilometers", "distance_km"),
    "miles": ("mile", "mi", "distance_miles"),
    "yards": ("yard", "yd", "yds", "distance_yards"),
    "load": ("weight",),
    "load_kg": ("kg", "weight_kg"),
    "load_lb": ("lb", "lbs", "weight_lb", "weight_lbs", "load_lbs"),
    "band": ("band_strength",),
    "rpe": ("effort", "cr10", "exertion"),
    "rir": ("reps_in_reserve", "in_reserve", "reserve"),
    "pain": ("pain_during", "during"),
    "done": ("completed", "complete"),
    "attendance": ("status", "session_done"),
    "pain_before": ("before", "pain_pre"),
    "pain_after": ("after", "pain_post"),
    "pain_next_morning": ("morning", "next_morning", "morning_pain", "pain_morning", "pain_the_next_morning"),
    "usual_morning": ("usual_morning_pain", "morning_usual"),
    "site_before": (),
    "site_after": ("site",),
    "site_after_30_minutes": ("site_later", "site_30_min", "site_30_minutes", "site_after_30_min"),
    "side": (),
    "peripheralised": ("peripheralized", "further_down", "down_the_leg"),
    "flare": ("flare_up",),
    "nprs": (),
    "odi_percent": ("odi", "oswestry"),
    "rmdq": ("roland_morris",),
    "psfs": (),
    "start_back_total": ("start_back", "startback"),
    "start_back_psych": ("psych",),
    "orebro_short": ("orebro", "oerebro", "örebro"),
    "sure": ("meant",),
    "by": ("who", "logged_by", "written_by"),
    "words": ("notes", "note", "comment", "comments", "remarks"),
}
_COLUMNS: Final = {word: name for name, others in _SYNONYMS.items() for word in (name, *others)}
#: What a session says once, whichever row says it.
_ONCE: Final = (
    "attendance",
    "pain_before",
    "pain_after",
    "pain_next_morning",
    "usual_morning",
    "site_before",
    "site_after",
    "site_after_30_minutes",
    "flare",
    "sure",
    "by",
)
_OUTCOMES: Final = ("nprs", "odi_percent", "rmdq", "psfs", "start_back_total", "start_back_psych", "orebro_short")
_SITES: Final = ("site_before", "site_after", "site_after_30_minutes")
_PAINS: Final = ("pain", "pain_before", "pain_after", "pain_next_morning", "usual_morning")
_COUNTS: Final = (
    "seconds",
    "minutes",
    "metres",
    "km",
    "miles",
    "yards",
    "load",
    "load_kg",
    "load_lb",
    "rpe",
    "rir",
    "band",
)
_SEPARATOR: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)


def read_csv(path: Path, against: Reading) -> tuple[tuple[LogEntry, ...], list[str]]:
    """Read a table of sessions, and warnings as sentences.

    The entries are one for each session, in the order of the sessions' first rows, with ids made
    from what they say.

    Raises
    ------
    InvalidInput
        With every fault of the file: line, column and value.
    """
    table = _Table(str(path), against)
    rows = list(_rows(path))
    if not rows:
        raise InvalidInput([Fault(str(path), 0, "", "the file is empty")])
    table.header(*rows[0])
    for line, cells in rows[1:]:
        table.row(line, cells)
    if len(rows) == 1:
        table.faults.append(Fault(str(path), 1, "", "has a header and no rows"))
    entries, warnings = read_entries(table.document(), against)
    return entries, [*(str(warning) for warning in sorted(table.warnings)), *warnings]


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with its first line."""
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput([Fault(str(path), line, "", "is not UTF-8 text; save the file as CSV UTF-8")]) from None
    first, _, rest = text.partition("\n")
    said = _SEPARATOR.fullmatch(first)
    head = rest.partition("\n")[0] if said else first
    delimiter = said[1] if said else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    begun = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (said and begun == 1):
                yield begun, [cell.strip() for cell in cells]
            begun = reader.line_num + 1
    except csv.Error as error:
        problem = "a quote that was opened here is never closed" if "unexpected end" in str(error) else str(error)
        raise InvalidInput([Fault(str(path), begun, "", f"is not CSV: {problem}")]) from None


@dataclass(frozen=True)
class _Cells(Document):
    """A document whose faults name columns instead of paths."""

    columns: dict[ValuePath, str] = field(default_factory=dict)

    def fault(self, path: ValuePath, problem: str, got: str = "") -> Fault:
        line, at = self.line(path), path
        while at and at not in self.columns:
            at = at[:-1]
        return Fault(self.file, line, self.columns.get(at, ""), problem, got)


@dataclass
class _Gathered:
    """What the rows of one session say; for each value the line that said it."""

    session: Session | None
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[ValuePath, int] = field(default_factory=dict)
    columns: dict[ValuePath, str] = field(default_factory=dict)
    items: dict[tuple[str, str], int] = field(default_factory=dict)


class _Table:
    """Gathers rows into entries of ``log.yaml``'s form."""

    def __init__(self, file: str, against: Reading) -> None:
        self.file, self.against = file, against
        by_hand = tuple(entry for entry in against.log.standing() if not entry.imported)
        self.by_hand = Log(programme=against.programme.id, entries=by_hand).accounts()
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.names: list[str] = []
        self.heads: dict[str, str] = {}
        self.sessions: dict[str, _Gathered] = {}
        self.last = ""

    def header(self, line: int, cells: list[str]) -> None:
        for cell in cells:
            word = spoken.folded(cell)
            name = _COLUMNS.get(word, "")
            if name and name in self.heads:
                self.faults.append(Fault(self.file, line, one_line(cell), f"is the same column as {self.heads[name]}"))
            elif not name and word:
                near = get_close_matches(word, _COLUMNS, n=1, cutoff=0.8)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                found = self.faults if hint else self.warnings
                problem = f"is not a known column{hint}" if hint else "is not a known column, and was left out"
                found.append(Fault(self.file, line, one_line(cell), problem))
            self.heads.setdefault(name, one_line(cell))
            self.names.append(name)
        if "session" not in self.heads and "date" not in self.heads:
            self.faults.append(Fault(self.file, line, "", "needs a column session or date"))

    def row(self, line: int, cells: list[str]) -> None:
        if len(cells) > len(self.names) and any(cells[len(self.names) :]):
            problem = f"has {len(cells)} cells for {len(self.names)} columns; put numbers with a comma in quotes"
            self.faults.append(Fault(self.file, line, "", problem))
            return
        given = {name: cell for name, cell in zip(self.names, cells, strict=False) if name and cell}
        column = "session" if "session" in given or "date" not in self.heads else "date"
        about = given.pop("session", given.get("date", self.last))
        given.pop("date", None)
        if not about:
            self.faults.append(Fault(self.file, line, self.heads.get(column, ""), "names no session and no date"))
            return
        self.last = about
        gathered = self.gathered(about, line, column)
        if "exercise" in given:
            self.item(gathered, line, given)
        else:
            self.whole(gathered, line, given)
        self.once(gathered, line, given)

    def gathered(self, about: str, line: int, column: str) -> _Gathered:
        try:
            session = spoken.session(self.against.programme, about)
        except ValueError:
            session = None  # found and told with everything else
        key = session.slot if session else about
        if key not in self.sessions:
            made = _Gathered(session, {"session": about})
            made.lines[()] = made.lines[("session",)] = line
            made.columns[("session",)] = self.heads.get(column, "")
            self.sessions[key] = made
        return self.sessions[key]

    def read(self, line: int, name: str, cell: str, take: Callable[[str], Any]) -> Any:
        """The value of a cell, None when it is none."""
        try:
            return take(cell)
        except ValueError as error:
            self.faults.append(Fault(self.file, line, self.heads[name], str(error), spoken.quoted(cell)))
            return None

    def put(self, gathered: _Gathered, path: ValuePath, value: Any, line: int, name: str) -> None:
        """Remember where a value of an entry came from, and set it where it is the entry's own."""
        gathered.lines[path], gathered.columns[path] = line, self.heads[name]
        if len(path) == 1:
            gathered.data[str(path[0])] = value

    # ---------------------------------------------------------------- rows
    def once(self, gathered: _Gathered, line: int, given: dict[str, str]) -> None:
        """What a row says of its session as a whole."""
        for name in (*_ONCE, *_OUTCOMES):
            if name not in given:
                continue
            value = self.read(line, name, given[name], self.reader(name, given))
            if value is None:
                continue
            key = "done" if name == "attendance" else name
            path: ValuePath = ("outcomes", key) if name in _OUTCOMES else (key,)
            held = gathered.data.setdefault("outcomes", {}) if name in _OUTCOMES else gathered.data
            if key in held and held[key] != value:
                problem = f"is {_shown(held[key])} on line {gathered.lines[path]} for the same session"
                self.faults.append(Fault(self.file, line, self.heads[name], problem, spoken.quoted(given[name])))
                continue
            if key not in held:
                held[key] = value
                self.put(gathered, path, value, line, name)

    def reader(self, name: str, given: dict[str, str]) -> Callable[[str], Any]:
        """How a cell of a column is read."""
        if name in _PAINS:
            return _pain
        if name in _SITES:
            return lambda cell: _site(cell, given.get("side", ""))
        if name in _OUTCOMES:
            return lambda cell: spoken.plain_number(spoken.number(cell))
        if name == "attendance":
            return lambda cell: spoken.attendance(cell).value
        return spoken.yes_or_no if name in ("flare", "sure") else str

    def whole(self, gathered: _Gathered, line: int, given: dict[str, str]) -> None:
        """A row without an exercise."""
        for name in ("sets", "reps", *_COUNTS):
            if name in given:
                self.faults.append(Fault(self.file, line, self.heads[name], "is said of no exercise: name it"))
        if "peripheralised" in given:
            problem = "is said of no exercise: name it, or fill in the sites"
            self.faults.append(Fault(self.file, line, self.heads["peripheralised"], problem))
        if "done" in given and "attendance" not in given:
            self.heads.setdefault("attendance", self.heads["done"])
            given["attendance"] = given["done"]
        if "pain" in given and (value := self.read(line, "pain", given["pain"], _pain)) is not None:
            self.put(gathered, ("pain_during",), value, line, "pain")
        self.note(gathered, line, given)

    def note(self, gathered: _Gathered, line: int, given: dict[str, str]) -> None:
        if "words" in given:
            said = gathered.data.get("words", "")
            self.put(gathered, ("words",), f"{said}; {given['words']}" if said else given["words"], line, "words")

    def item(self, gathered: _Gathered, line: int, given: dict[str, str]) -> None:
        """A row with an exercise: one set, or several that are alike."""
        try:
            against = self.against
            named = spoken.item_named(given["exercise"], gathered.session, against.known, against.planned)
        except ValueError:
            named = (given["exercise"], "")
        name = named[0]
        items = gathered.data.setdefault("items", [])
        number = gathered.items.setdefault(named, len(items))
        at: ValuePath = ("items", number)
        if number == len(items):
            items.append({"exercise": given["exercise"]})
            self.put(gathered, at, None, line, "exercise")
            self.put(gathered, (*at, "exercise"), None, line, "exercise")
        item = items[number]
        rows = item.setdefault("sets", [])
        for row, columns in self.sets(line, given, name):
            for key, column in columns.items():
                self.put(gathered, (*at, "sets", len(rows), key), None, line, column)
            rows.append(row)
        if len(rows) > MOST_SETS:
            self.faults.append(Fault(self.file, line, self.heads["exercise"], f"has more than {MOST_SETS} sets"))
        if "pain" in given and (pain := self.read(line, "pain", given["pain"], _pain)) is not None:
            item["pain"] = max(pain, item.get("pain", 0))
            self.put(gathered, (*at, "pain"), None, line, "pain")
        if "peripheralised" in given:
            down = self.read(line, "peripheralised", given["peripheralised"], spoken.yes_or_no)
            item["peripheralised"] = bool(down or item.get("peripheralised"))
        if "done" in given:
            done = self.read(line, "done", given["done"], spoken.attendance)
            item["done"] = item.get("done", False) or done is not Attendance.MISSED
        if "words" in given:
            given = {**given, "words": f"{given['exercise']}: {given['words']}"}
            self.note(gathered, line, given)

    def sets(self, line: int, given: dict[str, str], exercise: str) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """The sets of a row, each with the column of its values."""
        same: dict[str, Any] = {}
        columns: dict[str, str] = {}
        for name in _COUNTS:
            if name not in given:
                continue
            found = self.read(line, name, given[name], partial(self.count, name, exercise))
            if found is not None:
                key, value = found
                same[key], columns[key] = value, name
        several = self.read(line, "sets", given["sets"], spoken.whole) if "sets" in given else None
        reps = self.read(line, "reps", given["reps"], spoken.counts) if "reps" in given else None
        if several is not None and not 1 <= several <= MOST_SETS:
            problem = f"must be a whole number between 1 and {MOST_SETS}"
            self.faults.append(Fault(self.file, line, self.heads["sets"], problem, spoken.quoted(given["sets"])))
            return []
        if isinstance(reps, list):
            if several is not None and several != len(reps):
                problem = f"has {len(reps)} values for {several} sets"
                self.faults.append(Fault(self.file, line, self.heads["reps"], problem, spoken.quoted(given["reps"])))
            return [({"reps": count, **same}, {"reps": "reps", **columns}) for count in reps]
        if reps is not None:
            same, columns = {"reps": reps, **same}, {"reps": "reps", **columns}
        if not same and several is None:
            return []
        return [(dict(same), dict(columns)) for _ in range(several or 1)]

    def count(self, name: str, exercise: str, cell: str) -> tuple[str, Any]:
        """Key and value of a number in a set."""
        if name in ("load", "load_kg", "load_lb"):
            value, unit = spoken.amount(cell)
            unit = unit or name.partition("_")[2] or spoken.unit_of(self.against.programme, exercise)
            if not unit:
                raise ValueError("say kg or lb: the programme has both")
            return f"load_{unit}", spoken.plain_number(value)
        if name == "minutes":
            return "seconds", round(spoken.number(cell) * 60)
        if name in METRES:
            return "metres", round(spoken.number(cell) * float(METRES[name]))
        if name == "band":
            return name, spoken.folded(cell).removesuffix("_band")
        return name, spoken.plain_number(spoken.number(cell))

    # ---------------------------------------------------------------- the whole
    def document(self) -> Document:
        """The entries, as if they had been written in ``log.yaml``."""
        entries: list[dict[str, Any]] = []
        lines: dict[ValuePath, int] = {}
        columns: dict[ValuePath, str] = {}
        for number, gathered in enumerate(self.sessions.values()):
            at: ValuePath = ("entries", number)
            for item in gathered.data.get("items", ()):
                if not item["sets"]:
                    del item["sets"]
            if "done" not in gathered.data and (done := self.attendance(gathered)) is not None:
                gathered.data["done"] = done
            entries.append(gathered.data)
            lines |= {(*at, *path): line for path, line in gathered.lines.items()}
            columns |= {(*at, *path): column for path, column in gathered.columns.items()}
        data = {"entries": entries}
        return _Cells(self.file, data, lines, tuple(self.faults), columns)

    def attendance(self, gathered: _Gathered) -> str | None:
        """Whether a session was done, where no row says it; None when nothing was done at all."""
        did = {name for name, i in gathered.items.items() if gathered.data["items"][i].get("done", True)}
        if gathered.session is None or not gathered.items:
            return None if not gathered.items else Attendance.PARTLY.value
        told = self.by_hand.get(gathered.session.slot)
        if told is not None and told.done is not None:
            return None
        planned = {(item.exercise, item.part) for item in gathered.session.items}
        if not did:
            return Attendance.MISSED.value
        whole = all(one in did or (one[0], "") in did for one in planned)
        return (Attendance.DONE if whole else Attendance.PARTLY).value


def _pain(cell: str) -> int:
    found = spoken.whole(cell.removesuffix("/10"))
    if not 0 <= found <= 10:
        raise ValueError("must be a whole number between 0 and 10")
    return found


def _site(cell: str, side: str) -> dict[str, str]:
    found = spoken.site(cell)
    if side and found.side.value == "none":
        found = spoken.site(f"{found.site.value} {side}")
    return {"site": found.site.value, "side": found.side.value}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part != "none")
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)

from __future__ import annotations

import datetime as dt
import re

import builder
import pytest
from builder import alternative, holds, item, kg, minutes, repetitions

from planner.domain.directions import Side
from planner.domain.dose import Dose, DoseKind, SetRow
from planner.domain.exercise import Implement, Track
from planner.domain.programme import GoalOutcome, Programme, SessionKind, Status, TierReport
from planner.errors import InvalidInput
from planner.export import tables
from tests.revise.replans import revised, without


@pytest.fixture(scope="module")
def programme() -> Programme:
    return builder.programme()


def widest(text: str) -> int:
    return max(len(line) for line in text.splitlines())


def with_items(*items: object) -> Programme:
    """One week, one session a day on five days, each with the same items."""
    plan = builder.programme(weeks=1, check_ins=())
    first = plan.starts
    sessions = tuple(
        builder.session(f"w01-s{n + 1}", dt.datetime.combine(first + dt.timedelta(days=n), dt.time(18)), 30, items)
        for n in range(5)
    )
    return plan.model_copy(update={"sessions": sessions})


# -------------------------------------------------------------------- overview
def test_overview_says_who_when_how_good_and_that_it_is_a_draft(programme: Programme) -> None:
    text = tables.plain(tables.overview(programme))
    for words in (
        "P-0042, revision 1: 3 weeks, Mon 16 Mar 2026 to Sun 5 Apr 2026 (Europe/Berlin)",
        "Draft, not yet signed",
        "qualified exercise professional",
        "Proved best.",
        "lift a 20 kg crate",
        "restore",
        "bending forward 1/5",
        "Heel tap, lying",
        "w1 3×8 at 12 kg",
        "Check-ins",
    ):
        assert words in text


def test_overview_of_a_signed_programme_is_no_draft() -> None:
    text = tables.plain(tables.overview(builder.signed(builder.programme())))
    assert "Draft" not in text
    assert "Signed by A. Clinician, AEP 1234" in text


@pytest.mark.parametrize("weeks", [1, 3])
def test_nothing_is_wider_than_a_hundred_columns(weeks: int) -> None:
    plan = builder.programme(weeks=weeks)
    shown = [tables.overview(plan), tables.result(plan), tables.week_table(plan, 1)]
    shown += [tables.session_table(plan, session) for session in plan.sessions[:8]]
    assert all(widest(tables.plain(one)) <= tables.WIDTH for one in shown)


def test_the_largest_programme_fits_a_hundred_columns() -> None:
    plan = builder.large_programme()
    assert widest(tables.plain(tables.overview(plan))) <= tables.WIDTH
    assert widest(tables.plain(tables.week_table(plan, 52))) <= tables.WIDTH


def test_what_a_file_says_is_never_read_as_markup() -> None:
    goal = GoalOutcome(goal="goal 1", words="[red]lift[/red] [/] and :smile:", forecast="[bold]yes")
    text = tables.plain(tables.overview(builder.programme(goals=(goal,))))
    assert "[red]lift[/red] [/] and :smile:" in text


def test_nothing_alarming_is_shown(programme: Programme) -> None:
    text = tables.plain(tables.overview(programme)) + tables.plain(tables.week_table(programme, 2))
    assert "intoleran" not in text.lower()
    assert "provocat" not in text.lower()


# -------------------------------------------------------------------- status
@pytest.mark.parametrize(
    ("value", "bound", "words"),
    [
        (120, 120, "proved best"),
        (0, 0, "proved best"),
        (103, 100, "within 3 % of the best possible"),
        (100.41, 100, "within 0.5 % of the best possible"),  # rounded up: the promise holds
        (112.2, 100, "within 13 % of the best possible"),
        (80, 0, "not proved best (shortfall 80, how low it can be is not known)"),
        (80, -3, "not proved best (shortfall 80, how low it can be is not known)"),
        (360, 100, "not proved best (shortfall 360, none is below 100)"),
    ],
)
def test_how_good_a_tier_is(value: float, bound: float, words: str) -> None:
    assert tables.tier_text(TierReport(name="progress", value=value, bound=bound, proved=value == bound)) == words


def test_status_names_every_tier_unless_all_are_proved() -> None:
    tiers = (
        TierReport(name="progress", value=102, bound=100, proved=False),
        TierReport(name="regular week", value=8, bound=8, proved=True),
    )
    plan = builder.programme(tiers=tiers, stopped_by_clock=True)
    words = tables.status_text(plan)
    assert words.startswith("Progress: within 2 % of the best possible; regular week: proved best.")
    assert "time limit" in words


# -------------------------------------------------------------------- doses at a glance
@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (repetitions(8, 8, 8, load=12, effort=6), "3×8 at 12 kg"),
        (repetitions(10, effort=None, bouts_per_day=6), "10 reps, 6 times a day"),
        (holds(6, 4, 2, seconds=10, per_side=True), "6-4-2 holds of 10 s each side"),
        (minutes(20), "20 min"),
        (
            Dose(
                kind=DoseKind.REPETITIONS,
                sets=(
                    SetRow(repetitions=5, load=kg(40), warm_up=True),
                    SetRow(repetitions=5, load=kg(60), effort=8),
                ),
            ),
            "1×5 at 60 kg",
        ),
    ],
)
def test_a_dose_at_a_glance(dose: Dose, words: str) -> None:
    assert tables.short_dose(dose) == words


def test_a_pair_of_dumbbells_is_each() -> None:
    assert tables.short_dose(repetitions(8, 8, load=8), Implement.DUMBBELL_PAIR) == "2×8 at 8 kg each"


def test_weeks_are_spans() -> None:
    assert tables.spans_text([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"
    assert tables.spans_text([4]) == "4"


def test_a_climb_names_the_week_of_every_change(programme: Programme) -> None:
    climbs = {climb.exercise: climb for climb in tables.climbs(programme, SessionKind.TRAINING)}
    lift = climbs["kettlebell_deadlift_from_blocks"]
    assert lift.weeks_text == "1-3"
    assert lift.steps == ((1, "3×8 at 12 kg"), (2, "3×8 at 16 kg"), (3, "3×8 at 20 kg"))
    assert climbs["side_bridge__knees"].steps == ((1, "2×4 holds of 8 s each side"),)


def test_climbs_come_in_the_order_of_a_session(programme: Programme) -> None:
    tracks = [climb.track for climb in tables.climbs(programme, SessionKind.TRAINING)]
    assert tracks == sorted(tracks, key=list(Track).index)


# -------------------------------------------------------------------- a week
def test_a_week_has_a_column_for_each_training_day(programme: Programme) -> None:
    text = tables.plain(tables.week_table(programme, 2))
    for words in ("Mon 23 Mar 17:30", "Wed 25 Mar 17:30", "Sun 29 Mar 17:30", "w02-s3", "session 4", "warm-up"):
        assert words in text
    assert "Every day 12:30: Walking: 15 min" in text
    assert "Until check-in 1 is passed\n- Kettlebell deadlift from blocks: instead Dowel hip hinge" in text
    assert "Check-in 1, Mon 23 Mar 08:15" in text


def test_many_days_are_shown_in_several_tables() -> None:
    plan = with_items(item("Bird dog", Track.ANTI_ROTATION, repetitions(6, 6)))
    text = tables.plain(tables.week_table(plan, 1))
    assert all(f"w01-s{n}" in text for n in range(1, 6))
    assert widest(text) <= tables.WIDTH


def test_two_items_of_a_track_keep_their_rows_in_the_order_of_the_session() -> None:
    plan = with_items(
        item("Partial roll-down", Track.EXPOSURE, repetitions(6)),
        item("Flexion in sitting", Track.EXPOSURE, repetitions(10)),
        item("Side glide", Track.DIRECTIONAL, repetitions(10), side=Side.LEFT),
    )
    text = tables.plain(tables.week_table(plan, 1))
    assert text.index("Partial roll-down") < text.index("Flexion in sitting") < text.index("Side glide")


def test_a_side_is_said_in_the_words_of_every_export() -> None:
    glide = item("Side glide", Track.DIRECTIONAL, repetitions(10), side=Side.LEFT, exercise="side_glide_wall")
    slider = item("Sciatic slider", Track.NEURAL, repetitions(10), side=Side.RIGHT)
    assert tables.named(glide) == "Side glide (shoulders to the left, right shoulder at the wall)"
    assert tables.named(slider) == "Sciatic slider (right leg)"
    assert tables.named(item("Bird dog: slow", Track.ANTI_ROTATION, repetitions(6))) == "Bird dog: slow"


@pytest.mark.parametrize("number", [0, 4, 99])
def test_no_such_week(programme: Programme, number: int) -> None:
    with pytest.raises(InvalidInput, match="weeks 1 to 3"):
        tables.week_table(programme, number)


# -------------------------------------------------------------------- a session
def test_a_session_tells_everything(programme: Programme) -> None:
    text = tables.plain(tables.session_table(programme, tables.find_session(programme, "w02-s1")))
    joined = " ".join(text.split())
    for words in (
        "session 4 (w02-s1), week 2: Mon 23 Mar 17:30 to 18:10, home",
        "Warm-up: 5 minutes of easy walking",
        "2. Kettlebell deadlift from blocks: 3 × 8 at 16 kg, RPE 5 (about 5 in reserve), rest 90 s",
        "Stand tall with your feet hip-width apart",
        "Easier, on a bad day: Dowel hip hinge",
        "Only if check-in 1 was passed; otherwise: Dowel hip hinge: 2 × 8",
        "Serves goal 1",
    ):
        assert words in joined


def test_a_gate_without_a_fallback_leaves_the_item_out() -> None:
    plan = with_items(item("Roll-down", Track.EXPOSURE, repetitions(6), gate="check-in-1"))
    text = tables.plain(tables.session_table(plan, plan.sessions[0]))
    assert "Only if check-in 1 was passed; otherwise: leave this one out" in text


def test_a_fallback_that_is_the_same_says_so() -> None:
    dose = repetitions(6)
    plan = with_items(
        item("Roll-down", Track.EXPOSURE, dose, gate="check-in-1", fallback=alternative("Roll-down", dose))
    )
    assert "otherwise: the same" in tables.plain(tables.session_table(plan, plan.sessions[0]))


def test_sessions_are_found_by_slot_and_by_number(programme: Programme) -> None:
    assert tables.find_session(programme, "4") is tables.find_session(programme, "w02-s1")
    assert tables.find_session(programme, "w01-d3-1").kind is SessionKind.DAILY
    with pytest.raises(InvalidInput, match="numbered 1 to 9"):
        tables.find_session(programme, "10")


def test_equal_daily_work_is_said_once(programme: Programme) -> None:
    lines = tables.daily_lines(programme.sessions_of(1, SessionKind.DAILY))
    assert len(lines) == 2
    assert lines[0][0].startswith("Every day 12:30: Press-up")
    fewer = tables.daily_lines(programme.sessions_of(1, SessionKind.DAILY)[:2])
    assert fewer[0][0].startswith("Mon, Tue 12:30:")


# -------------------------------------------------------------------- revisions
def test_an_overview_says_in_a_line_what_changed() -> None:
    old, new = revised(without("w02-s1"))
    assert "Since revision" not in tables.plain(tables.overview(old))
    text = tables.plain(tables.overview(new))
    assert "Since revision 1: 1 cancellation." in text
    assert re.search(r"^2 +Mon 23 Mar +restore +2 ", text, re.MULTILINE)


def test_a_week_shows_what_is_cancelled_without_anything_to_do() -> None:
    _, new = revised(without("w02-s1", "w02-d1-1"))
    text = tables.plain(tables.week_table(new, 2))
    assert re.search(r"cancelled +tentative +tentative", text)
    assert "session 4 " in text
    assert "Every day" not in text


def test_a_hold_stands_on_every_page() -> None:
    plan = builder.programme(frozen="Something new was noticed.")
    pages = (tables.overview(plan), tables.week_table(plan, 1), tables.session_table(plan, plan.sessions[0]))
    for page in pages:
        assert "Please do nothing of the plan" in tables.plain(page)


def test_a_check_in_that_was_cancelled_is_no_check_in(programme: Programme) -> None:
    check = programme.check_ins[0].model_copy(update={"status": Status.CANCELLED})
    plan = programme.model_copy(update={"check_ins": (check,)})
    week = tables.week_table(plan, check.week)
    assert "Check-ins" in tables.plain(tables.week_table(programme, check.week))
    assert "Check-ins" not in tables.plain(week)

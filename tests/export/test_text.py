from __future__ import annotations

import datetime as dt

import builder
import pytest
from builder import holds, item, kg, minutes, repetitions
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.directions import Direction, Side
from planner.domain.dose import Dose, DoseKind, Load, LoadUnit, SetRow
from planner.domain.exercise import Implement, Track
from planner.domain.programme import Halt
from planner.export import text


def intervals(rounds: int, work: int, rest: int, effort: float | None = None) -> Dose:
    row = SetRow(rounds=rounds, work_seconds=work, rest_seconds=rest, effort=effort)
    return Dose(kind=DoseKind.INTERVALS, sets=(row,))


def ramp(*, forecast: bool = False, last: int = 1) -> Dose:
    rows = [SetRow(repetitions=n, load=kg(load), warm_up=True) for load, n in ((20, 5), (40, 3))]
    rows += [SetRow(repetitions=5, load=kg(60), effort=8)] * last
    return Dose(kind=DoseKind.REPETITIONS, sets=tuple(rows), rest_seconds=180, load_is_forecast=forecast)


def distances(*metres: int, load: float | None = None) -> Dose:
    rows = tuple(SetRow(metres=m, load=None if load is None else kg(load)) for m in metres)
    return Dose(kind=DoseKind.DISTANCE, sets=rows)


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (repetitions(8, 8, 8, load=12.5), "3 × 8 at 12.5 kg, RPE 6, rest 60 s"),
        (repetitions(10, effort=None), "10 repetitions"),
        (repetitions(1, effort=None), "1 repetition"),
        (repetitions(8, load=10, effort=None), "1 × 8 at 10 kg"),
        (repetitions(8, 8, effort=4), "2 × 8, effort 4/10, rest 60 s"),
        (repetitions(8, 8, effort=4.5, rest_seconds=120), "2 × 8, effort 4.5/10, rest 2 min"),
        (repetitions(8, 6, 4, effort=None, rest_seconds=0), "8-6-4 repetitions"),
        (repetitions(5, 5, effort=None, rest_seconds=0, seconds_per_repetition=10), "2 × 5, slowly: 10 s each"),
        (repetitions(10, effort=None, bouts_per_day=6), "10 repetitions, 6 times a day"),
        (repetitions(10, effort=None, bouts_per_day=2), "10 repetitions, twice a day"),
        (
            repetitions(8, 8, load=12, load_is_forecast=True),
            "2 × 8 at about 12 kg (from your calibration), RPE 6, rest 60 s",
        ),
        (holds(5, 5, 5, per_side=True, rest_seconds=0), "3 × 5 holds of 8 s each side"),
        (holds(6, 4, 2, seconds=10, rest_seconds=0), "6-4-2 holds of 10 s"),
        (holds(1, seconds=30), "1 hold of 30 s"),
        (minutes(20, None), "20 min"),
        (minutes(1.5, 3), "90 s, effort 3/10"),
        (minutes(2.5, None), "2.5 min"),
        (intervals(4, 180, 60), "4 rounds: 3 min work, 1 min rest"),
        (intervals(1, 600, 0, 4), "10 min work, effort 4/10"),
        (intervals(3, 300, 0), "3 × 5 min work"),
        (distances(20, 20, 20, load=12), "3 × 20 m at 12 kg, rest 60 s"),
        (distances(1500), "1.5 km"),
        (distances(20, 30), "20 m, 30 m, rest 60 s"),
        (ramp(), "warm-up 20 kg × 5, 40 kg × 3, then 60 kg × 5, RPE 8, rest 3 min"),
        (ramp(last=3), "warm-up 20 kg × 5, 40 kg × 3, then 3 × 5 at 60 kg, RPE 8, rest 3 min"),
        (
            ramp(forecast=True),
            "warm-up about 20 kg × 5, about 40 kg × 3, then about 60 kg × 5 (from your calibration), RPE 8, rest 3 min",
        ),
    ],
)
def test_doses_in_brief_words(dose: Dose, words: str) -> None:
    assert text.dose_text(dose, brief=True) == words


def test_top_set_and_back_off_sets_are_told_apart() -> None:
    rows = (
        SetRow(repetitions=5, load=kg(60), effort=8),
        SetRow(repetitions=8, load=kg(50), effort=7),
        SetRow(repetitions=8, load=kg(50), effort=7),
    )
    dose = Dose(kind=DoseKind.REPETITIONS, sets=rows, rest_seconds=0)
    assert text.dose_text(dose) == "1 × 5 at 60 kg (RPE 8), then 2 × 8 at 50 kg (RPE 7)"


def test_bands_and_pounds() -> None:
    band = Dose(kind=DoseKind.REPETITIONS, sets=(SetRow(repetitions=12, band="very_light"),))
    assert text.dose_text(band) == "12 repetitions with a very light band"
    assert text.band_text("medium") == "medium band"
    pounds = Dose(
        kind=DoseKind.REPETITIONS, sets=(SetRow(repetitions=5, load=Load(amount=2500, unit=LoadUnit.CENTIPOUND)),)
    )
    assert text.dose_text(pounds) == "1 × 5 at 25 lb"


def test_the_implement_says_what_the_load_is() -> None:
    pair = repetitions(8, 8, load=8, effort=None, rest_seconds=0)
    assert text.dose_text(pair, implement=Implement.DUMBBELL_PAIR) == "2 × 8 at 8 kg in each hand"
    assert text.dose_text(pair, implement=Implement.KETTLEBELL) == "2 × 8 at 8 kg"
    assert text.dose_text(ramp(forecast=True), implement=Implement.BARBELL, brief=True) == (
        "warm-up about 20 kg × 5, about 40 kg × 3, then about 60 kg × 5 (bar included, from your calibration), "
        "RPE 8, rest 3 min"
    )


@pytest.mark.parametrize(
    ("effort", "words"),
    [
        (None, ""),
        (0, ""),
        (4, "effort 4/10"),
        (5, "RPE 5 (about 5 in reserve)"),
        (6, "RPE 6 (about 4 in reserve)"),
        (7.5, "RPE 7.5 (about 2 to 3 in reserve)"),
        (10, "RPE 10 (none in reserve)"),
    ],
)
def test_effort_is_a_share_of_ten_below_five_and_rpe_above(effort: float | None, words: str) -> None:
    assert text.effort_text(SetRow(repetitions=8, effort=effort)) == words


def test_repetitions_in_reserve_are_told_only_where_repetitions_count() -> None:
    assert text.dose_text(repetitions(8, effort=6)) == "8 repetitions, RPE 6 (about 4 in reserve)"
    assert text.dose_text(holds(4, effort=6)) == "4 holds of 8 s, RPE 6"


def test_items_name_side_frequency_and_reasons() -> None:
    glide = item(
        "Side glide in standing",
        Track.DIRECTIONAL,
        repetitions(10, effort=None, bouts_per_day=6, per_side=True),
        exercise="side_glide_wall",
        side=Side.LEFT,
        days_note="6 times today, spread out",
    )
    assert (
        text.item_text(glide) == "Side glide in standing (shoulders to the left, right shoulder at the wall): "
        "10 repetitions; 6 times today, spread out"
    )
    slider = item("Supine slider", Track.NEURAL, repetitions(10, effort=None, bouts_per_day=2), side=Side.RIGHT)
    assert text.item_text(slider) == "Supine slider (right leg): 10 repetitions, twice a day"
    first = item("Row", Track.ROW, repetitions(8, load=10, effort=5), calibration=True)
    assert "first time: go by the effort" in text.item_text(first)
    light = item("Row", Track.ROW, repetitions(8, load=10, effort=5), deload=True)
    assert text.item_text(light).endswith("lighter on purpose")
    both = item("Step-up", Track.LUNGE, repetitions(8, effort=None), side=Side.BOTH)
    assert text.item_text(both) == "Step-up (both sides): 8 repetitions"


def test_how_often_is_never_lost_to_a_note_about_something_else() -> None:
    slider = item(
        "Slider", Track.NEURAL, repetitions(10, effort=None, bouts_per_day=3), days_note="slowly, without holding"
    )
    assert text.item_text(slider) == "Slider: 10 repetitions, 3 times a day; slowly, without holding"


def test_intervals_take_their_words_from_the_exercise() -> None:
    walk = item("Interval walk with sits", Track.AEROBIC, intervals(4, 180, 60))
    assert text.item_text(walk) == "Interval walk with sits: 4 rounds: 3 min walk, 1 min sit"
    run = item("Walk and run", Track.AEROBIC, intervals(8, 60, 90))
    assert text.item_text(run).endswith("8 rounds: 1 min run, 90 s walk")


def test_fallbacks() -> None:
    dose = repetitions(8, load=12)
    assert text.fallback_text(item("Row", Track.ROW, dose)) == ""
    gated = item("Row", Track.ROW, dose, gate="check-in-2")
    assert text.fallback_text(gated) == "leave this one out"
    same = item("Row", Track.ROW, dose, gate="check-in-2", fallback=builder.alternative("Row", dose))
    assert text.fallback_text(same) == ""
    other = item("Row", Track.ROW, dose, gate="check-in-2", fallback=builder.alternative("Band row", holds(3)))
    assert text.fallback_text(other) == "Band row: 3 holds of 8 s"
    assert text.gate_text("check-in-2") == "check-in 2"
    assert text.easier_text(gated) == ""


def test_the_traffic_light_says_the_numbers_in_force() -> None:
    words = text.traffic_light(builder.programme())
    assert "Green, up to +1:" in words
    assert "Amber, +2:" in words
    assert "Red, +3 or more, or above 7 of 10:" in words
    assert "at most 5 of 10, and back to your usual level by next morning" in words
    assert "30 minutes later" in words
    strict = text.traffic_light(builder.programme(rules=builder.rules(P1={"green": 0, "amber": 1, "ceiling": 5})))
    assert "Green, no more than before:" in strict
    assert "Amber, +1:" in strict
    assert "Red, +2 or more, or above 5 of 10:" in strict


@pytest.mark.parametrize("brief", [False, True])
def test_the_traffic_light_has_no_gap_and_no_overlap(brief: bool) -> None:
    wide = text.traffic_light(builder.programme(rules=builder.rules(P1={"amber": 3})), brief=brief)
    assert "up to +1" in wide
    assert "up to +3" in wide
    assert "+4 or more" in wide
    none = text.traffic_light(builder.programme(rules=builder.rules(P1={"green": 2, "amber": 1})), brief=brief)
    assert "finish gently" not in none
    assert "+3 or more" in none
    unlisted = text.traffic_light(builder.programme(rules=()), brief=brief)
    assert unlisted == text.traffic_light(builder.programme(), brief=brief)


@pytest.mark.parametrize("brief", [False, True])
def test_the_stop_list_names_the_emergencies(brief: bool) -> None:
    words = text.stop_list(brief=brief)
    emergency, same_day = words.split("\n" if not brief else ". ", 1)
    for sign in ("between the legs", "feeling when wiping", "bladder or bowel", "sexual function", "emergency"):
        assert sign in emergency
    assert "both legs growing weaker" in emergency
    assert "same day" in same_day
    assert "foot that gets weaker" in same_day


def test_a_draft_says_so_and_a_signed_programme_says_who() -> None:
    draft = builder.programme()
    for brief in (False, True):
        assert text.draft_notice(draft, brief=brief).startswith("Draft, not yet signed by a clinician.")
        assert text.draft_notice(builder.signed(draft), brief=brief) == ""
    assert text.approval_text(draft) == text.draft_notice(draft)
    assert text.approval_text(builder.signed(draft)) == "Signed by A. Clinician, AEP 1234, Sat 21 Feb 2026."


def test_dates_do_not_depend_on_the_locale() -> None:
    assert text.date_text(dt.date(2026, 10, 12)) == "Mon 12 Oct"


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("a\x00b\x07c\x7f\x85d", "abcd"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("a\ud800b", "a\ufffdb"),
        ("🏋️‍♀️ é", "🏋️‍♀️ é"),
    ],
)
def test_clean(given: str, clean: str) -> None:
    assert text.clean(given) == clean


@given(st.text(st.characters(codec=None)))
def test_clean_text_is_utf_8_without_control_characters(words: str) -> None:
    cleaned = text.clean(words)
    cleaned.encode()
    assert all(c == "\n" or (ord(c) >= 32 and not 127 <= ord(c) < 160) for c in cleaned)
    assert text.clean(cleaned) == cleaned
    assert "\n" not in text.one_line(words)
    assert len(text.cut(words, 20)) <= 20


_row = st.builds(
    SetRow,
    repetitions=st.integers(1, 200),
    hold_seconds=st.integers(1, 600),
    seconds=st.integers(5, 14_400),
    metres=st.integers(1, 50_000),
    rounds=st.integers(1, 100),
    work_seconds=st.integers(5, 7_200),
    rest_seconds=st.integers(0, 7_200),
    load=st.none() | st.builds(Load, amount=st.integers(0, 500_000), unit=st.sampled_from(LoadUnit)),
    band=st.none() | st.sampled_from(["light", "very_heavy"]),
    effort=st.none() | st.floats(0, 10).map(lambda e: round(e * 2) / 2),
    warm_up=st.booleans(),
)
_dose = st.builds(
    Dose,
    kind=st.sampled_from(DoseKind),
    sets=st.lists(_row, min_size=1, max_size=6).map(tuple),
    rest_seconds=st.integers(0, 600),
    per_side=st.booleans(),
    bouts_per_day=st.integers(1, 12),
    load_is_forecast=st.booleans(),
)


@given(_dose, st.sampled_from(Implement), st.booleans())
def test_every_dose_has_words_for_its_counts_and_loads(dose: Dose, implement: Implement, brief: bool) -> None:
    words = text.dose_text(dose, implement=implement, exercise="walk_with_sits", brief=brief)
    assert words == text.one_line(words)
    for row in dose.sets:
        if dose.kind in (DoseKind.REPETITIONS, DoseKind.HOLD):
            assert str(row.repetitions) in words
        if row.load is not None and dose.kind is not DoseKind.INTERVALS:
            assert row.load.text in words
    assert ("from your calibration" in words) == (dose.load_is_forecast and dose.top_load is not None)


def test_a_first_session_does_not_say_that_its_load_comes_from_itself() -> None:
    dose = repetitions(8, 8, load=24, load_is_forecast=True)
    later = text.item_text(item("Goblet squat", Track.SQUAT, dose))
    first = text.item_text(item("Goblet squat", Track.SQUAT, dose, calibration=True))
    assert "at about 24 kg (from your calibration)" in later
    assert "at about 24 kg (a first guess)" in first
    assert "first time: go by the effort" in first


@pytest.mark.parametrize(
    ("stage", "words"), [(0, "bending forward (--"), (2, "bending forward above stage 2 of 5 (--")]
)
def test_what_is_left_of_a_direction_is_not_said_to_be_stopped(stage: int, words: str) -> None:
    halt = Halt(since=dt.date(2026, 3, 17), direction=Direction.FLEXION, stage=stage, because="symptoms went down")
    made = builder.programme().model_copy(update={"halts": (halt,)})
    assert f"Stopped, since symptoms went further down: {words}cleared flexion)" in text.stopped_notice(made)

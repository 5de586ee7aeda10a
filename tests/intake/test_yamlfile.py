from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.intake.yamlfile import parse_yaml, path_text


def test_every_key_and_entry_has_its_line() -> None:
    document = parse_yaml(
        "a: 1\n"  # 1
        "b:\n"  # 2
        "  - x: 1\n"  # 3
        "    y:\n"  # 4
        "      z: 2\n"  # 5
        "  - {x: 1,\n"  # 6
        "     y: 2}\n"  # 7
        "c: >\n"  # 8
        "  folded\n",
        "f.yaml",
    )
    assert document.data == {"a": 1, "b": [{"x": 1, "y": {"z": 2}}, {"x": 1, "y": 2}], "c": "folded\n"}
    lines = {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 0, "y"): 4, ("b", 0, "y", "z"): 5, ("b", 1, "y"): 7, ("c",): 8}
    assert {path: document.line(path) for path in lines} == lines


def test_a_missing_value_stands_at_its_closest_parent() -> None:
    document = parse_yaml("a: 1\nb:\n  c:\n    - d: 2\n", "f.yaml")
    assert document.line(("b", "c", 0, "e", 7)) == 4
    assert document.line(("z",)) == 1


def test_scalars_are_those_of_the_core_schema() -> None:
    text = "[18:00, no, yes, 2026-03-02, '7', 007, 1.5, -2, +3, .5, 1e3, true, ~, null, , 0x10, 1_000, 12 lb]"
    values = ["18:00", "no", "yes", "2026-03-02", "7", 7, 1.5, -2, "+3", 0.5, 1000.0, True, None, None]
    assert parse_yaml(text.replace(", ,", ","), "f").data == [*values, "0x10", "1_000", "12 lb"]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_yaml("\ufeffa: 1\n", "f").data == {"a": 1}


def test_a_doubled_key_keeps_its_first_value_and_lines() -> None:
    document = parse_yaml("a:\n  b: 1\na:\n  b: 2\n", "f.yaml")
    assert document.data == {"a": {"b": 1}}
    assert document.line(("a", "b")) == 2
    assert [str(fault) for fault in document.faults] == ["f.yaml:3: a: is given twice, first on line 1; keep one"]


def test_path_text() -> None:
    assert path_text(("goals", 0, "weeks")) == "goals[0].weeks"
    assert path_text((3, "cue")) == "[3].cue"
    assert path_text(()) == ""


@given(st.text(alphabet="ab01:-[]{}&*!|>'\"%@`#?, \n\t\x00.~<=\\é\u2028", max_size=60))
@example("%YAML 9.9\n---\n")
@example("? ? ? x")
@example("- !<tag:yaml.org,2002:str> x")
@example("%TAG ! tag:\n---\n!a b")
@example('a: "\\x"')
@example("a: |9\n x")
@example("\ud800")
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse_yaml(text, "f")
    except InvalidInput as error:
        assert error.faults

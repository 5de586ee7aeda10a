from __future__ import annotations

import json

from planner.intake.schema import schemas


def test_a_schema_for_every_file() -> None:
    found = schemas()
    assert list(found) == [
        "patient",
        "programme",
        "log",
        "exercise",
        "clinic",
        "protocol",
        "clinic_protocol",
        "outcomes",
        "equipment",
    ]
    for name, schema in found.items():
        assert schema["$id"] == f"urn:gradus:{name}"
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        json.dumps(schema)


def test_windows_are_spelt_as_in_the_file() -> None:
    window = schemas()["patient"]["$defs"]["Window"]
    assert {"from", "to"} <= set(window["properties"])


def test_unknown_is_written_down_where_it_is_legal() -> None:
    back_pain = schemas()["patient"]["$defs"]["Findings"]["properties"]["back_pain"]
    assert {"const": "unknown", "type": "string"} in back_pain["anyOf"]
    assert {"type": "integer", "minimum": 0, "maximum": 10} in [
        option for one in back_pain["anyOf"] for option in (one, *one.get("anyOf", ()))
    ]


def test_the_words_of_a_log_are_written_down() -> None:
    log = schemas()["log"]["$defs"]
    entry, item = log["EntryLine"]["properties"], log["ItemLine"]["properties"]
    assert list(schemas()["log"]["properties"]) == ["programme", "entries"]
    for key in ("site_before", "site_after", "done"):
        assert {"type": "string"} in entry[key]["anyOf"]
    assert {"type": "string"} in entry["motor"]["items"]["anyOf"]
    reps = next(one for one in item["reps"]["anyOf"] if "oneOf" in one)["oneOf"]
    assert [one["type"] for one in reps] == ["integer", "array"]
    assert reps[0]["maximum"] == reps[1]["items"]["maximum"] == 500

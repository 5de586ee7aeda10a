"""Building, logging and reading a programme of somebody's own file, in the folder of a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from catalog.loader import load_catalogue
from planner.errors import InvalidInput
from planner.intake.protocol_file import protocol_of
from planner.intake.yamlfile import parse_yaml
from tests.commands import gradus

HEAD = """\
protocol: own
title: Own
source: Written for a test
mark: D
weeks: 4
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def faults(text: str) -> list[str]:
    """Every fault of a protocol file, as it is told."""
    try:
        protocol_of(parse_yaml(text, "p.yaml"), load_catalogue())
    except InvalidInput as error:
        return [str(fault) for fault in error.faults]
    return []


def build(text: str, *more: str, code: int = 0) -> Result:
    Path("own.yaml").write_text(text, encoding="utf-8")
    return gradus("protocol", "build", "own.yaml", "--start", "2027-01-04", "-o", "out", "--quiet", *more, code=code)


def sessions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["sessions"]
    return found


def top(session: dict[str, Any]) -> float:
    return float(max(row["load"]["amount"] for row in session["items"][0]["dose"]["sets"]) / 1000)

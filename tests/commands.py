"""Commands as somebody types them, and the programme that they wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

import cli


def gradus(*arguments: str, code: int = 0) -> Result:
    """Runs a command, which ends with ``code`` and never with a traceback."""
    result = CliRunner().invoke(cli.main, list(arguments))
    assert "Traceback" not in result.output
    assert result.exit_code == code, result.output
    return result


def programme(out: str | Path = "out") -> dict[str, Any]:
    """What ``programme.json`` of a folder holds."""
    found: dict[str, Any] = json.loads(Path(out, "programme.json").read_text(encoding="utf-8"))
    return found

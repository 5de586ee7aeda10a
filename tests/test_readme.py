"""The README is kept true: its commands run, its output is what they print, and nothing is missing.

``python -m tests.test_readme`` writes the outputs that it shows anew.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import cli
from tests.plans import once, shared

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")

#: ``<!-- output: gradus show out (first 9 lines) -->`` and the block after it.
_OUTPUT = re.compile(r"(<!-- output: (gradus .+?)(?: \(first (\d+) lines\))? -->\n```text\n)(.*?)(```)", re.DOTALL)


def shown_commands(text: str) -> list[str]:
    """Every whole ``gradus`` command in a shell block, and those whose output is shown, in order, once."""
    found = [(match.start(), match[2]) for match in _OUTPUT.finditer(text)]
    for block in re.finditer(r"```sh\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"\n|&&", block[1]):
            command = part.strip().removeprefix(".venv/bin/")
            if command.startswith("gradus "):
                found.append((block.start(), command))
    return list(dict.fromkeys(command for _, command in sorted(found, key=lambda pair: pair[0])))


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    command: str
    code: int
    output: str
    errors: str


def run_all(folder: Path) -> dict[str, Ran]:
    """Run every shown command in a copy of the examples; those that plan come first."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    before = Path.cwd()
    os.chdir(folder)
    try:
        ran = {}
        for command in sorted(shown_commands(TEXT), key=lambda command: not command.startswith("gradus plan")):
            result = CliRunner().invoke(cli.main, shlex.split(command)[1:])
            ran[command] = Ran(command, result.exit_code, result.stdout, result.stderr)
        return ran
    finally:
        os.chdir(before)


def _run_once() -> tuple[Path, dict[str, Ran]]:
    folder = Path(tempfile.mkdtemp(dir=shared()))
    return folder, run_all(folder)


@pytest.fixture(scope="module")
def folder() -> Path:
    return once("readme", _run_once)[0]


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    return once("readme", _run_once)[1]


def commands(group: click.Group, prefix: str = "gradus") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


COMMANDS = dict(commands(cli.main))


@pytest.mark.parametrize("command", shown_commands(TEXT))
def test_a_shown_command_works(ran: dict[str, Ran], command: str) -> None:
    assert ran[command].code == (3 if "impossible" in command else 0), ran[command].errors


@pytest.mark.parametrize("command", [match[2] for match in _OUTPUT.finditer(TEXT)])
def test_a_shown_output_is_what_is_printed(ran: dict[str, Ran], folder: Path, command: str) -> None:
    if json.loads((folder / "out/solver.json").read_text(encoding="utf-8"))["stopped_by_clock"]:
        pytest.skip("this machine is too slow for the same bytes")
    match = next(match for match in _OUTPUT.finditer(TEXT) if match[2] == command)
    assert match[4] == output(ran[command], match[3]), "python -m tests.test_readme writes it anew"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"`{command}\b", TEXT)


def test_every_option_named_exists() -> None:
    known = {
        name
        for command in COMMANDS.values()
        for param in command.params
        for name in (*param.opts, *param.secondary_opts)
    }
    prose = re.sub(r"(pip|pytest|tests\.benchmarks)\b.*", "", TEXT)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", prose))
    assert named - known - {"--help"} == set()
    assert len(named) > 10


def test_every_option_of_a_command_is_documented() -> None:
    missing = {
        name
        for command in COMMANDS.values()
        for param in command.params
        if isinstance(param, click.Option)
        for name in param.opts
        if name.startswith("--") and name not in TEXT
    }
    assert missing == set()


def test_the_set_up_commands_are_two() -> None:
    assert re.findall(r"<!-- (try|test) -->", TEXT) == ["try", "test"]
    assert TEXT.count("pip install") == 2


def test_continuous_integration_runs_them() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "$(readme try)" in script
    assert "$(readme test)" in script
    assert "://" not in script


def test_the_clinic_file_shown_is_sound(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(# clinic\.yaml\n.*?)```", TEXT, re.DOTALL)
    assert block is not None
    (tmp_path / "clinic.yaml").write_text(block[1], encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["check", str(tmp_path / "clinic.yaml")])
    assert result.exit_code == 0, result.stderr


def test_every_exit_code_is_documented() -> None:
    from planner import errors

    classes = [value for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "exit_code")]
    for code in {0, 130, *(cls.exit_code for cls in classes)}:
        assert f"\n| {code} |" in TEXT


def test_it_says_what_it_is_not_for() -> None:
    said = " ".join(TEXT.split())
    assert "does not diagnose" in said
    assert "not for use without supervision" in said


def output(ran: Ran, lines: str | None) -> str:
    """Standard output, or its first lines, as the README shows it."""
    shown = ran.output.strip("\n").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in shown[: int(lines) if lines else None])


def update() -> None:
    """Write the outputs that the README shows anew."""
    with tempfile.TemporaryDirectory() as name:
        ran = run_all(Path(name))
    text = _OUTPUT.sub(lambda match: f"{match[1]}{output(ran[match[2]], match[3])}{match[5]}", TEXT)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    update()

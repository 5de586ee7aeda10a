"""The folder that most of these live in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.plans import EXAMPLES, planned_folder


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(EXAMPLES / "a_flexion_intolerant.yaml", tmp_path / "p.yaml")
    shutil.copytree(planned_folder("a_flexion_intolerant"), tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    return Path("out")

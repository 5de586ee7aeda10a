"""The same input gives the same bytes: in another process, with another hash seed, beside other work."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from planner.plan import make_programme
from tests.plans import NO_PROVENANCE, case_of

ROOT = Path(__file__).parents[2]
CODE = """
import hashlib, sys
from planner.plan import make_programme
from tests.plans import NO_PROVENANCE, case_of
plan = make_programme(case_of(sys.argv[1]), provenance=NO_PROVENANCE)
print(hashlib.sha256(plan.programme.model_dump_json().encode()).hexdigest())
"""


def digest(name: str, seed: int) -> str:
    """Hash of the programme that a fresh process writes."""
    run = subprocess.run(
        [sys.executable, "-c", CODE, name],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.mark.slow
def test_the_same_bytes_in_any_process_and_beside_any_other() -> None:
    names = ["f_healthy_novice", "f_healthy_novice", "g_time_poor"]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(digest, names, [0, 4242, 7]))
    assert found[0] == found[1] != found[2]


def test_the_same_bytes_twice_in_one_process() -> None:
    one, two = (make_programme(case_of("f_healthy_novice"), provenance=NO_PROVENANCE) for _ in range(2))
    assert one.programme.model_dump_json() == two.programme.model_dump_json()

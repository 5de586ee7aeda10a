"""The error tree: every refusal has a class, an exit code and a message that names the fix.

::

    PlannerError                1   anything that Gradus itself reports
    ├── InvalidInput            2   a file or an argument is wrong; carries every fault at once
    ├── NoProgramme             3   the hard rules cannot all be met; carries the reasons
    ├── NotVerified             1   the verifier found that a programme breaks a rule; carries what it found
    ├── NotPlanned              4   a referral or a hold: nothing is planned, the reason said
    └── StoppedByLimit          5   a time limit fired before a verified programme existed
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of one input file.

    ``line`` is 1-based, or 0 when the fault belongs to the file as a whole.
    """

    file: str
    line: int
    path: str
    problem: str
    got: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        got = f" (got {self.got})" if self.got else ""
        return f"{where}:{path} {self.problem}{got}"


class PlannerError(Exception):
    """Base of everything that Gradus reports to a user without a traceback."""

    exit_code = 1


class InvalidInput(PlannerError):
    """One or more files or arguments are wrong (exit code 2); ``faults`` holds them all."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault] | str) -> None:
        if isinstance(faults, str):
            self.faults: tuple[Fault, ...] = ()
            super().__init__(faults)
            return
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotVerified(PlannerError):
    """A programme breaks rules and is not written (exit code 1); ``breaks`` are (rule, where and what)."""

    def __init__(self, breaks: Iterable[tuple[str, str]]) -> None:
        self.breaks = tuple(breaks)
        lines = [f"  {rule}: {what}" for rule, what in self.breaks[:20]]
        super().__init__("\n".join(["The programme was not written, because the independent verifier found:", *lines]))


class NoProgramme(PlannerError):
    """No programme can satisfy the hard rules (exit code 3); ``reasons`` are plain sentences."""

    exit_code = 3

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


class NotPlanned(PlannerError):
    """A referral or a hold (exit code 4): nothing is planned; ``reasons`` say why and what next."""

    exit_code = 4

    def __init__(self, kind: str, reasons: Iterable[str]) -> None:
        self.kind = kind
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


class StoppedByLimit(PlannerError):
    """A limit on time fired before a verified programme was found (exit code 5)."""

    exit_code = 5

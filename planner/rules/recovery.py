"""O4: hard work of one muscle group has a free day between."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.rules.base import Force, K, Parameter, Rule, Scope, is_off, value
from planner.rules.limits import Gap, Limit

O4 = Rule(
    id="O4",
    title="A free day between hard sets",
    statement=(
        "One free calendar day between sets at RPE 7 or more for the same primary muscle; submaximal trunk work and "
        "daily work are exempt."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="ACSM",
    mark=K,
    parameters=(
        Parameter("days", 1, 1, 3, "free days between"),
        Parameter("effort", 7, 6, 9, "effort from which a set counts as hard"),
    ),
)
RULES = (O4,)


def limits(case: Case) -> Iterator[Limit]:
    """The gap."""
    if not is_off(case, O4):
        yield Gap(
            rule="O4", because="rule default", days=int(value(case, O4, "days")), effort=value(case, O4, "effort")
        )

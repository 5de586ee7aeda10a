"""C1, C2, P1-P3: how the response to a session is judged.

They act on the log; now they shape the printed instructions, the gates and the fallbacks.
"""

from __future__ import annotations

from planner.rules.base import D, Force, K, Parameter, Rule, Scope

C1 = Rule(
    id="C1",
    title="Symptoms that travel down",
    statement=(
        "Symptoms further down the leg than before and still so 30 minutes later: stop that item and leave its "
        "direction out; twice in a row: contact within 48 hours. Tolerated walking goes on."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="source page, point 6; MDT [K]",
    mark=K,
    parameters=(Parameter("minutes", 30, 15, 60, "minutes after which it counts as lasting"),),
)
C2 = Rule(
    id="C2",
    title="Symptoms that retreat",
    statement="Back pain may rise while leg symptoms retreat: go on.",
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="MDT",
    mark=K,
)
P1 = Rule(
    id="P1",
    title="Traffic light during a session",
    statement=(
        "Pain is compared with the value before the session: green up to +1, amber +2, red +3 or above 7 of 10. "
        "Amber repeats the step, red goes one step down."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="Thomee 1997; Silbernagel 2007, AJSM 35:897 [K]; Smith 2017, BJSM 51:1679 [F]; deltas are defaults",
    mark=D,
    parameters=(
        Parameter("green", 1, 0, 2, "points above the value before, green"),
        Parameter("amber", 2, 1, 3, "points above the value before, amber"),
        Parameter("ceiling", 7, 4, 8, "pain above which it is red in any case"),
    ),
)
P2 = Rule(
    id="P2",
    title="Next morning",
    statement=(
        "Afterwards at most 5 of 10, back to the usual level by next morning, weekly mean not rising; else repeat "
        "or step down."
    ),
    force=Force.INSTRUCTION,
    scope=Scope.SESSION,
    source="Silbernagel 2007, AJSM 35:897",
    mark=K,
    parameters=(Parameter("after", 5, 2, 6, "highest pain afterwards"),),
)
P3 = Rule(
    id="P3",
    title="Legs are judged by spread",
    statement="With nerve-root findings leg symptoms are judged by how far they spread and how long, not by the back.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="clinical practice",
    mark=D,
)
RULES = (C1, C2, P1, P2, P3)

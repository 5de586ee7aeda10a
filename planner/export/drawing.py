"""Drawings.  They need the extra ``plot`` (matplotlib), which nothing else does."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import InvalidInput
from planner.export.text import one_line

if TYPE_CHECKING:
    from planner.whatif import Choice

KINDS = ("png", "svg", "pdf")

#: Colours that the colour-blind can tell apart (Okabe and Ito 2008), one for each number of days.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def ready(path: Path, *, force: bool) -> None:
    """Refuse early what could not be drawn or written.

    Raises
    ------
    InvalidInput
        When the kind of file is not known, the file exists, or matplotlib is missing.
    """
    if path.suffix.lstrip(".").lower() not in KINDS:
        raise InvalidInput(f"{path}: a plot is a .png, .svg or .pdf file")
    if path.exists() and not force:
        raise InvalidInput(f"{path}: exists; --force replaces it")
    if find_spec("matplotlib") is None:
        raise InvalidInput("a plot needs the extra 'plot' (matplotlib): install gradus-planner[plot]")


def whatif_plot(choices: Sequence[Choice], kind: str) -> bytes:
    """What each choice reaches by when: a panel for each goal that has a week, and one for the last week's work.

    Minutes a session run to the right, a colour for each number of days, a marker for each number of weeks.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "gradus"
    from matplotlib import pyplot as plt
    from matplotlib.ticker import MaxNLocator

    first = next((c for c in choices if c.programme is not None), None)
    goals = () if first is None or first.programme is None else first.programme.goals
    panels: list[int | None] = [] if first is None else list(first.measured)
    panels.append(None)
    days = list(dict.fromkeys(c.days for c in choices))
    weeks = list(dict.fromkeys(c.weeks for c in choices))
    count = len(panels)
    figure, axes = plt.subplots(1, count, figsize=(4.2 * count, 4.4), squeeze=False, layout="constrained")
    longest = max(weeks)
    for n, axis in zip(panels, axes[0], strict=True):
        for d, day in enumerate(days):
            for w, length in enumerate(weeks):
                row = sorted((c for c in choices if (c.days, c.weeks) == (day, length)), key=lambda c: c.minutes)
                points = [(c.minutes, _height(c, n)) for c in row]
                style: dict[str, Any] = {"color": _COLOURS[d % 7], "marker": _MARKERS[w % 7], "alpha": 0.85}
                # a little apart, so that equal choices stay visible
                shift = 0.25 * (d - (len(days) - 1) / 2) + 0.1 * (w - (len(weeks) - 1) / 2)
                shown = [(x + shift, y) for x, y in points if y is not None]
                axis.plot([x for x, _ in shown], [y for _, y in shown], label=f"{day} days, {length} weeks", **style)
                if n is not None:
                    missed = [x + shift for x, y in points if y is None]
                    axis.plot(missed, [longest + 1] * len(missed), linestyle="", marker="x", color=_COLOURS[d % 7])
        axis.set_xlabel("minutes a session")
        axis.set_xticks(sorted({c.minutes for c in choices}))
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        if n is None:
            axis.set_title("working sets in the last week", fontsize=10)
            axis.set_ylim(bottom=0)
            axis.legend(fontsize=8)
        else:
            axis.set_title(f"{goals[n].goal}: {one_line(goals[n].words)[:42]}", fontsize=10)
            axis.set_ylabel("week in which it is reached (x: not reached)")
            axis.set_ylim(0, longest + 2)
    out = io.BytesIO()
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    figure.savefig(out, format=kind, dpi=120, metadata=metadata)
    plt.close(figure)
    return out.getvalue()


def _height(choice: Choice, goal: int | None) -> float | None:
    """The week in which a goal is reached, or the working sets of the last week; None for neither."""
    if choice.programme is None:
        return None
    if goal is None:
        return float(choice.hard_sets)
    reached = choice.programme.goals[goal].reached_week
    return None if reached is None else float(reached)

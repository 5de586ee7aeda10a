"""Runs the benchmark and reports it.

``python -m tests.benchmarks``            the planner on all patients, each twice
``python -m tests.benchmarks --subset``   two minutes: a dozen patients
``python -m tests.benchmarks --peers``    the planner and its peers on the same patients of 12 weeks
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks.patients import FOLDER, names

ROOT = Path(__file__).parents[2]
METHODS = ("gradus", "cp-sat", "highs", "scip", "greedy")
Result = dict[str, Any]


def run_one(method: str, name: str, seconds: float) -> Result:
    """One worker process."""
    command = [sys.executable, "-m", "tests.benchmarks.worker", method, str(FOLDER / f"{name}.yaml"), str(seconds)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=4 * seconds + 120, check=False)
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))
    except (subprocess.TimeoutExpired, IndexError, json.JSONDecodeError) as error:
        return {"method": method, "name": name, "error": f"{type(error).__name__}"}


def gap_at(result: Result, seconds: float) -> float | None:
    """Gap after so many seconds, as a share of the value then; None before anything was found."""
    known = [(v, b) for t, v, b in result.get("history", ()) if t <= seconds and abs(v) < 1e15]
    if not known:
        return None
    value, bound = min(v for v, _ in known), max(max(0.0, b) for _, b in known)
    return max(0.0, value - bound) / max(1.0, abs(value))


def middle(numbers: list[float]) -> str:
    """Median and 95th percentile."""
    if not numbers:
        return "-"
    ordered = sorted(numbers)
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"{statistics.median(ordered):.2f} / {high:.2f}"


def table(results: list[Result]) -> str:
    """Horizons of the planner, as text."""
    lines = [
        "| weeks | patients | refused | first verified, s | proof, s | in all, s | proved | gap if not | MB, peak "
        "| same bytes |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    ours = [r for r in results if r["method"] == "gradus"]
    for weeks in sorted({int(r["name"][1:3]) for r in ours}):
        mine = [r for r in ours if int(r["name"][1:3]) == weeks]
        good = [r for r in mine if "error" not in r]
        by_name: dict[str, list[str]] = {}
        for r in good:
            by_name.setdefault(r["name"], []).append(r["digest"])
        twice = [found for found in by_name.values() if len(found) > 1]
        same = f"{sum(len(set(found)) == 1 for found in twice)} of {len(twice)}" if twice else "run once"
        proved = [r for r in good if r["proved"] is not None]
        gaps = [(r["value"] - r["bound"]) / max(1, r["value"]) for r in good if r["proved"] is None]
        times = [r["proved"] if r["proved"] is not None else r["total"] for r in good]
        lines.append(
            f"| {weeks} | {len({r['name'] for r in mine})} | {len({r['name'] for r in mine}) - len(by_name)} "
            f"| {middle([r['first'] for r in good])} | {middle(times)} "
            f"| {middle([r['total'] for r in good])} | {len(proved)} of {len(good)} runs "
            f"| {'-' if not gaps else f'{100 * statistics.median(gaps):.2f} %, worst {100 * max(gaps):.2f} %'} "
            f"| {max((r['memory_mb'] for r in good), default=0):.0f} "
            f"| {same} |"
        )
    return "\n".join(lines)


def peers_table(results: list[Result]) -> str:
    """The planner beside its peers, as text: medians and 95th percentiles over the same patients."""
    lines = [
        "| method | solved | verified | first, s | proof, s | proved | gap at 10 s | gap at 60 s | value to ours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ours = {r["name"]: r for r in results if r["method"] == "gradus" and "error" not in r}
    for method in METHODS:
        mine = [r for r in results if r["method"] == method and r["name"] in ours]
        good = [r for r in mine if r.get("value") is not None]
        proved = [r["proved"] for r in good if r.get("proved") is not None]
        gaps = {s: [gap_at(r, s) for r in mine] for s in (10, 60)}
        shown = {
            s: "-"
            if method == "greedy"
            else f"{100 * statistics.median(1.0 if g is None else g for g in found):.1f} %"
            if found
            else "-"
            for s, found in gaps.items()
        }
        ratio = [r["value"] / max(1.0, ours[r["name"]]["value"]) for r in good]
        lines.append(
            f"| {method} | {len(good)} of {len(mine)} | {sum(bool(r['verified']) for r in good)} "
            f"| {middle([r['first'] for r in good if r['first'] is not None])} | {middle(proved)} | {len(proved)} "
            f"| {shown[10]} | {shown[60]} | {'-' if not ratio else f'{statistics.median(ratio):.2f} x'} |"
        )
    return "\n".join(lines)


def to_same_gap(results: list[Result], gap: float = 0.05) -> str:
    """How much sooner the planner reaches a gap than each peer, on patients where either does."""

    def reached(result: Result | None) -> float | None:
        times = [
            t
            for t, _, _ in (result or {}).get("history", ())
            if (gap_at(result or {}, t) or 0) <= gap and gap_at(result or {}, t) is not None
        ]
        return min(times, default=None)

    by = {(r["method"], r["name"]): r for r in results}
    lines = []
    for method in METHODS[1:-1]:
        ratios, never = [], 0
        for (m, name), result in by.items():
            if m != "gradus" or (mine := reached(result)) is None:
                continue
            theirs = reached(by.get((method, name)))
            never += theirs is None
            ratios.append((60.0 if theirs is None else theirs) / mine)
        if ratios:
            lines.append(
                f"To a gap of {gap:.0%}: {method} takes {statistics.median(ratios):.1f} times as long in the median "
                f"(never within the limit on {never} of {len(ratios)}, counted as 60 s)."
            )
    return "\n".join(lines)


def plots(results: list[Result], out: Path) -> None:
    """Cactus plot, gap over time, and time against weeks, as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "gradus"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    for method in METHODS:
        times = sorted(r["proved"] for r in results if r["method"] == method and r.get("proved") is not None)
        if times:
            axes.step([0.01, *times], range(len(times) + 1), where="post", label=method)
    axes.set(xscale="log", xlabel="seconds", ylabel="instances proved", title="Instances proved optimal")
    axes.legend()
    figure.savefig(out / "cactus.svg")
    figure, axes = plt.subplots()
    moments = [0.25 * 1.2**n for n in range(34)]
    for method in METHODS[:-1]:
        mine = [r for r in results if r["method"] == method and "error" not in r]
        if mine:
            gaps = [statistics.median(1.0 if (g := gap_at(r, t)) is None else g for r in mine) for t in moments]
            axes.plot(moments, [100 * g for g in gaps], label=method)
    axes.set(xscale="log", xlabel="seconds", ylabel="median gap, %", title="Gap over time")
    axes.legend()
    figure.savefig(out / "gap.svg")
    figure, axes = plt.subplots()
    ours = [r for r in results if r["method"] == "gradus" and "error" not in r]
    axes.scatter([int(r["name"][1:3]) for r in ours], [r["total"] for r in ours], s=9)
    axes.set(yscale="log", xlabel="weeks", ylabel="seconds, file to verified programme", title="Time against weeks")
    figure.savefig(out / "weeks.svg")


@click.command()
@click.option("--again", type=click.Path(path_type=Path, exists=True), help="Only report a results.json once more.")
@click.option("--subset", is_flag=True, help="A dozen patients of 4 and 12 weeks, once each: about two minutes.")
@click.option("--peers", is_flag=True, help="The planner and its peers, on the first patients of 12 weeks.")
@click.option("--count", default=10, show_default=True, help="Patients for --peers.")
@click.option("--seconds", default=60.0, show_default=True, help="Limit of each run.")
@click.option("--jobs", default=1, show_default=True, help="Processes at a time; each solver has one thread.")
@click.option("--once", is_flag=True, help="Each patient once; twice shows whether the bytes are the same.")
@click.option("--match", default="", help="Only patients whose name begins so, such as B26.")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("benchmark"), show_default=True)
def main(
    subset: bool,
    peers: bool,
    count: int,
    seconds: float,
    jobs: int,
    match: str,
    out: Path,
    again: Path | None,
    once: bool,
) -> None:
    """Times the planner, and with --peers others, on stored patients; writes a table, plots and results.json."""
    chosen = [name for name in names() if name.startswith(match)]
    if again is not None:
        work = []
    elif peers:
        work = [(m, n) for n in [n for n in chosen if n.startswith("B12")][:count] for m in METHODS]
    elif subset:
        work = [
            ("gradus", n)
            for n in [n for n in chosen if n.startswith("B04")][:4] + [n for n in chosen if n.startswith("B12")][:8]
        ]
    else:
        work = [("gradus", n) for n in chosen for _ in range(1 if once else 2)]
    results: list[Result] = [] if again is None else json.loads(again.read_text(encoding="utf-8"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress, ThreadPoolExecutor(jobs) as pool:
        task = progress.add_task("benchmark", total=len(work))
        for result in pool.map(lambda job: run_one(*job, seconds), work):
            results.append(result)
            progress.update(task, advance=1, description=f"{result['method']} {result['name']}")
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    report = "\n\n".join(
        part
        for part in (table(results), peers_table(results) if peers else "", to_same_gap(results) if peers else "")
        if part
    )
    failed = [f"{r['method']} {r['name']}: {r['error']}" for r in results if "error" in r]
    if failed:
        report += "\n\nRefused or failed:\n" + "\n".join(sorted(set(failed)))
    (out / "report.md").write_text(report + "\n", encoding="utf-8")
    click.echo(report)
    try:
        plots(results, out)
    except ModuleNotFoundError:
        click.echo(f"\nWritten to {out}: report.md, results.json. Plots need the extra 'bench' (matplotlib).")
        return
    click.echo(f"\nWritten to {out}: report.md, results.json, cactus.svg, gap.svg, weeks.svg.")


if __name__ == "__main__":
    main()

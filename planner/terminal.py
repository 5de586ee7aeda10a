"""A long job at a terminal: signs of life on standard error, and Ctrl-C that works at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from planner.plan import Progress

#: Seconds between plain lines where standard error is not a terminal.
EVERY_SECONDS: Final = 5.0
#: Exit code after Ctrl-C, as shells have it: 128 and the number of the signal.
INTERRUPTED: Final = 130
#: Tells the waiting thread that there is nothing more to wait for.
_DONE: Final = getattr(signal, "SIGUSR1", signal.SIGINT)


class ProgressLine:
    """Shows how the search goes: a live line on a terminal, else a plain line every few seconds."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._begun = time.monotonic()
        self._done = threading.Event()
        self._hide: Callable[[], None] = lambda: None

    def __call__(self, progress: Progress) -> None:
        """Take note of a better solution or bound."""
        self._last = progress

    def hide(self) -> None:
        """Leave the terminal as it was."""
        self._done.set()
        self._hide()

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Show the line while the block runs."""
        if sys.stderr.isatty():
            from rich.console import Console

            status = Console(stderr=True).status(self.words())
            self._hide = status.stop
            status.start()
            refresh, every = (lambda: status.update(self.words())), 0.25
        else:
            refresh, every = (lambda: print(self.words(), file=sys.stderr, flush=True)), EVERY_SECONDS
        ticker = threading.Thread(target=self._tick, args=(refresh, every), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            self.hide()
            ticker.join()

    def words(self) -> str:
        """``Planning, 12 s: climb, shortfall 1234, at best 1200``: less is better."""
        begin = f"Planning, {time.monotonic() - self._begun:.0f} s"
        last = self._last
        if last is None:
            return begin
        if last.value is None:
            return f"{begin}: {last.message}"
        bound = f", at best {last.bound:.0f}" if last.bound is not None and last.bound >= 0 else ""
        return f"{begin}: {last.phase}, shortfall {last.value:.0f}{bound}"

    def _tick(self, refresh: Callable[[], None], every: float) -> None:
        while not self._done.wait(every):
            refresh()


@contextlib.contextmanager
def interruptible(before_leaving: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C end the process at once, with exit code 130, although the solver runs.

    The solver is a library that takes the signal for itself and carries on with what it has.  So
    the signal is blocked in every thread and one thread waits for it.  Nothing may be written to
    files inside the block.
    """
    if not hasattr(signal, "sigwait"):  # Windows: Ctrl-C ends the search, with what it has
        yield
        return

    def watch() -> None:
        if signal.sigwait({signal.SIGINT, _DONE}) == signal.SIGINT:
            before_leaving()
            print("\nStopped; nothing was written.", file=sys.stderr, flush=True)
            os._exit(INTERRUPTED)

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, _DONE})
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.pthread_kill(watcher.ident or 0, _DONE)
        watcher.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def folded(lines: Iterable[str], width: int = 100) -> Iterator[str]:
    """Lines no wider than that; what runs over hangs a little deeper than its line."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        yield from textwrap.wrap(
            line, width, subsequent_indent=f"{indent}    ", break_long_words=False, break_on_hyphens=False
        ) or [""]

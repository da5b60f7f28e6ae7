"""``./dev redteam``: try every attempt, print the table, and fail if one comes out otherwise.

With ``--write`` nothing is tried: the table of docs/security.md is written anew.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict

import pytest

from tests.redteam.attempt import Attempt
from tests.redteam.catalogue import CATALOGUE
from tests.redteam.page import PAGE, sums, with_table


class Tried:
    """What pytest says of each test, kept for the table."""

    def __init__(self) -> None:
        self.outcomes: dict[str, set[str]] = defaultdict(set)
        self.seen: dict[str, str] = {}
        self.reasons: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if _names(item.nodeid)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.outcomes[report.nodeid].add(report.outcome)
            self.seen[report.nodeid] = str(dict(report.user_properties).get("ends", ""))
        if report.failed:
            self.reasons.append(f"{report.nodeid}\n{report.longreprtext}")

    def outcome(self, attempt: Attempt) -> str:
        """Return ``passed``, ``failed``, ``skipped`` or ``missing``; every case must pass."""
        cases = [found for node, found in self.outcomes.items() if attempt in _names(node)]
        said = set().union(*cases)
        return next((one for one in ("failed", "skipped", "passed") if one in said), "missing")


def _names(node: str) -> list[Attempt]:
    """Return the attempts that a test, or one case of it, is named by."""
    return [one for one in CATALOGUE if one.test in (node, node.partition("[")[0])]


def main() -> int:
    """Return 0 if every attempt came out as the table says."""
    if "--write" in sys.argv:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    tried = Tried()
    files = list(dict.fromkeys(attempt.test.partition("::")[0] for attempt in CATALOGUE))
    options = ["-o", "addopts=", "-p", "no:terminal", "-p", "no:cacheprovider"]
    pytest.main([*options, *files], plugins=[tried])
    outcomes = {attempt: tried.outcome(attempt) for attempt in CATALOGUE}
    wrong = [attempt.id for attempt, outcome in outcomes.items() if outcome != "passed"]
    lines = [_line(one, said, tried.seen.get(one.test, "")) for one, said in outcomes.items()]
    lines += ["", *sums(), *tried.reasons]
    lines += [f"not as the table says: {', '.join(wrong)}"] if wrong else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


def _line(attempt: Attempt, outcome: str, seen: str) -> str:
    comes = attempt.comes if outcome == "passed" else f"WRONG ({outcome})"
    observed = f" [{seen}]" if seen else ""
    return f"{attempt.id:<4}{attempt.who:<10} {attempt.does}\n    {comes}: {attempt.by}{observed}"


if __name__ == "__main__":
    os.environ["GEOWALLET_LANG"] = "en"
    sys.exit(main())

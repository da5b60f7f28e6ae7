"""The rules that come with the program: the one place that opens their files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from geowallet.crypto.canonical import sha256_hex
from geowallet.model.errors import RuleDataError, UnknownRuleError
from geowallet.model.words import N_, Phrase, phrase
from geowallet.rules import check
from geowallet.rules.load import load_rule

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from geowallet.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one file found.

    Attributes:
        rule: Its id, or the file's path where it could not be read.
        problems: What makes its figures wrong or impossible.
        remarks: What somebody should look at some day.
    """

    rule: str
    problems: tuple[Phrase, ...]
    remarks: tuple[Phrase, ...] = ()


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, by id.

    Raises:
        RuleDataError: A file is damaged, or two have the same id.
    """
    found = {rule.id: rule for rule in map(load_rule, texts().values())}
    return tuple(found[name] for name in sorted(found))


def rule(name: str) -> Rule:
    """Return one rule.

    Raises:
        UnknownRuleError: No file has that id.
    """
    for found in rules():
        if found.id == name:
            return found
    raise UnknownRuleError(rule=name)


def examine(files_by_path: dict[str, str] | None = None) -> tuple[Finding, ...]:
    """Return a finding for every file, or for the files that are given."""
    today = dt.datetime.now(dt.UTC).date()
    given = texts() if files_by_path is None else files_by_path
    return tuple(_finding(path, text, today) for path, text in given.items())


def texts() -> dict[str, str]:
    """Return the text of every rule file by its path below the data folder."""
    return {
        f"{folder.name}/{entry.name}": entry.read_text(encoding="utf-8")
        for folder in _sorted(files("geowallet.rules") / "data")
        for entry in _sorted(folder)
        if entry.name.endswith(".toml")
    }


def text_of(sha256: str) -> str:
    """Return the rule file with that digest (hex), "" where none is known."""
    return next((one for one in texts().values() if sha256_hex(one.encode()) == sha256), "")


def _finding(path: str, text: str, today: dt.date) -> Finding:
    try:
        found = load_rule(text)
    except RuleDataError as error:
        reason = str(error.details["reason"])
        return Finding(path, (phrase(N_("cannot be used: {reason}"), reason=reason),))
    return Finding(found.id, check.problems(found, today=today), check.remarks(found, today=today))


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)

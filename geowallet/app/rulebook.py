"""The rules that come with the program: the one place that opens their files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from geowallet.model.errors import UnknownRuleError
from geowallet.rules.load import load_rule

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from geowallet.rules.rule import Rule


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


def texts() -> dict[str, str]:
    """Return the text of every rule file by its path below the data folder."""
    return {
        f"{folder.name}/{entry.name}": entry.read_text(encoding="utf-8")
        for folder in _sorted(files("geowallet.rules") / "data")
        for entry in _sorted(folder)
        if entry.name.endswith(".toml")
    }


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda entry: entry.name)

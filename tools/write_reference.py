"""Write docs/reference from the code: commands, errors, exit statuses, measures, formats, rules.

With ``--check`` nothing is written; the exit status is 1 if a page is stale.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["GEOWALLET_LANG"] = "en"

from geowallet.app import rulebook
from geowallet.cli import commands
from geowallet.cli.rules.rule_table import how, rows
from geowallet.cli.terminal.verb import DEFAULT_VERB, WithDefault
from geowallet.connectors.registry import BUILTIN
from geowallet.contracts.evaluation.rows import GROUPINGS
from geowallet.contracts.terms.catalogue import DRIVING, INSUFFICIENT, MEASURES, MeasureKind
from geowallet.contracts.terms.schema import terms_schema
from geowallet.model import errors
from geowallet.model.errors import GeowalletError
from geowallet.rules.facts import Facts
from geowallet.rules.rule import spans
from tools.module_page import module_page

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "docs" / "reference"

STATUSES = {
    0: "done",
    1: "a bug in geowallet: please report it",
    2: "the command line cannot be understood, or an answer was refused",
    3: "a file cannot be read as what it should be",
    4: "not found: a path, a wallet, a trip, a place, a contract",
    5: "the wallet or desk is locked, or a passphrase is wrong",
    6: "the contract, or the sandbox, refuses",
    7: "another computer does not answer, or not as it should",
    8: "conflict: something is there already, another process writes, or the disk is full",
    9: "rule data is missing or wrong",
    10: "doctor found problems",
    20: "the evidence log contradicts itself, or a figure does not follow",
    21: "a signature or a seal is broken",
    22: "expired, or not yet valid",
    23: "made for, or by, another key",
    25: "the export does not fit its contract",
    26: "the wallet's or the desk's bytes are not what was written",
    130: "interrupted (Ctrl-C)",
}
"""Every exit status and what it means; public, fixed from the first release."""


def main() -> None:
    """Write all pages, or check them."""
    stale = []
    for name, lines in pages().items():
        text = "\n".join(lines).rstrip() + "\n"
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/reference/{name}: stale, run ./dev docs")
    sys.exit(1 if stale else 0)


def pages() -> dict[str, list[str]]:
    """Return every generated page as lines."""
    return {
        "commands.md": list(_commands()),
        "errors.md": list(_errors()),
        "exit-codes.md": list(_statuses()),
        "measures.md": list(_measures()),
        "modules.md": list(module_page()),
        "formats.md": list(_formats()),
        "rules.md": list(_rules()),
        "terms.schema.json": json.dumps(terms_schema(), indent=2).splitlines(),
    }


def all_errors() -> list[type[GeowalletError]]:
    """Return every error class, by code."""
    found = {getattr(errors, name) for name in errors.__all__} - {GeowalletError}
    return sorted(found, key=lambda error: error.code)


def all_commands() -> list[tuple[str, Any]]:
    """Return every command with the words that are typed for it."""
    return [
        found
        for name in commands.TABLE
        for found in _walk(f"geowallet {name}", commands.load(name))
    ]


def _walk(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield words, command
        return
    for name, below in inside.items():
        short = isinstance(command, WithDefault) and name == DEFAULT_VERB
        yield from _walk(words if short else f"{words} {name}", below)


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Options in the last section mean the same on every command."
    shared: dict[str, str] = {}
    for words, command in all_commands():
        yield ""
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        shape = " ".join(
            f"{a.name.upper().rstrip('_')}{'...' if a.nargs == -1 else ''}" for a in arguments
        )
        yield f"## `{words}{' ' + shape if shape else ''}`"
        yield ""
        yield command.help.replace("\n\n", "\n\n    ").replace("    Example: ", "    ")
        options = [p for p in command.params if p.param_type_name == "option"]
        own = [o for o in options if o.name not in _shared_names()]
        shared |= {_flags(o): o.help for o in options if o.name in _shared_names()}
        if arguments or own:
            yield ""
        for argument in arguments:
            yield f"- `{argument.name.upper().rstrip('_')}` {argument.help}"
        for option in own:
            yield f"- `{_flags(option)}` {option.help}"
    yield ""
    yield "## Shared options"
    yield ""
    for flags, text in shared.items():
        yield f"- `{flags}` {text}"


def _shared_names() -> set[str]:
    from geowallet.cli.terminal.verb import DESK, SHARED  # noqa: PLC0415  after the language is set

    return {*SHARED, *DESK, "help"}


def _flags(option: Any) -> str:
    return ", ".join(option.opts)


def _errors() -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "The code is stable and never translated; text and hint are. `{names}` are filled in."
    yield ""
    yield "| code | exit status | text | hint |"
    yield "|---|---|---|---|"
    for error in all_errors():
        yield f"| `{error.code}` | {error.exit_status} | {error.text} | {error.hint} |"


def _statuses() -> Iterator[str]:
    yield "# Exit statuses"
    yield ""
    yield "| status | meaning | error codes |"
    yield "|---|---|---|"
    for status, meaning in STATUSES.items():
        codes = ", ".join(f"`{e.code}`" for e in all_errors() if e.exit_status == status)
        yield f"| {status} | {meaning} | {codes} |"


def _measures() -> Iterator[str]:
    yield "# What a contract may measure"
    yield ""
    yield "What is not in this table cannot leave a wallet. Figures may be grouped by "
    yield f"{', '.join(f'`{name}`' for name in GROUPINGS)}."
    yield ""
    yield "| measure | unit | largest | coarsest step | reveals | groups sum to the total |"
    yield "|---|---|--:|--:|---|---|"
    for name, kind in MEASURES.items():
        cells = (
            f"`{name}`",
            kind.unit,
            kind.largest,
            kind.coarsest_step,
            kind.reveals,
            _sums(kind),
        )
        yield f"| {' | '.join(str(cell) for cell in cells)} |"
    yield ""
    yield "Every figure is a whole number from 0 to the maximum that the terms name, a multiple of"
    yield "their step. Where another word is given, it is one of two:"
    yield ""
    yield f"- `{INSUFFICIENT}`: a score, a rate or a share that the data cannot carry"
    yield f"  ({', '.join(f'`{name}`' for name in MEASURES if name in DRIVING)}). A score and its"
    yield "  rates need 400 km, and 70 % of them with a position and the receiver's speed a second"
    yield "  (docs/driving-score.md); the shares need any driven way."
    yield "- null: kept back, because fewer trips stand behind it than `small_cells` asks. A second"
    yield "  group, or the total, is kept back with it, so that subtraction does not undo it."
    yield ""
    yield "Rates are weighted events (light half, strong one, rough two) per 1,000 km. An amount"
    yield "is in hundredths of the rule's currency, of the whole export, and follows from the"
    yield "distance or the days as they leave; the rule's file is pinned by its SHA-256. A module"
    yield "of the recipient adds outputs of its own, bounded by the terms, which never add up."
    yield "With noise, all of this holds of what was drawn. The terms: [terms.schema.json]"
    yield "(terms.schema.json)."


def _sums(kind: MeasureKind) -> str:
    if not kind.grouped:
        return "stands beside the total alone"
    if kind.overlaps is None:
        return "no: computed anew for each"
    if not kind.overlaps:
        return "yes"
    return f"yes, but over {', '.join(f'`{name}`' for name in kind.overlaps)}"


def _formats() -> Iterator[str]:
    yield "# Formats"
    yield ""
    yield "The content decides, not the ending; `--format` overrides."
    yield ""
    headline, rows = _measured()
    yield "| format | endings | | files | timed | read as others do | crashes | lines | sample | |"
    yield "|---|---|---|--:|--:|--:|--:|--:|---|---|"
    for connector in BUILTIN:
        endings = ", ".join(f"`{ending}`" for ending in connector.extensions)
        doc = (type(connector).__doc__ or "").splitlines()[0]
        figures = rows.get(connector.name, " | | | | | |")
        yield f"| `{connector.name}` | {endings} | {doc} |{figures}"
    yield ""
    yield f"Figures are of real files, by `./dev formats`: {headline}"
    yield "How they are counted, and the differences: [formats, measured](formats-measured.md)."
    yield ""
    yield "Archives (zip, gz, bz2, xz, tar, one in another) are opened in memory, within limits."


def _measured() -> tuple[str, dict[str, str]]:
    """Return the headline and the rows of the page that `measure_formats` wrote, by connector."""
    text = (FOLDER / "formats-measured.md").read_text(encoding="utf-8")
    headline = " ".join(text.partition("**")[2].partition("**")[0].split())
    rows = re.findall(r"^\| `(\w+)` \|(.*)$", text, re.MULTILINE)
    return headline, dict(rows)


def _rules() -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "Every table that `geowallet rule compute` knows. `d` is the distance of the year, of one"
    yield "vehicle, in the rule's unit. A year that is not named is an error, never a guess. A"
    yield "secondary source is a page that quotes the text; the text itself was not read."
    yield ""
    yield "[How to use them](../how-to/compute-an-allowance.md)."
    for rule in rulebook.rules():
        yield ""
        yield f"## `{rule.id}`"
        yield ""
        yield f"{rule.title}. In {rule.currency} by {rule.unit}, to {rule.rounding}, half up."
        yield f"Years: {spans(rule.years())}."
        for version in rule.versions:
            yield ""
            yield f"From {version.valid_from}, known until {version.valid_until}, checked on"
            yield f"{version.checked_on}. Source, {version.source.kind}:"
            yield f"[{version.source.title}]({version.source.url})."
            yield f"Method: {how(version.table.method(Facts()))}."
            yield ""
            yield "| | |"
            yield "|---|---|"
            yield from (f"| {condition} | {value} |" for condition, value in rows(rule, version))


if __name__ == "__main__":
    main()

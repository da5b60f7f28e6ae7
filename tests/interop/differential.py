"""Ask four verifiers about the same exports, and compare what they say.

Run as ``.venv/bin/python -m tests.interop.differential --count 10000``.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from geowallet.app.sharing.takeaway import joined
from geowallet.contracts.life.grant import read_contract
from geowallet.crypto.signing import thumbprint
from geowallet.model.calendar import Period
from geowallet.model.errors import GeowalletError
from geowallet.verify.open import open_sealed_export
from geowallet.verify.standalone import STATUS
from geowallet.verify.verdict import Outcome
from geowallet.verify.verifier import verify_export
from tests.interop.mutants import Mutant, mutants

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "geowallet" / "verify" / "page" / "verifier.js"
SHARED = {"wrong_recipient", "unknown_holder", "expired"}
"""What the recipe with a stock library must refuse whenever the others do."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the four say of one mutant: status and failed check, and whether `jose` took it."""

    mutant: Mutant
    ours: tuple[int, str]
    alone: tuple[str, str]
    page: tuple[str, str]
    stock: dict[str, Any]


def ask(found: Sequence[Mutant]) -> list[Answers]:
    """Return the answers of all four, each verifier in one process."""
    alone = taken_away()
    lines = "\n".join(_line(one) for one in found)
    page = [tuple(one) for one in _node(lines, "page.mjs", str(PAGE))]
    stock = _node(lines, "stock.mjs")
    rows = zip(found, page, stock, strict=True)
    return [Answers(one, ours(one), alone(one), said, took) for one, said, took in rows]


def disagreements(answers: Sequence[Answers]) -> list[str]:
    """Return a sentence for each difference that should not be."""
    return [
        f"{one.mutant.kind} of {one.mutant.origin.name}: {why}"
        for one in answers
        for why in _differ(one)
    ]


def _differ(one: Answers) -> list[str]:
    found = []
    if one.alone != one.page:
        found.append(f"alone {one.alone}, page {one.page}")
    if one.ours != (STATUS[one.alone[0]], one.alone[1]):
        found.append(f"ours {one.ours}, alone {one.alone}")
    if one.alone[0] == "accepted" and not one.stock["accepted"]:
        found.append(f"jose refuses what is accepted: {one.stock['error']}")
    if one.alone[0] in SHARED and one.stock["accepted"]:
        found.append(f"jose accepts what is {one.alone[0]}")
    return found


def ours(mutant: Mutant) -> tuple[int, str]:
    """Return the exit status of `geowallet verify`, and the check that failed."""
    origin = mutant.origin
    try:
        text = open_sealed_export(mutant.sealed, origin.reader)
    except GeowalletError as error:
        return error.exit_status, "open"
    period = Period.parse(origin.period) if origin.period else None
    contract = _contract(json.dumps(origin.contract))
    verdict = verify_export(text, contract, now_s=origin.now_s, period=period)
    failed = [check.name for check in verdict.checks if check.outcome is Outcome.FAILED]
    return (verdict.error.exit_status if verdict.error else 0), "".join(failed)


@cache
def _contract(text: str) -> Any:
    return read_contract(text.encode())


def taken_away() -> Callable[[Mutant], tuple[str, str]]:
    """Return the verifier that is written as one file, as a stranger would run it."""
    module = sys.modules["taken_away"] = types.ModuleType("taken_away")
    exec(compile(joined(), "verifier.py", "exec"), module.__dict__)  # noqa: S102  our own text

    def judged(mutant: Mutant) -> tuple[str, str]:
        origin = mutant.origin
        try:
            text = module.opened(mutant.sealed, origin.reader)
            module.judge(text, origin.contract, origin.now_s, origin.period)
        except module.RefusedError as refused:
            return refused.status, refused.check
        return "accepted", ""

    return judged


def _line(mutant: Mutant) -> str:
    origin = mutant.origin
    return json.dumps(
        {
            "sealed": base64.b64encode(mutant.sealed).decode(),
            "reader": origin.reader,
            "contract": origin.contract,
            "now_s": origin.now_s,
            "period": origin.period,
            "audience": thumbprint(origin.contract["terms"]["recipient"]["signing_jwk"]),
        }
    )


def _node(lines: str, script: str, *arguments: str) -> list[Any]:
    node = shutil.which("node") or "node"
    command = [node, str(HERE / script), *arguments]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    """Compare as many mutants as asked, and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    answers = ask(list(mutants(options.count, options.seed)))
    found = disagreements(answers)
    ends = Counter(one.alone[0] for one in answers)
    checks = Counter(one.alone[1] for one in answers)
    looser = sum(one.stock["accepted"] and one.alone[0] != "accepted" for one in answers)
    print(f"{len(answers)} mutants, {len(found)} disagreements", dict(ends), dict(checks))  # noqa: T201
    print(f"{looser} refused by the full checks that the recipe does not make")  # noqa: T201
    for sentence in found[:20]:
        print(sentence)  # noqa: T201


if __name__ == "__main__":
    main()

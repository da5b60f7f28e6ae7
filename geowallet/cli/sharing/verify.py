"""``verify``: what a recipient runs."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.sharing.grounds import doubt_rows, seen_record, seen_rows
from geowallet.cli.sharing.results import show_result
from geowallet.cli.sharing.verify_receipt import verify_receipt
from geowallet.cli.terminal.language import _, clauses, plural, say
from geowallet.cli.terminal.numbers import day, period_words
from geowallet.cli.terminal.secrets import asker, locations
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.errors import BadOptionError, ContractMismatchError

if TYPE_CHECKING:
    from geowallet.app.desk.verification import Verified
    from geowallet.contracts.life.grant import Contract
    from geowallet.proofs.claims import Figures
    from geowallet.verify.amounts import Footing
    from geowallet.verify.verdict import Verdict


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "verify",
        _("Check an export or a receipt that you received; no wallet needed."),
        example="geowallet verify exemple-mileage-2026-05.jwe",
        desk=True,
    )(verify)


def verify(
    shell: Shell,
    file: Annotated[Path | None, typer.Argument(help=_("The sealed file, or a receipt."))] = None,
    *,
    contract: Annotated[
        Path | None, typer.Option(help=_("Judge by this contract file instead of the filed one."))
    ] = None,
    checks: Annotated[bool, typer.Option("--checks", help=_("Show every check by name."))] = False,
    write_to: Annotated[
        Path | None,
        typer.Option(
            "--write-verifier",
            help=_("Write the verifier itself to this file: a program, or a web page (.html)."),
        ),
    ] = None,
) -> None:
    """Open an export with the desk's key and judge it, or check a receipt; change nothing."""
    if write_to:
        _write_verifier(shell, write_to)
        return
    if file is None:
        raise BadOptionError(option="FILE", reason=_("name the sealed file"))
    from geowallet.app.desk.desk import open_desk
    from geowallet.app.desk.verification import verify_file
    from geowallet.app.files import read_small
    from geowallet.app.sharing.agreements import MAX_CONTRACT_BYTES
    from geowallet.contracts.life.grant import read_contract

    given = read_contract(read_small(contract, MAX_CONTRACT_BYTES)) if contract else None
    if verify_receipt(shell, file, given):
        return
    desk = open_desk(locations(shell).desk, asker(shell, _("Passphrase of the desk: ")))
    verified = verify_file(file, desk, now_s=int(time.time()), contract=given)
    show_verified(shell, verified, every_check=checks)
    refused(verified.verdict)


def show_verified(shell: Shell, verified: Verified, *, every_check: bool) -> None:
    """Show a verdict: the file and the figure are judged apart."""
    verdict = verified.verdict
    shell.emit(verdict_record(verdict))
    if every_check:
        _show_checks(shell, verdict)
    if verdict.figures is None:
        failed = next(check for check in verdict.checks if check.outcome == "failed")
        stays = _("nothing inside can be relied on, so nothing is shown")
        shell.pairs([(_("REFUSED"), say(failed.note)), ("", stays)])
        return
    figures, contract = verdict.figures, verified.contract
    shell.pairs(_accepted(verified, figures))
    show_result(shell, figures.result, contract.terms)
    if verdict.amount:
        shell.pairs([(_("AMOUNT"), _footing(verdict.amount, contract))])
    if verdict.seen:
        shell.pairs([*seen_rows(verdict.seen, figures.result), *doubt_rows(verified.doubts)])
    if figures.result.share_percent.get("L0"):
        shell.say(_("L0 declared: as strong as a signed sheet of paper, no more."))
    open_points = clauses([say(item) for item in verdict.not_proved])
    shell.pairs([(_("NOT PROVED"), open_points)])
    shell.say(_("File accepted."))


def _footing(footing: Footing, contract: Contract) -> str:
    """Return what an amount rests on, in words."""
    rule = next(measure.rule.id for measure in contract.terms.measures if measure.rule)
    words = {
        "follows": _("follows from the figures and the rule {rule}", rule=rule),
        "rule_unknown": _("not computed again: {rule} is not here as agreed", rule=rule),
        "figures_unsaid": _(
            "not computed again: the file does not carry what {rule} counts", rule=rule
        ),
    }
    return words[footing]


def refused(verdict: Verdict) -> None:
    """Raise the error of a verdict, if it has one, with its reason in the reader's language.

    Raises:
        GeowalletError: Of the first check that failed.
    """
    if isinstance(verdict.error, ContractMismatchError):
        failed = next(check for check in verdict.checks if check.outcome == "failed")
        raise ContractMismatchError(reason=say(failed.note))
    if verdict.error is not None:
        raise verdict.error


def _write_verifier(shell: Shell, path: Path) -> None:
    from geowallet.app.sharing.takeaway import write_verifier

    written = write_verifier(path)
    shell.emit({"written": str(written)})
    shell.say(_("Written: {path}. It verifies without geowallet.", path=str(written)))


def _accepted(verified: Verified, figures: Figures) -> list[tuple[str, str]]:
    holder = verified.contract.grant.holder
    terms = verified.contract.terms
    rows = [
        (
            _("FILE"),
            _(
                "intact, signed by {name}'s key {key}; {passed} of {passed} checks passed",
                name=holder.name,
                key=_key(holder.signing_jwk),
                passed=len(verified.verdict.checks),
            ),
        ),
        *_followed(verified),
        (
            _("CONTRACT"),
            _(
                "{name}, until {date}; receipt {receipt}",
                name=figures.contract_name,
                date=day(terms.expires),
                receipt=figures.receipt,
            ),
        ),
    ]
    if verified.received:
        received = day(dt.date.fromisoformat(verified.received))
        rows.append(("", _("already received on {date}", date=received)))
    if figures.supersedes:
        from geowallet.proofs.claims import receipt_id

        earlier = receipt_id(figures.supersedes)
        rows.append(("", _("it replaces the export with receipt {id}", id=earlier)))
        changed = plural(
            "since the first one, the period was changed {count} time",
            "since the first one, the period was changed {count} times",
            figures.changes,
        )
        rows.append(("", changed))
    return [*rows, (_("FIGURE"), period_words(figures.result.period))]


def _followed(verified: Verified) -> list[tuple[str, str]]:
    if not verified.followed:
        return []
    since = day(dt.date.fromisoformat(verified.followed))
    return [("", _("with that key since {date}; the key before it signed the change", date=since))]


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values; figures only where all checks passed."""
    record: dict[str, Any] = {
        "accepted": verdict.accepted,
        "checks": [{"name": c.name, "outcome": str(c.outcome)} for c in verdict.checks],
        "error": verdict.error.code if verdict.error else None,
    }
    if verdict.figures:
        figures = verdict.figures
        record |= {
            "contract": figures.contract_name,
            "period": str(figures.result.period),
            "receipt": figures.receipt,
            "figures": figures.result.as_json(),
            "amount": str(verdict.amount) if verdict.amount else None,
            "not_proved": [str(item) for item in verdict.not_proved],
            "changes_after_close": figures.changes,
        } | seen_record(verdict.seen, figures.result)
    return record


def _show_checks(shell: Shell, verdict: Verdict) -> None:
    outcomes = {"passed": _("ok"), "failed": _("REFUSED"), "not_run": _("not run")}
    rows = [[outcomes[c.outcome], c.name, say(c.note)] for c in verdict.checks]
    shell.table([Column(""), Column(_("CHECK")), Column(_("WHAT"))], rows)
    shell.say()


def _key(jwk: dict[str, Any]) -> str:
    from geowallet.crypto.fingerprint import fingerprint
    from geowallet.crypto.signing import thumbprint

    return fingerprint(thumbprint(jwk))

"""Check what a holder opened, against the export that was accepted before.

Nothing of an answer is believed. In an audit, each drawn metre must lie in an
opened day, each opened day must hold a drawn metre, open its commitment, and
stand behind days that add up as said. In a spot check, each opened quarter hour
must be one of the committed track, and say what the answer says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.cells import slot_count
from geowallet.contracts.life.audit import drawn_metres
from geowallet.crypto.curve import read_scalar
from geowallet.crypto.encoding import unb64u
from geowallet.crypto.merkle import HASH_BYTES
from geowallet.crypto.signing import thumbprint, verify_detached
from geowallet.model.calendar import Period
from geowallet.model.errors import AuditRefusedError, ExportSignatureError
from geowallet.model.words import N_
from geowallet.proofs.answers import AUDIT_VCT, SIGHTINGS_VCT, Compared, Word
from geowallet.proofs.claims import ISSUER_PREFIX
from geowallet.proofs.commitments import Opening, Stamped, check_prefix
from geowallet.proofs.sdjwt import EXPORT_TYP, unpack
from geowallet.proofs.track import PADDED_TO, SALT_BYTES, Mark, Slot, check_mark, check_slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.contracts.life.audit import Asked, Challenge
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.sightings import Sighting, Sightings

MOST_HASHES = 8 * PADDED_TO
"""Of one quarter hour: no track crosses more squares, even by air."""

_DEEPEST = 32
"""Hashes of an inclusion proof: more than any tree has levels."""

_NAMED = frozenset({"iss", "vct", "iat", "aud", "contract", "period", "export", "question"})


def check_audit_answer(
    text: str, contract: Contract, claims: Mapping[str, Any], challenge: Challenge
) -> tuple[Opening, ...]:
    """Return the days that a challenge opened, in order, after checking every one.

    Args:
        text: The answer, unsealed.
        contract: The one that the reader holds.
        claims: Of the export, which was accepted.
        challenge: The one that the reader signed.

    Raises:
        BadExportError: Not written as exports and answers are.
        ExportSignatureError: Not signed by the holder of the contract.
        AuditRefusedError: It answers something else, or does not follow.
    """
    raw = _answer(text, contract, (AUDIT_VCT, "days"), challenge.about, challenge.sha256)
    count = len(claims["commitments"])
    try:
        opened = tuple(_opening(item, count) for item in raw)
    except ValueError as error:
        raise AuditRefusedError(reason=_ODD) from error
    days = [one.day for one in opened]
    if days != sorted(set(days)):
        raise AuditRefusedError(reason=N_("its days are not in order, once each"))
    for one in opened:
        _check_day(claims, one)
    _check_drawn(opened, drawn_metres(challenge, claims["total"]["distance_m"]))
    return opened


def check_sightings_answer(
    text: str, contract: Contract, claims: Mapping[str, Any], sightings: Sightings
) -> tuple[Compared, ...]:
    """Return what the committed track says to each sighting, after checking every opening.

    Args:
        text: The answer, unsealed.
        contract: The one that the reader holds.
        claims: Of the export, which was accepted.
        sightings: Those that the reader signed.

    Raises:
        BadExportError: Not written as exports and answers are.
        ExportSignatureError: Not signed by the holder of the contract.
        AuditRefusedError: It answers something else, or does not follow.
    """
    named = (SIGHTINGS_VCT, "answers")
    raw = _answer(text, contract, named, sightings.about, sightings.sha256)
    try:
        compared = tuple(_compared(item) for item in raw)
    except ValueError as error:
        raise AuditRefusedError(reason=_ODD) from error
    if len(compared) != len(sightings.sightings):
        raise AuditRefusedError(reason=N_("it does not answer each sighting once"))
    period, root = Period.parse(sightings.about.period), bytes.fromhex(claims["track"]["root"])
    for one, sighting in zip(compared, sightings.sightings, strict=True):
        _check_slots(one, root, slot_count(period))
        _check_word(one, sighting, period)
    return compared


_ODD = N_("it is not written as answers are")


def _answer(
    text: str, contract: Contract, named: tuple[str, str], about: Asked, question: str
) -> list[Any]:
    """Return the list in an answer that this holder signed to this question."""
    opened = unpack(text)
    holder = contract.grant.holder.signing_jwk
    try:
        verify_detached(opened.payload, opened.detached, holder, EXPORT_TYP)
    except ValueError as error:
        raise ExportSignatureError from error
    vct, listed = named
    expected = {
        "iss": ISSUER_PREFIX + thumbprint(holder),
        "vct": vct,
        "aud": thumbprint(contract.terms.recipient.signing_jwk),
        "contract": about.terms_sha256,
        "period": about.period,
        "export": about.jti,
        "question": question,
    }
    if any(opened.claims.get(name) != value for name, value in expected.items()):
        raise AuditRefusedError(reason=N_("it answers another question"))
    items = opened.claims.get(listed)
    if set(opened.claims) != _NAMED | {listed} or opened.rows or not isinstance(items, list):
        raise AuditRefusedError(reason=_ODD)
    return items


def _check_day(claims: Mapping[str, Any], opened: Opening) -> None:
    try:
        check_prefix(claims, opened)
    except ValueError as error:
        reason = N_("a day, or the sum of the days before it, is not the one committed to")
        raise AuditRefusedError(reason=reason) from error


def _check_drawn(opened: Sequence[Opening], drawn: Sequence[int]) -> None:
    ends = [(one.before_m, one.before_m + one.metres) for one in opened]
    if not all(any(first <= metre < end for first, end in ends) for metre in drawn):
        raise AuditRefusedError(reason=N_("a drawn metre is in no day that was opened"))
    if not all(any(first <= metre < end for metre in drawn) for first, end in ends):
        raise AuditRefusedError(reason=N_("a day was opened that was not drawn"))


def _check_slots(compared: Compared, root: bytes, size: int) -> None:
    try:
        for slot in compared.slots:
            check_slot(slot, root=root, size=size)
        if compared.mark:
            check_mark(compared.mark, compared.slots[0])
    except ValueError as error:
        reason = N_("a quarter hour is not the one committed to")
        raise AuditRefusedError(reason=reason) from error


def _check_word(compared: Compared, sighting: Sighting, period: Period) -> None:
    numbers = tuple(slot.number for slot in compared.slots)
    window = sighting.slots(period)
    fits = {
        Word.AGREE: compared.mark is not None
        and compared.mark.text in sighting.marks()
        and set(numbers) <= set(window),
        Word.CONTRADICT: compared.mark is None and not numbers,
        Word.NO_DATA: compared.mark is None
        and numbers == window
        and not any(slot.hashes for slot in compared.slots),
    }
    if not fits[compared.word]:
        raise AuditRefusedError(reason=N_("what is opened is not what the answer says"))


def _opening(value: Any, days: int) -> Opening:
    names = ("day", "metres", "opening", "before_m", "before_opening", "stamped_m", "leaves")
    day, metres, opening, before_m, before_opening, stamped_m, leaves = _exactly(value, names)
    numbers = (day, metres, before_m)
    if any(type(number) is not int or number < 0 for number in numbers) or day >= days:
        raise ValueError("not a day of the period")
    stamped = _stamped(stamped_m, leaves, metres)
    return Opening(day, metres, _scalar(opening), before_m, _scalar(before_opening), stamped)


def _stamped(metres: Any, leaves: Any, most: int) -> Stamped:
    if type(metres) is not int or not 0 <= metres <= most:
        raise ValueError("more stamped metres than the day has")
    if not isinstance(leaves, list) or any(type(leaf) is not int for leaf in leaves):
        raise ValueError("not positions of entries")
    if leaves != sorted(set(leaves)) or bool(leaves) != bool(metres):
        raise ValueError("not each entry once, in order, where there are such metres")
    return Stamped(metres, tuple(leaves))


def _compared(value: Any) -> Compared:
    word, slots, mark = _exactly(value, ("word", "slots", "mark"))
    if not isinstance(slots, list) or (mark is not None and len(slots) != 1):
        raise ValueError("not an answer to a sighting")
    read = None
    if mark is not None:
        text, salt = _exactly(mark, ("text", "salt"))
        read = Mark(_text(text), _salt(salt))
    return Compared(Word(_text(word)), tuple(_slot(slot) for slot in slots), read)


def _slot(value: Any) -> Slot:
    number, salt, hashes, proof = _exactly(value, ("number", "salt", "hashes", "proof"))
    if type(number) is not int:
        raise ValueError("not the number of a quarter hour")
    listed = _bytes(hashes, HASH_BYTES, MOST_HASHES)
    if len(listed) % PADDED_TO:
        raise ValueError("a quarter hour that is not padded")
    return Slot(number, _salt(salt), listed, _bytes(proof, HASH_BYTES, _DEEPEST))


def _exactly(value: Any, names: Sequence[str]) -> list[Any]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise ValueError("a member too many or too few")
    return [value[name] for name in names]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004  hostile bytes, one class
    return value


def _scalar(value: Any) -> int:
    return read_scalar(unb64u(_text(value)))


def _salt(value: Any) -> bytes:
    (salt,) = _bytes(value, SALT_BYTES, 1)
    return salt


def _bytes(value: Any, size: int, most: int) -> tuple[bytes, ...]:
    """Return the pieces of ``size`` bytes that a text writes one after the other."""
    data = unb64u(_text(value))
    if len(data) % size or len(data) > size * most:
        raise ValueError("not so many bytes")
    return tuple(data[at : at + size] for at in range(0, len(data), size))

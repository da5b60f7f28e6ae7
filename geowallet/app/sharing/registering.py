"""Use case of an organisation: vouch for recipients by a signed, numbered, dated register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.app.files import read_small, replace_whole, write_new
from geowallet.contracts.life.accreditation import Listed, Register, read_register, register_bytes
from geowallet.contracts.life.offer import MAX_FILE_BYTES, read_offer
from geowallet.crypto.signing import thumbprint

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.app.desk.desk import Desk

_LAST = "last.register"


def issue_register(
    desk: Desk, offers: Sequence[Path], *, today: dt.date, expires: dt.date, target: Path
) -> tuple[Register, Path]:
    """Write the next register of a desk: those who signed ``offers``, and nobody else.

    Whoever was in the last one and is in none of the offers is struck off. Compare
    each key with its owner first: that is what the register says was done.

    Args:
        desk: The organisation's.
        offers: One offer of each recipient.
        today: Local day.
        expires: Last day on which the register says anything.
        target: Folder for it.

    Raises:
        SourceMissingError: An offer's file is not there.
        BadContractError: One is no offer, or the register ends before it begins.
        ContractSignatureError: One was altered.
        DiskFullError: It could not be written.
    """
    recipients = [read_offer(read_small(path, MAX_FILE_BYTES)).terms.recipient for path in offers]
    lines = {Listed(one.name, thumbprint(one.signing_jwk)) for one in recipients}
    last = desk.folder / "registers" / _LAST
    before = read_register(read_small(last, MAX_FILE_BYTES)).version if last.exists() else 0
    body = register_bytes(
        desk.name,
        desk.signing_jwk,
        version=before + 1,
        issued=today,
        expires=expires,
        recipients=sorted(lines, key=lambda line: (line.name, line.thumbprint)),
    )
    replace_whole(last, body)
    return read_register(body), write_new(target / f"register-{before + 1}.register", body)

"""Every command, by how its writing is tried: typed here, elsewhere, or with the reason why not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that writes, as it is typed in `typed_stage`.

    Attributes:
        words: What follows the command.
        first: What is typed before, while nothing goes wrong.
        between: Why some of what it writes may be there without the rest, or "".
        cut: A file that may be there in part: nothing relies on it before the command is done.
    """

    words: str
    first: tuple[str, ...] = ()
    between: str = ""
    cut: str = ""


_SEVERAL = "several files, each whole; the same command writes those that are missing"
_AUTHORITY = "evidence authority add tsa https://tsa.example/ --certificate tsa.pem"
_CHALLENGE = "desk audit challenge mileage-2026-05.jwe --draws 2"
_DEVICE = "evidence device add {device}"
_DECLINE = "contract decline bike.offer --reason no --out back"
_EXPORT = "export mileage --period 2026-05 --confirm mileage"
_KNOWN = "witness log {log} --folder ../witness"
_SIGNED = "witness sign a.request --folder ../witness"
_WITHDRAW = "contract withdraw mileage --confirm mileage --out back"
_REQUEST = "evidence witness-request a.request --key {witness}"
_RULE = "trip rule add --between home work --set tag=x --yes"

TYPED = {
    "export show": Typed("{receipt} --csv again.csv"),
    "export audit-answer": Typed("mileage-2026-05.challenge --confirm mileage", (_CHALLENGE,)),
    "trip reason": Typed("{trip} visit --client Nord"),
    "trip own": Typed("car bike"),
    "place name": Typed("Home House"),
    "place forget": Typed("Home"),
    "vehicle add": Typed("vito --plate XY-123-ZZ --power 7"),
    "vehicle odometer": Typed("clio --statement odometer-ab123cd-2026-05-04.reading"),
    "vehicle set": Typed("clio --energy diesel"),
    "vehicle remove": Typed("velo --yes"),
    "vehicle fuel": Typed("clio 38 --km 48300 --day 2026-05-05"),
    "model use": Typed("buses"),
    "model fit": Typed("../days --name vans --yes"),
    "model personal": Typed("--yes"),
    "model habits": Typed("--yes"),
    "work set": Typed("--hours mon-fri --zone Europe/Paris"),
    "work calendar add": Typed("c.ics --match client --yes"),
    "work calendar remove": Typed("c --yes", ("work calendar add c.ics --match client --yes",)),
    "report mileage": Typed("--period 2026-05 --csv m.csv"),
    "contract decline": Typed("bike.offer --reason no"),
    "contract receipt": Typed("{received}", ("desk receipt {receipt}",)),
    "contract recipient trust": Typed("{rotation}", ("desk rotate --yes",)),
    "key passphrase": Typed("--new-file new"),
    "key add": Typed("--file k.key", between="a key file that opens nothing yet", cut="out/k.key"),
    "key remove": Typed("3 --yes", ("key add --file k.key",)),
    "key rotation-notice": Typed("mileage --out again", ("key rotate-identity --out keys --yes",)),
    "evidence stamp": Typed("", (_AUTHORITY, "evidence stamp --queue")),
    "evidence witness-request": Typed(
        "a.request --key {witness}", between="a witness of which nothing was asked"
    ),
    "evidence witness-add": Typed("a.cosigned", (_REQUEST, _KNOWN, _SIGNED)),
    "evidence export": Typed("--prov log.json"),
    "evidence proof": Typed("3 three.tlog-proof"),
    "evidence authority add": Typed("tsa https://tsa.example/ --certificate tsa.pem"),
    "evidence authority remove": Typed("tsa", (_AUTHORITY,)),
    "evidence device init": Typed("third.key van-3"),
    "evidence device sign": Typed("van.key 6.csv", between=_SEVERAL),
    "evidence device add": Typed("{device}"),
    "evidence device remove": Typed("van-2", (_DEVICE,)),
    "vault keep fixes": Typed("3-months --yes"),
    "vault keep figures": Typed("6-years"),
    "vault memory add": Typed(
        "../stick.head", between="a memory of which the wallet knows nothing yet"
    ),
    "vault memory remove": Typed("{stick} --yes", ("vault memory add {stick}",)),
    "desk init": Typed("Autre --desk ../second"),
    "desk offer": Typed("work-hour-mileage --name other --covers 2026", between=_SEVERAL),
    "desk open": Typed("mileage-2026-05-2.jwe", (_EXPORT,), between=_SEVERAL),
    "desk inbox": Typed("back", (_DECLINE, _WITHDRAW), between=_SEVERAL),
    "desk receipt": Typed("{receipt} --deleted --yes", between=_SEVERAL),
    "desk rotate": Typed("--yes", between=_SEVERAL),
    "desk reader-key": Typed("--out reader.json --yes"),
    "desk register": Typed("mileage.offer --expires 2027-06-30", between=_SEVERAL),
    "desk request-certificate": Typed("--out desk.csr"),
    "desk spot-check": Typed("mileage-2026-05.jwe seen.csv", between=_SEVERAL),
    "desk odometer": Typed("AB-123-CD 48300 --day 2026-05-05"),
    "desk anchor add": Typed("wit --witness {witness}"),
    "desk anchor remove": Typed("wit", ("desk anchor add wit --witness {witness}",)),
    "desk audit challenge": Typed("mileage-2026-05.jwe --draws 2", between=_SEVERAL),
    "witness init": Typed("exemple.fr/second --folder ../second"),
    "witness sign": Typed("a.request --folder ../witness", (_REQUEST, _KNOWN), between=_SEVERAL),
    "witness log": Typed("{log} --folder ../witness"),
}
"""What `tests.faults.typed` tries."""

ELSEWHERE = {
    "init": "create",
    "ingest": "ingest",
    "export contract": "export",
    "trip label": "correct",
    "trip split": "split",
    "trip merge": "merge",
    "trip recompute": "recompute",
    "trip rule add": "rule",
    "trip rule remove": "rule",
    "contract accept": "accept",
    "contract withdraw": "withdraw",
    "key rotate": "rotate",
    "key rotate-identity": "rotate-identity",
    "evidence witness-ask": "cosign",
    "vault check": "repair",
    "vault backup": "backup",
    "vault restore": "restore",
    "vault copies": "renew",
    "vault erase": "erase",
    "vault merge": "join",
    "vault keep apply": "keep",
}
"""By the action of `tests.faults.dying` that does what the command does, killed at each step."""

_AS_MILEAGE = "the same files as 'report mileage', by the same code; the wallet is only read"
UNTRIED = {
    "demo": "all of it is in a throw-away wallet",
    "unlock": "writes to the memory of the kernel, never to a disk",
    "lock": "takes out of the memory of the kernel",
    "report regularise": _AS_MILEAGE,
    "report commute": _AS_MILEAGE,
    "report driving": _AS_MILEAGE,
    "report year": _AS_MILEAGE,
    "report gaps": _AS_MILEAGE,
    "witness serve": "runs for ever; signs by the code of 'witness sign'",
    "connector new": "a folder of templates with nothing of the owner's, which can be made again",
    "connector trust": "needs another package; one file by files.replace_whole",
    "connector distrust": "needs another package; one file by files.replace_whole",
}
"""Commands that write and are not killed, with the reason."""

READING = {
    *("inspect", "analyse", "verify", "doctor", "export list", "trip list", "trip show"),
    *("trip rule list", "place list", "vehicle list", "model list", "model show", "work show"),
    *("work calendar list", "contract show", "contract preview", "contract list"),
    *("contract history", "contract simulate", "contract recipient list"),
    *("contract module check", "contract module run", "key list", "key test-recovery"),
    *("evidence list", "evidence check", "evidence trace", "evidence timeline"),
    *("evidence replays", "evidence flags", "evidence authority list", "evidence device list"),
    *("vault compare", "vault sources", "vault keep list", "vault memory list", "desk list"),
    *(
        "desk anchor list",
        "desk audit check",
        "rule list",
        "rule show",
        "rule check",
        "rule compute",
    ),
    *("connector list", "connector check"),
}
"""Commands that write nothing, but for what rules of retention do when a wallet opens."""

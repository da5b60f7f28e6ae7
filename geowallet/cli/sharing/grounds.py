"""What the level of figures rests on, in preview, export and verification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, clauses, plural, say, word
from geowallet.cli.terminal.numbers import count, day, enumeration, km
from geowallet.model.flags import WORDS, TripFlag
from geowallet.verify.signed import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geowallet.app.desk.chains import Doubt
    from geowallet.app.evidence.levels import Grounds
    from geowallet.app.sharing.preparing import Prepared
    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.evaluation.result import Result
    from geowallet.verify.evidence import Seen
    from geowallet.verify.signed import SeenDevice, SeenReading


def show_grounds(shell: Shell, prepared: Prepared, *, indent: int = 2) -> None:
    """Say what an export would carry for its levels above L0; nothing where there is none."""
    used = [prepared.grounds[t] for t, _m in prepared.selected.used if t in prepared.grounds]
    if not used:
        return
    stamps = len({stamp for one in used for stamp in one.stamps})
    files = len({leaf for one in used for leaf in one.leaves})
    said = _(
        "It carries {stamps} and {files}: when your log was seen, not what is in it.",
        stamps=plural("{count} time stamp", "{count} time stamps", stamps),
        files=plural("the hash of {count} import", "the hashes of {count} imports", files),
    )
    shell.say(" " * indent + said)
    for line in (*_devices_carried(used), *_readings_carried(used, prepared)):
        shell.say(" " * indent + line)
    for name, metres in prepared.flags or ():
        shell.say(" " * indent + _("It says of {flagged}", flagged=_flag_words(name, metres)))


def seen_rows(seen: Seen, result: Result) -> list[tuple[str, str]]:
    """Return what a recipient is told of all that others said, with a label for each line."""
    rows = [(_("SEEN"), seen_words(seen))]
    rows += [(_("DEVICE"), _device_words(one)) for one in seen.devices]
    rows += [(_("ODOMETER"), _reading_words(one)) for one in seen.readings]
    rows += [(_("ODD"), _flag_words(name, metres)) for name, metres in seen.flags]
    if seen.devices:
        rows.append(("", _("that the metres come from these files is the holder's word")))
    counts = counted(result.share_percent, seen.level)
    if counts != result.share_percent:
        rows.append((_("COUNTS AS"), _shares(counts)))
    return rows


def doubt_rows(doubts: Iterable[Doubt]) -> list[tuple[str, str]]:
    """Return what devices signed otherwise in other exports, with a label for each line."""
    said = []
    for one in doubts:
        skipped = {"device": one.device, "range": ", ".join(_range(*gap) for gap in one.skipped)}
        other = {"device": one.device, "range": ", ".join(map(str, one.other))}
        if one.skipped:
            said.append(_("{device}: number {range} is in no export received", **skipped))
        if one.other:
            said.append(_("{device}: another export has something else as number {range}", **other))
        if one.shared:
            shared = {"device": one.device, "range": ", ".join(map(str, one.shared))}
            said.append(
                _("{device}: figures of somebody else rest on number {range} too", **shared)
            )
    return [(_("DOUBTFUL"), line) for line in said]


def seen_record(seen: Seen | None, result: Result) -> dict[str, Any]:
    """Return the same as JSON values."""
    if seen is None:
        return {"seen_s": [], "seen_by": []}
    return {
        "seen_s": list(seen.times_s),
        "seen_by": list(seen.names),
        "devices": [
            {
                "device": one.device,
                "relied_on_as": one.name or None,
                "batches": one.batches,
                "first": one.first,
                "last": one.last,
                "missing": [list(gap) for gap in one.missing],
            }
            for one in seen.devices
        ],
        "readings": [
            {
                "before": one.before.isoformat(),
                "after": one.after.isoformat(),
                "relied_on_as": [name or None for name in one.names],
                "vehicle": one.vehicle or None,
                "km": one.km,
            }
            for one in seen.readings
        ],
        "flags": [{"id": name, "metres": metres} for name, metres in seen.flags],
        "counts_percent": counted(result.share_percent, seen.level),
    }


def seen_words(seen: Seen) -> str:
    """Return what a recipient is told of the stamps: how many, on how many days, by whom."""
    return _(
        "the log was seen {times} on {days} by {names}; that each trip was seen within a day of "
        "its end is the holder's word",
        times=plural("{count} time", "{count} times", len(seen.times_s)),
        days=plural("{count} day", "{count} days", seen.days),
        names=enumeration(seen.names),
    )


def _device_words(one: SeenDevice) -> str:
    if not one.name:
        return _(
            "{device} signed files, and this desk does not rely on it: counts as L1",
            device=one.device,
        )
    batches = _range(one.first, one.last)
    said = [
        _("{name}: batches number {range}, all under its signature", name=one.name, range=batches)
    ]
    missing = ", ".join(_range(*gap) for gap in one.missing)
    if missing:
        said.append(_("NOT HANDED OVER: {range}", range=missing))
    else:
        said.append(_("none missing between them"))
    return clauses(said)


def _reading_words(one: SeenReading) -> str:
    days = {"before": day(one.before), "after": day(one.after)}
    if not all(one.names):
        return _(
            "read on {before} and {after} by a key that this desk does not rely on: counts as L2",
            **days,
        )
    said = [_("read on {before} and {after} by {names}", **days, names=_names(one.names))]
    if one.km is None:
        said.append(_("that the traces agree with it is the holder's word"))
    else:
        said.append(_("{vehicle} moved {km} km", vehicle=one.vehicle, km=count(one.km)))
        said.append(_("no more metres are claimed; which trips were by it is the holder's word"))
    return clauses(said)


def _flag_words(name: str, metres: int) -> str:
    reason = say(WORDS[TripFlag(name)]) if name in set(TripFlag) else name
    return _("at most {length}: {reason}", length=km(metres), reason=reason)


def _devices_carried(used: Iterable[Grounds]) -> list[str]:
    counters: dict[str, list[int]] = {}
    for file in {file for one in used for file in one.files}:
        counters.setdefault(file.key.partition("+")[0], []).append(file.counter)
    return [
        _(
            "It shows the chain of what {device} signed, with number {range} in it: a file left"
            " out shows.",
            device=device,
            range=_range(min(found), max(found)),
        )
        for device, found in sorted(counters.items())
    ]


def _readings_carried(used: Iterable[Grounds], prepared: Prepared) -> list[str]:
    days = sorted({one.day for ground in used if ground.pair for one in ground.pair})
    if not days:
        return []
    listed = enumeration([day(one) for one in days])
    if prepared.terms.shows_readings:
        return [_("It shows what your odometer stood at on {days}, signed.", days=listed)]
    return [
        _("It shows that others read your odometer on {days}, not what it showed.", days=listed)
    ]


def _names(names: Iterable[str]) -> str:
    return enumeration(sorted(set(names)))


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _shares(shares: Mapping[str, int]) -> str:
    return ", ".join(f"{word(level)} {percent} %" for level, percent in shares.items() if percent)

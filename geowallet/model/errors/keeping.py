"""What is kept and for how long: erasing, rules of retention, memories outside the wallet."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.errors.vault import VaultDamagedError
from geowallet.model.words import N_


class NothingToEraseError(GeowalletError):
    """What was to be erased is not in the wallet."""

    code = "erase.nothing"
    exit_status = 4
    text = N_("there is nothing of it in the wallet")
    hint = N_("see what there is with 'geowallet trip list' and 'geowallet vault sources'")


class BadDurationError(GeowalletError):
    """A length of time that cannot be read."""

    code = "usage.duration"
    exit_status = 2
    text = N_("{duration}: not a length of time")
    hint = N_("write 90-days, 3-months or 6-years, or forever")


class KeptTooShortError(GeowalletError):
    """Figures that would go before the positions they come from."""

    code = "usage.kept_too_short"
    exit_status = 2
    text = N_("figures cannot go before the positions that they come from")
    hint = N_("keep the positions for a shorter time first, then the figures")


class RulesDamagedError(VaultDamagedError):
    """Rules of retention that cannot be read."""

    code = "keep.damaged"
    exit_status = 26
    text = N_("the rules of retention are not what was written, so nothing is erased by them")
    hint = N_("say them again with 'geowallet vault keep fixes' and 'figures'")


class PositionsGoneError(GeowalletError):
    """A trip is to be measured anew whose positions a rule erased."""

    code = "wallet.positions_gone"
    exit_status = 4
    text = N_("the positions of trip {trip} are no longer kept, so it cannot be split")
    hint = N_("a rule erased them: 'geowallet vault keep list'; its modes and purpose can be said")


class OtherWalletError(GeowalletError):
    """A file of another wallet where a copy of this one is expected."""

    code = "vault.other"
    exit_status = 23
    text = N_("that is another wallet, not a copy of this one")
    hint = N_("wallets of two owners are never joined; read its files with 'geowallet ingest'")


class VaultForkedError(VaultDamagedError):
    """A wallet with another history than the one that was seen."""

    code = "vault.forked"
    exit_status = 26
    text = N_(
        "this wallet and the one that was last used here went on separately ({found} entries, "
        "{remembered} remembered)"
    )
    hint = N_(
        "two copies were written to: keep both files, and join them by geowallet vault merge; "
        "or let this one count alone: geowallet vault check --accept-rollback"
    )


class MergeChoiceError(GeowalletError):
    """Two copies went on separately, and nobody said what is to be taken over."""

    code = "merge.choose"
    exit_status = 8
    text = N_("nothing was taken over: say what")
    hint = N_("--take all, or some: --take sources,corrections; --dry-run only shows it")


class MergeDisputedError(GeowalletError):
    """Both copies said something else since they parted, and nobody said whose word counts."""

    code = "merge.disputed"
    exit_status = 8
    text = N_("records on which both copies differ: {count}; those of this wallet stayed")
    hint = N_("say --theirs or --ours; keep the other copy until then")


class MemoryUnusableError(GeowalletError):
    """A place that cannot remember the newest state of a wallet."""

    code = "memory.unusable"
    exit_status = 8
    text = N_("{place} cannot remember the wallet: {reason}")
    hint = N_("see 'geowallet vault memory list'")

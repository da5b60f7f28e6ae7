"""The evidence log contradicts itself."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class EvidenceError(GeowalletError):
    """The evidence log contradicts its own hashes."""

    code = "evidence.broken"
    exit_status = 20
    text = N_("evidence entry {entry} does not follow from the ones before it")
    hint = N_("stop using this wallet and restore a backup")


class EvidenceSignatureError(EvidenceError):
    """The checkpoint's signature is not this wallet's."""

    code = "evidence.signature"
    exit_status = 20
    text = N_("the head of the evidence log is not signed by this wallet")
    hint = N_("stop using this wallet and restore a backup")


class EvidenceCutShortError(EvidenceError):
    """The newest entries are gone."""

    code = "evidence.cut_short"
    exit_status = 20
    text = N_("the evidence log ends early, after entry {entry}")
    hint = N_("stop using this wallet and restore a backup")


class EvidenceTraceError(EvidenceError):
    """A figure does not follow from what it is said to come from."""

    code = "evidence.trace"
    exit_status = 20
    text = N_("link {link} does not hold")
    hint = N_("geowallet vault check says which record is damaged")

"""Witnesses over the network: those that do not answer, or refuse, or cannot listen."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class WitnessSilentError(GeowalletError):
    """A witness that does not answer, or not in time."""

    code = "witness.unreachable"
    exit_status = 7
    text = N_("{name} does not answer: {reason}")
    hint = N_("nothing is lost: ask again later, or by 'geowallet evidence witness-request FILE'")


class WitnessRefusedError(GeowalletError):
    """A witness that does not sign the state of the log."""

    code = "witness.refused"
    exit_status = 8
    text = N_("{name} did not sign: {reason}")
    hint = N_("ask the people who run it, by another way")


class PortTakenError(GeowalletError):
    """An address at which nothing can listen."""

    code = "witness.port"
    exit_status = 7
    text = N_("cannot listen there: {reason}")
    hint = N_("choose another one with --bind ADDRESS --port NUMBER")

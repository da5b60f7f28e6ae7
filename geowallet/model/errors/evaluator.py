"""The confined evaluation."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class SandboxError(GeowalletError):
    """No layer, no run."""

    code = "sandbox.unavailable"
    exit_status = 6
    text = N_("the evaluation cannot be confined here: {reason}")
    hint = N_("'geowallet doctor' says which layers hold")


class EvaluationTimeoutError(GeowalletError):
    """The worker passed its time limit."""

    code = "sandbox.timeout"
    exit_status = 6
    text = N_("the evaluation was stopped after {seconds} s")
    hint = N_("nothing was written; choose a shorter period")


class EvaluationFailedError(GeowalletError):
    """The worker died or said something that is no result."""

    code = "sandbox.failed"
    exit_status = 6
    text = N_("the evaluation ended without a result")
    hint = N_("nothing was written; report this")

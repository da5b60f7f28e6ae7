"""Connectors of other packages: not trusted, changed, or failing where they are confined."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class UnknownConnectorError(GeowalletError):
    """No installed package brings a connector of this name."""

    code = "connector.unknown"
    exit_status = 4
    text = N_("no installed package has a connector named {name}")
    hint = N_("install the package first; 'geowallet connector list' shows what is there")


class ConnectorUnusableError(GeowalletError):
    """A package whose connector could never run, trusted or not."""

    code = "connector.unusable"
    exit_status = 3
    text = N_("the connector {name} cannot be used: {reason}")
    hint = N_("report it to the author of its package")


class ConnectorNotTrustedError(GeowalletError):
    """A connector of another package that the owner has not allowed."""

    code = "connector.not_trusted"
    exit_status = 6
    text = N_("the connector {name} of another package is not trusted")
    hint = N_("'geowallet connector trust {name}' shows what it is and asks")


class ConnectorChangedError(GeowalletError):
    """A connector whose files are not those that were trusted."""

    code = "connector.changed"
    exit_status = 6
    text = N_("the connector {name} has changed since it was trusted, and is off")
    hint = N_("if you updated its package, run 'geowallet connector trust {name}' again")


class ConnectorDigestError(GeowalletError):
    """The digest that was asked for is not the digest of what is installed."""

    code = "connector.digest"
    exit_status = 6
    text = N_("the files of the connector {name} do not have this digest")
    hint = N_("nothing was trusted; compare the digest with that of the package's author")


class ConnectorUnconfinedError(GeowalletError):
    """No layer, no run: this machine cannot shut a connector in."""

    code = "connector.unconfined"
    exit_status = 6
    text = N_("the connector {name} cannot be confined here: {reason}")
    hint = N_("'geowallet doctor' says which layers hold")


class ConnectorFailedError(GeowalletError):
    """A confined connector that crashed, or said what no connector may say."""

    code = "connector.failed"
    exit_status = 3
    text = N_("the connector {name} failed: {reason}")
    hint = N_("report it to the author of its package")


class ConnectorTimeoutError(GeowalletError):
    """A confined connector that was stopped."""

    code = "connector.timeout"
    exit_status = 3
    text = N_("the connector {name} was stopped: {seconds} s without an answer")
    hint = N_("report it to the author of its package")


class TrustFileError(GeowalletError):
    """The list of trusted connectors is not the owner's alone, or not a list."""

    code = "connector.trust_file"
    exit_status = 26
    text = N_("{path}: this list of trusted connectors is not used: {reason}")
    hint = N_("look at it, remove it, and trust your connectors again")

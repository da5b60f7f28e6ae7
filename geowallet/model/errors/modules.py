"""Scoring modules of others, and offers compared."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadModuleError(GeowalletError):
    """Bytes that are no WebAssembly module, or one larger than is read."""

    code = "module.malformed"
    exit_status = 3
    text = N_("not a scoring module: {reason}")
    hint = N_("a module is one WebAssembly file of at most 256 KiB; ask whoever made it")


class ModuleImportError(GeowalletError):
    """A module that wants something of the machine it runs on."""

    code = "module.imports"
    exit_status = 6
    text = N_("the module imports from outside ({count}); a scoring module gets nothing")
    hint = N_("no clock, no chance, no file, no network: build it without WASI")


class ModuleFeatureError(GeowalletError):
    """A module that uses what could give another result on another machine."""

    code = "module.feature"
    exit_status = 6
    text = N_("the module uses {what}; a scoring module computes with whole numbers alone")
    hint = N_("docs/reference/modules.md lists the instructions that it may use")


class ModuleInterfaceError(GeowalletError):
    """A module without a function that it must have."""

    code = "module.interface"
    exit_status = 6
    text = N_("the module has no '{name}' as docs/reference/modules.md wants it")
    hint = N_("export the memory, 'reserve', and one function for each output")


class ModuleMemoryError(GeowalletError):
    """A module that may take more memory than the contract gives."""

    code = "module.memory"
    exit_status = 6
    text = N_("the module needs more memory than it may have; pages: {pages}")
    hint = N_("it must declare a maximum that fits the contract, and reserve room within it")


class ModuleDigestError(GeowalletError):
    """A module other than the one that the contract names."""

    code = "module.digest"
    exit_status = 6
    text = N_("this is not the module that contract '{name}' names")
    hint = N_("ask the recipient for the file that belongs to the offer")


class ModuleMissingError(GeowalletError):
    """A contract whose module is not there."""

    code = "module.missing"
    exit_status = 4
    text = N_("contract '{name}' needs a module that is not here")
    hint = N_("put {file} beside the offer; whoever sent that has it")


class ModuleFuelError(GeowalletError):
    """A module that computes longer than the contract allows."""

    code = "module.fuel"
    exit_status = 6
    text = N_("the module was stopped: it had not ended after {fuel} steps")
    hint = N_("nothing left; tell whoever made it, or ask for more steps in the contract")


class ModuleTrapError(GeowalletError):
    """A module that broke off."""

    code = "module.trap"
    exit_status = 6
    text = N_("the module broke off: {reason}")
    hint = N_("nothing left; tell whoever made it")


class ModuleOutputError(GeowalletError):
    """A module that said what its contract does not allow."""

    code = "module.output"
    exit_status = 6
    text = N_("the module's output '{name}' is outside the range that the contract names")
    hint = N_("nothing left; tell whoever made it")


class NothingToCompareError(GeowalletError):
    """A wallet without a whole month of trips."""

    code = "simulate.no_months"
    exit_status = 4
    text = N_("there is no month with a trip that has ended")
    hint = N_("read traces in with 'geowallet ingest', or wait until the month is over")

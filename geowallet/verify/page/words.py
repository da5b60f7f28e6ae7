"""What the page that verifies says to people, for the translators.

The page finds its French in a table that is put into it when it is written
(`app.sharing.takeaway`); tests hold that every sentence of its code is here.
"""

from __future__ import annotations

from geowallet.model.words import N_

FRAME = (
    N_("Verify an export"),
    N_("Everything happens in this page: it has no network, and keeps nothing."),
    N_("Drop the three files here, or choose them:"),
    N_("export (.jwe)"),
    N_("your sealing key (geowallet desk reader-key)"),
    N_("your copy of the contract"),
    N_("period that you asked for (optional)"),
    N_("{name} is none of the three files"),
    N_("not yet given"),
)
"""Around the files."""

OUTCOME = (
    N_("accepted"),
    N_("REFUSED"),
    N_("ok"),
    N_("not run"),
    N_("nothing inside can be relied on, so nothing is shown"),
    N_("signed by"),
    N_("contract"),
    N_("period"),
    N_("receipt"),
    N_("replaces"),
    N_("total"),
    N_("kept back"),
    N_("how hard the metres would be to forge"),
    N_("not looked at here: {names}"),
    N_(
        "Levels above L0 are the sender's word until stamps, devices and odometer readings are"
        " checked."
    ),
    N_(
        "Not proved: who drove or rode; that the trip was necessary; that the phone was not"
        " deceived."
    ),
)
"""Around the figures."""

REASONS = (
    N_("a claim is missing or of another kind"),
    N_("a date is missing"),
    N_("a member with an odd name"),
    N_("a part of it is not canonical base64url"),
    N_("a part of it is not strict JSON"),
    N_("a row is not a salt and a value"),
    N_("a row occurs twice"),
    N_("a row was not signed"),
    N_("an id is not written as ids are"),
    N_("it is dated in the future"),
    N_("it is not a sealed file in five parts"),
    N_("it is not a signed JWT with rows between tildes"),
    N_("it is not an export of a version that is known here"),
    N_("it is sealed by a method that geowallet does not accept"),
    N_("it is too long"),
    N_("it is too long, or is not written in base64url"),
    N_("its dates contradict each other"),
    N_("its header or payload is not a JSON object"),
    N_("its levels are not those that its evidence carries"),
    N_("its list of rows is not one of hashes"),
    N_("its reference to the evidence log is not well formed"),
    N_("its two signatures are not under the same terms, or not in the right order"),
    N_("only {found} % has assurance {level} or better; the contract asks for {minimum} %"),
    N_("rows that the contract names are withheld or in disorder"),
    N_("the commitments of its days do not add up to its total"),
    N_("the contract is not one of this version"),
    N_("the figures in the file contradict each other"),
    N_("the file is sealed for another key"),
    N_("the file is signed by a key that is not the one in the contract"),
    N_("the file speaks of another period"),
    N_("the file was made for another recipient"),
    N_("the file was made under another contract"),
    N_("the file was made when the contract was not in force"),
    N_("the file was valid until {date}"),
    N_("the period is not one that the contract covers"),
    N_("the rows are not the groups that the contract names"),
    N_("the seal is broken: the file was changed or damaged after it was written"),
    N_("{file}: the signature does not fit what is written"),
    N_("{measure} has a value that the contract does not allow"),
    N_("{member} is in the file, but contract {contract} does not name it"),
    N_("{member} is missing, although contract {contract} names it"),
)
"""Why a file is refused, word for word as the verifier says it."""

WORDS = (*FRAME, *OUTCOME, *REASONS)

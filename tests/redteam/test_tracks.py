"""The owner commits to a track that says more than one place at a time."""

from __future__ import annotations

from geowallet.proofs.answers import Compared, Word, compare, sightings_answer
from geowallet.proofs.track import PADDED_TO, Track, track_root
from geowallet.verify.audit import check_sightings_answer
from tests.proofs.audited import (
    CONTRACT,
    ELSEWHERE,
    FIRST,
    NOW_S,
    SIZE,
    TRACK,
    TRACK_SEED,
    claims_of,
    sightings,
)
from tests.proofs.parties import HOLDER
from tests.redteam.conftest import Ends

GUESSED = min(ELSEWHERE.marks())


def answered(track: Track) -> tuple[Compared, ...]:
    """Commit to ``track``, be asked about a place where nobody was, and answer from it."""
    claims = claims_of()
    claims["track"] = claims["track"] | {
        "root": track_root(track, seed=TRACK_SEED, size=SIZE).hex()
    }
    asked = sightings(ELSEWHERE)
    said = compare(asked, track, TRACK_SEED)
    text = sightings_answer(CONTRACT, asked, said, now_s=NOW_S, private_jwk=HOLDER)
    return check_sightings_answer(text, CONTRACT, claims, asked)


def test_a_guessed_place_beside_the_true_one(ends: Ends) -> None:
    both = (*TRACK[FIRST], GUESSED)
    assert len(both) <= PADDED_TO
    (honest,) = answered(TRACK)
    (forged,) = answered(TRACK | {FIRST: both})
    assert honest.word is Word.CONTRADICT
    ends("accepted" if forged.word is Word.AGREE else str(forged.word))

"""What a request creates has the same ids when it is sent again, so that no key is left over."""

from shared.event_store import Metadata
from shared.requests import RequestIdentity, identity_of


def request(key: str, body: bytes = b"{}") -> RequestIdentity:
    return identity_of("a subject", "POST", "/me/minority", key, body)


def test_a_repetition_creates_the_same_things_under_the_same_ids() -> None:
    first, again = request("one"), request("one")
    meta = Metadata.of(first, actor="a subject", role="learner")
    assert first.first_id() == again.first_id()
    assert first.first_id("minority") == again.first_id("minority") == meta.first_id("minority")


def test_the_things_of_one_request_and_those_of_others_have_ids_of_their_own() -> None:
    made = [request("one").first_id(of) for of in ("", "minority", "agreement")]
    made += [request("two").first_id(), request("one", b"[]").first_id()]
    made += [RequestIdentity().first_id(), RequestIdentity().first_id()]
    assert len(set(made)) == len(made)

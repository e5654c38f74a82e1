"""What staff see of support requests: a page of their queue, or one, with who is who."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from services.identity.adapters.email_index import EmailIndex, normalised
from services.identity.projections.learners import Learners
from services.identity.projections.prospects import ProspectList
from services.identity.projections.staff import StaffList
from services.identity.projections.support_requests import SupportRequests
from services.identity.settings import IdentitySettings
from shared.database import Document
from shared.events.support import SupportChannel, SupportQueue
from shared.http.auth import Principal, Role
from shared.service import Kernel

QUEUE_OF: Final[Mapping[Role, SupportQueue]] = {Role.SUPPORT: "support", Role.DPO: "privacy"}
"""Each role works in one queue and sees no other (C4.2)."""
MOST_URGENT_FIRST: Final = (("unanswered", -1), ("due_at", 1), ("opened_at", 1), ("_id", 1))
LATEST_FIRST: Final = (("opened_at", -1), ("_id", 1))

RequestState = Literal["open", "resolved", "all"]
Assigned = Literal["anybody", "me", "nobody"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests somebody wants to see."""

    state: RequestState = "open"
    assigned: Assigned = "anybody"
    channel: SupportChannel | None = None


class Desk:
    """Queries over the support queues."""

    def __init__(self, kernel: Kernel[IdentitySettings], index: EmailIndex) -> None:
        self._index = index
        self.requests = kernel.read_model(SupportRequests())
        self._learners = kernel.read_model(Learners())
        self._prospects = kernel.read_model(ProspectList())
        self._staff = kernel.read_model(StaffList())

    async def query(self, who: Principal, wanted: Wanted) -> dict[str, Any]:
        """Return the query for what `who` wants to see of their queue."""
        query: dict[str, Any] = {"queue": QUEUE_OF[who.role]}
        if wanted.state != "all":
            query["resolved"] = wanted.state == "resolved"
        if wanted.assigned != "anybody":
            query["assignee"] = who.subject if wanted.assigned == "me" else None
        if wanted.channel is not None:
            query["channel"] = wanted.channel
        return query

    async def found(self, who: Principal, search: str) -> dict[str, Any]:
        """Return the query for the requests of `who`'s queue that `search` names.

        It is a whole e-mail address or a request's number: nothing else finds what is sealed.
        """
        return {"queue": QUEUE_OF[who.role], **await self._named(search)}

    async def with_people(self, requests: Sequence[Document]) -> list[Document]:
        """Return `requests` with their person, and the name of who takes care, all sealed."""
        subjects = sorted({one["subject_id"] for one in requests if not one.get("archived")})
        assignees = sorted({one["assignee"] for one in requests if one["assignee"]})
        people = {
            document["_id"]: {"known_as": document.get(name), **_rest(document, name)}
            for model, name in ((self._learners, "last_name"), (self._prospects, "name"))
            for document in await model.find(
                {"_id": {"$in": subjects}}, limit=max(1, len(subjects))
            )
        }
        staff = {
            document["_id"]: document["name"]
            for document in await self._staff.find(
                {"_id": {"$in": assignees}}, limit=max(1, len(assignees))
            )
        }
        return [
            {
                **one,
                "person": people.get(one["subject_id"]),
                "assignee_name": staff.get(one["assignee"]),
            }
            for one in requests
        ]

    async def _named(self, search: str) -> dict[str, Any]:
        try:
            address = normalised(search)
        except ValueError:
            return {"_id": search}
        owners = (await self._index.find_account(address), await self._index.find_prospect(address))
        return {"subject_id": {"$in": [owner.subject for owner in owners if owner is not None]}}


def _rest(document: Document, name: str) -> Document:
    """Return what else is shown of a person: never more than it takes to answer."""
    shown = ("first_name",) if name == "last_name" else ("email", "context", "message")
    return {field: document[field] for field in shown if document.get(field) is not None}

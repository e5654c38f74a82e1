"""Use cases about staff (C4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.identity.adapters.email_index import EmailIndex, Owner, normalised
from services.identity.adapters.passwords import Passwords
from services.identity.application.present_password import PresentPassword
from services.identity.domain.errors import LinkSpentError
from services.identity.domain.staff import commands as c
from services.identity.domain.staff.decide import decide
from services.identity.domain.staff.events import StaffEvent
from services.identity.domain.staff.evolve import evolve
from services.identity.domain.staff.state import NO_STAFF, StaffMember
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.read_model import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.personal import Personal
from shared.trainings import Programme
from shared.words import Language


class AddressTakenError(Exception):
    """The address belongs to another account."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """Who is to have which role."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    role: Role
    password: str = field(repr=False)
    expires_at: datetime | None = None
    language: Language = "fr"


class Staff:
    """Carries out commands about staff."""

    def __init__(
        self,
        store: EventStore,
        index: EmailIndex,
        passwords: Passwords,
        present: PresentPassword,
        clock: Clock,
    ) -> None:
        self._handler: CommandHandler[c.StaffCommand, StaffMember, StaffEvent] = CommandHandler(
            store, initial=NO_STAFF, decide=decide, evolve=evolve
        )
        self._store = store
        self._index = index
        self._passwords = passwords
        self._present = present
        self._clock = clock

    async def member(self, staff_id: SubjectId) -> StaffMember:
        """Return the member of staff as it is now."""
        state, _ = await self._handler.state(f"staff-{staff_id}")
        return state

    async def appoint(
        self, staff_id: SubjectId, wanted: Appointment, *, by: str, meta: Metadata
    ) -> None:
        """Give somebody a role; the new member has the id `staff_id`.

        Raises:
            AddressTakenError: the address belongs to another account.
            WeakPasswordError: the password is too easy to guess.
            RoleTermError: the role would end in the past, or later than a year from now.
        """
        if await self._store.earlier(meta) is not None:
            return
        address = normalised(wanted.email)
        hashed = await self._passwords.choose(wanted.password, (*wanted.name.split(), address))
        command = c.AppointStaff(
            staff_id,
            Personal(wanted.name),
            Personal(address),
            str(wanted.role),
            Personal(hashed),
            by=by,
            at=self._clock.now(),
            expires_at=wanted.expires_at,
            language=wanted.language,
        )
        decide(command, NO_STAFF)  # what is refused must not reserve the address
        owner = Owner(staff_id, "staff")
        if not await self._index.reserve(address, owner):
            raise AddressTakenError
        # Somebody else may have reclaimed the address while this process stood still.
        if not await self._index.renew(address, owner):
            raise AddressTakenError
        await self.handle(staff_id, command, meta)

    async def change_password(
        self, staff_id: SubjectId, current: str, password: str, meta: Metadata
    ) -> None:
        """Replace the password of a member of staff who is signed in.

        Raises:
            ThrottledError: the present password was guessed at too often.
            WrongPasswordError: `current` is not the password.
            WeakPasswordError: the new one is too easy to guess.
        """
        member = await self.member(staff_id)
        hashed = None if member.departed else member.password_hash
        await self._present.require(staff_id, current, hashed)
        chosen = await self._passwords.choose(password, _own_words(member))
        await self.handle(staff_id, c.ChangeStaffPassword(Personal(chosen)), meta)

    async def recover(
        self, staff_id: SubjectId, link_id: str, token: str, until: datetime, meta: Metadata
    ) -> None:
        """Send a link for a new password; the second factor is needed all the same (C7.3)."""
        now = self._clock.now()
        if (await self.member(staff_id)).has_rights(now):
            command = c.RequestStaffRecovery(link_id, Personal(token), now, until)
            await self.handle(staff_id, command, meta)

    async def reset_password(
        self, staff_id: SubjectId, link_id: str, password: str, meta: Metadata
    ) -> None:
        """Replace a forgotten password by the link `link_id`.

        Raises:
            LinkSpentError: it was used, superseded or is too old.
            WeakPasswordError: the password is too easy to guess; the link stays valid.
        """
        member = await self.member(staff_id)
        if member.recovery_link != link_id:
            raise LinkSpentError
        hashed = await self._passwords.choose(password, _own_words(member))
        command = c.ResetStaffPassword(link_id, Personal(hashed), self._clock.now())
        await self.handle(staff_id, command, meta)

    async def confirm(self, staff_id: SubjectId, meta: Metadata) -> None:
        """Let an appointment count, as the second person.

        Raises:
            UnknownStaffError: there is no such member, or the person has left.
            SamePersonError: the actor appointed, or is appointed.
        """
        await self.handle(staff_id, c.ConfirmAppointment(meta.actor), meta)

    async def invite_to_provider(self, staff_id: SubjectId, meta: Metadata) -> None:
        """Let the next sign-in through the external provider link the account.

        Raises:
            UnknownStaffError: there is no such member, or the person has left.
        """
        await self.handle(staff_id, c.InviteToProvider(self._clock.now()), meta)

    async def record_training(
        self, staff_id: SubjectId, programme: Programme, done_on: date, meta: Metadata
    ) -> None:
        """Note that a member of staff did the yearly training: suspended access is back (C7.7).

        Raises:
            UnknownStaffError: there is no such member, or the person has left.
            TrainingDateError: a training to come, out of date, or no later than the last.
        """
        command = c.RecordTraining(programme, done_on, meta.actor, self._clock.now())
        await self.handle(staff_id, command, meta)

    async def follow_trainings(self, members: ReadModel) -> Mapping[str, int]:
        """Remind `members` of the yearly training and warn; return how many letters that makes."""
        reminded = 0
        async for one in members.each({"departed": False}):
            commit = await self._handler.handle(
                f"staff-{one['_id']}",
                c.FollowTraining(self._clock.now()),
                subject=SubjectId(one["_id"]),
                meta=Metadata.system("training"),
            )
            reminded += len(commit.event_ids)
        return {"reminded": reminded}

    async def end_expired(self, members: ReadModel) -> Mapping[str, int]:
        """End every role of `members` that has expired, and return how many those were."""
        query = {"expires_at": {"$lte": self._clock.now()}, "departed": False}
        expired = [one["_id"] async for one in members.each(query)]
        for staff_id in expired:
            await self.depart(SubjectId(staff_id), Metadata.system("role expired"))
        return {"expired": len(expired)}

    async def depart(self, staff_id: SubjectId, meta: Metadata) -> None:
        """End every right of a member of staff.

        Raises:
            UnknownStaffError: there is no such member.
        """
        await self.handle(staff_id, c.DepartStaff(), meta)
        await self._index.forget(staff_id)

    async def handle(self, staff_id: SubjectId, command: c.StaffCommand, meta: Metadata) -> None:
        """Carry out `command` about one member of staff.

        Raises:
            UnknownStaffError: there is no such member, or the person has left.
        """
        await self._handler.handle(f"staff-{staff_id}", command, subject=staff_id, meta=meta)


def _own_words(member: StaffMember) -> list[str]:
    """Return the names and the address that make no password of this member's."""
    name = "" if member.name is None else member.name.text("")
    email = "" if member.email is None else member.email.text("")
    return [*name.split(), email]

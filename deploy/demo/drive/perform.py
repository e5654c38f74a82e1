"""Carrying out the plan: each action as the request that a person would make."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, assert_never

from deploy.demo.drive.client import Client
from deploy.demo.drive.letters import Letters
from deploy.demo.drive.people import Enrolment, Hold, Person, Recording, Request
from deploy.demo.lives import actions as a
from shared.clock import Clock
from shared.http.auth import Role

NOT_THE_LEARNERS: Final = (
    *(a.GuardianAgrees, a.Certify, a.RecordSession, a.AnswerSupport, a.ResolveSupport),
    *(a.ReopenSupport, a.PlaceHold, a.LiftHold, a.ContactAsProspect),
)
"""What others do, or what is done before there is an account: no activity of the learner."""


class Performer:
    """Performs actions as the people of the demonstration and as its staff."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        staff: Mapping[Role, Client],
        letters: Letters,
        clock: Clock,
        modules: list[dict[str, Any]],
    ) -> None:
        """Perform through `clients`, by life, and `staff`, by role; `modules` is the catalogue."""
        self._clients = clients
        self._staff = staff
        self._letters = letters
        self._clock = clock
        self._modules = modules

    async def perform(self, person: Person, action: a.Action) -> None:
        """Perform one action and note what it changed for the person.

        Raises:
            DemoFailedError: the platform refuses what it should allow, or is away.
        """
        client = self._clients[person.key]
        if not isinstance(action, NOT_THE_LEARNERS):
            person.last_act_at = self._clock.now()
        match action:
            case a.Register() | a.Confirm() | a.GuardianAgrees() | a.SignIn():
                await self._enter(client, person, action)
            case a.Enrol() | a.Answer() | a.Pay() | a.Certify():
                await self._learn(client, person, action)
            case a.RecordSession() | a.KeepRecording():
                await self._record(client, person, action)
            case a.Decide() | a.Unsubscribe() | a.ObjectToSuggestions():
                await self._choose(client, person, action)
            case a.AskSupport() | a.AnswerSupport() | a.ResolveSupport() | a.ReopenSupport():
                await self._support(client, person, action)
            case a.DescribeProfile() | a.Rectify() | a.ContactAsProspect():
                await self._tell(client, person, action)
            case a.CloseAccount() | a.RequestErasure():
                await self._leave(client, person, action)
            case a.PlaceHold() | a.LiftHold():
                await self._hold(person, action)
            case _:
                assert_never(action)

    async def _enter(
        self,
        client: Client,
        person: Person,
        action: a.Register | a.Confirm | a.GuardianAgrees | a.SignIn,
    ) -> None:
        now = self._clock.now()
        match action:
            case a.Register():
                await self._register(client, person, action)
            case a.Confirm():
                token = self._letters.token(person.email, "confirm")
                await client.send("POST", "/identity/confirmations", {"token": token})
                person.confirmed_at = now
            case a.GuardianAgrees():
                token = self._letters.token(person.guardian_email, "guardian")
                await client.send("POST", "/identity/guardian-agreements", {"token": token})
                person.agreed_at = now
            case a.SignIn():
                await client.sign_in(
                    person.email, person.password, address=action.address, browser=action.browser
                )
                person.subject = client.subject
                person.logins.append(now)
            case _:
                assert_never(action)

    async def _choose(
        self,
        client: Client,
        person: Person,
        action: a.Decide | a.Unsubscribe | a.ObjectToSuggestions,
    ) -> None:
        now = self._clock.now()
        match action:
            case a.Decide():
                path = f"/consent/me/consents/{action.purpose}"
                await client.send("POST", path, {"decision": action.decision})
                person.consents[action.purpose] = (action.decision, now)
            case a.Unsubscribe():
                # Only who received a newsletter meanwhile has a link to follow.
                if self._letters.has(person.email, "unsubscribe"):
                    token = self._letters.token(person.email, "unsubscribe")
                    await client.send("POST", "/consent/unsubscriptions", {"token": token})
                    person.consents["newsletter"] = ("withdrawn", now)
            case a.ObjectToSuggestions():
                method = "PUT" if action.objects else "DELETE"
                await client.send(method, "/consent/me/objections/suggestions")
            case _:
                assert_never(action)

    async def _tell(
        self,
        client: Client,
        person: Person,
        action: a.DescribeProfile | a.Rectify | a.ContactAsProspect,
    ) -> None:
        match action:
            case a.DescribeProfile():
                await client.send("PUT", "/identity/me/profile", asdict(action))
            case a.Rectify():
                await client.send("PATCH", "/identity/me", asdict(action))
            case a.ContactAsProspect():
                await client.send("POST", "/identity/contact-requests", asdict(action))
                person.email = action.email
                person.contacted_at.append(self._clock.now())
            case _:
                assert_never(action)

    async def _leave(
        self, client: Client, person: Person, action: a.CloseAccount | a.RequestErasure
    ) -> None:
        if isinstance(action, a.CloseAccount):
            await client.send("POST", "/identity/me/closure", {"confirm": True})
            person.closed_at = self._clock.now()
        else:
            await client.send("POST", "/retention/me/erasure", {"confirm": True})
            person.erasure_at = self._clock.now()

    async def _register(self, client: Client, person: Person, action: a.Register) -> None:
        body = {
            "first_name": action.first_name,
            "last_name": action.last_name,
            "email": action.email,
            "telephone": action.telephone,
            "birth_date": action.birth_date.isoformat(),
            "language": action.language,
            "password": action.password,
        }
        if action.guardian_email:
            body["guardian_email"] = action.guardian_email
        await client.send("POST", "/identity/registrations", body)
        person.registered_at = self._clock.now()
        person.email = action.email
        person.password = action.password
        person.guardian_email = action.guardian_email or ""
        person.birth_date = action.birth_date

    async def _learn(
        self, client: Client, person: Person, action: a.Enrol | a.Answer | a.Pay | a.Certify
    ) -> None:
        now = self._clock.now()
        match action:
            case a.Enrol():
                module = self._free_module(person, action.module)
                answer = await client.send("POST", "/learning/me/enrolments", {"module_id": module})
                person.enrolments[action.enrolment] = Enrolment(
                    answer["enrolment_id"], answer["invoice_id"], now, module
                )
            case a.Answer():
                await self._answer(client, person.enrolments[action.enrolment], action)
            case a.Pay():
                invoice = person.enrolments[action.enrolment].invoice_id
                path = f"/learning/me/invoices/{invoice}/payment"
                await client.send("POST", path, {"method": action.method})
            case a.Certify():
                enrolment = person.enrolments[action.enrolment]
                trainer = self._staff[Role.TRAINER]
                path = f"/learning/enrolments/{enrolment.id}/certification"
                body = {"decision": action.decision, "comment": action.comment}
                await trainer.send("POST", path, body)
                if action.decision == "granted":
                    enrolment.certified_at = now
            case _:
                assert_never(action)

    def _free_module(self, person: Person, number: int) -> str:
        """Return a module the person has not taken, or the one asked for when all are taken."""
        ids = [str(module["module_id"]) for module in self._modules]
        taken = {enrolment.module for enrolment in person.enrolments.values()}
        turned = [*ids[number % len(ids) :], *ids[: number % len(ids)]]
        return next((module for module in turned if module not in taken), turned[0])

    async def _answer(self, client: Client, enrolment: Enrolment, action: a.Answer) -> None:
        module = next(m for m in self._modules if m["module_id"] == enrolment.module)
        left = module["exercises"][enrolment.answered :]
        figures = list(action.figures)
        for exercise in left if action.last else left[: len(action.figures)]:
            body = {
                "exercise_id": exercise["exercise_id"],
                "answer": answer_to(exercise, figures, action.choice),
            }
            await client.send("POST", f"/learning/me/enrolments/{enrolment.id}/answers", body)
            enrolment.answered += 1

    async def _record(
        self, client: Client, person: Person, action: a.RecordSession | a.KeepRecording
    ) -> None:
        if isinstance(action, a.RecordSession):
            trainer = self._staff[Role.TRAINER]
            body = {
                "learner_id": person.subject,
                "title": action.title,
                "location": action.location,
            }
            answer = await trainer.send("POST", "/learning/recordings", body)
            recording = Recording(answer["recording_id"], self._clock.now())
            person.recordings[action.recording] = recording
            return
        recording = person.recordings[action.recording]
        method = "PUT" if action.keeps else "DELETE"
        if action.keeps:
            consent = {"decision": "granted"}
            await client.send("POST", "/consent/me/consents/recordings", consent)
        await client.send(method, f"/learning/me/recordings/{recording.id}/keep")
        recording.kept = action.keeps

    async def _support(
        self,
        client: Client,
        person: Person,
        action: a.AskSupport | a.AnswerSupport | a.ResolveSupport | a.ReopenSupport,
    ) -> None:
        now = self._clock.now()
        if isinstance(action, a.AskSupport):
            answer = await client.send(
                "POST", "/identity/me/support-requests", {"message": action.message}
            )
            person.requests[action.request] = Request(answer["request_id"], now)
            return
        request = person.requests[action.request]
        staff = self._staff[Role.SUPPORT]
        path = f"/identity/support-requests/{request.id}"
        match action:
            case a.AnswerSupport():
                await staff.send("POST", f"{path}/replies", {"message": action.message})
            case a.ResolveSupport():
                await staff.send("POST", f"{path}/resolution")
                request.resolved_at = now
            case a.ReopenSupport():
                await staff.send("POST", f"{path}/reopening")
                request.resolved_at = None
            case _:
                assert_never(action)

    async def _hold(self, person: Person, action: a.PlaceHold | a.LiftHold) -> None:
        dpo = self._staff[Role.DPO]
        now = self._clock.now()
        if isinstance(action, a.PlaceHold):
            body = {
                "subject_id": person.subject,
                "categories": [str(category) for category in action.categories],
                "ground": "litigation",
                "expires_at": action.expires_at.isoformat(),
            }
            answer = await dpo.send("POST", "/retention/holds", body)
            person.holds[action.hold] = Hold(
                answer["hold_id"], frozenset(action.categories), now, action.expires_at
            )
            return
        hold = person.holds[action.hold]
        review = {"outcome": "lift", "reason": "proceedings_over"}
        asked = await dpo.send("POST", f"/retention/holds/{hold.id}/review", review)
        second, path = self._staff[Role.ADMINISTRATOR], "/retention/proposals"
        await second.send("POST", f"{path}/{asked['proposal_id']}/confirmation", {})
        hold.lifted_at = now


def answer_to(exercise: Mapping[str, Any], figures: list[str], choice: int) -> str | list[str]:
    """Return an answer that fits `exercise`, a figure where it asks for a number."""
    options = [str(option["id"]) for option in exercise["options"]]
    match exercise["kind"]:
        case "numeric":
            return figures.pop(0) if figures else str(choice)
        case "simulation":
            steps = exercise["steps"]
            return [str(step["options"][choice % len(step["options"])]["id"]) for step in steps]
        case "ordering":
            return options
        case "multiple_choice":
            return options[: 1 + choice % 2]
        case _:
            return options[choice % len(options)]

"""Whether course data may be recorded about somebody, asked where it is recorded (C11.1)."""

from services.learning.application.handle import Learning
from services.learning.domain.account import AccountStanding
from shared.events.base import SubjectId


async def standing_of(learning: Learning, learner_id: SubjectId) -> AccountStanding:
    """Return what is known here of the learner's account."""
    document = await learning.learner_list.get(learner_id) or {}
    return AccountStanding(
        confirmed=document.get("confirmed", False),
        minor=document.get("minor", False),
        guardian_agreed=document.get("guardian_agreed", False),
        blocked=document.get("blocked", False),
        closed=document.get("closed", False),
    )


async def require_agreement(learning: Learning, learner_id: SubjectId) -> None:
    """Let pass whom course data may be recorded about.

    Raises:
        GuardianAgreementMissingError: a minor's account, blocked or without agreement.
    """
    (await standing_of(learning, learner_id)).check_agreement()

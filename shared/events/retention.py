"""What the retention service tells others: terms, cases, keys, certificates, holds."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.events.base import Identifier, PublicEvent, SubjectId
from shared.events.erasure import ErasureMode, KeyScope
from shared.personal import Category


class RetentionEvent(PublicEvent):
    """Published on `retention.events`."""

    SERVICE: ClassVar[str] = "retention"


class RuleSetAdopted(RetentionEvent):
    """A version of the retention rules came into force."""

    version: Identifier
    digest: Identifier


class ArchiveEntered(RetentionEvent):
    """The profile left the active phase: only compliance may read it now (C2.5)."""

    subject_id: SubjectId


class ArchiveLeft(RetentionEvent):
    """The person came back: the profile is active again."""

    subject_id: SubjectId


class DeletionAnnounced(RetentionEvent):
    """The person is told that data will go, and that coming back stops it."""

    subject_id: SubjectId
    rule_id: Identifier
    due: datetime


class ErasureRequested(RetentionEvent):
    """The person asked for erasure and confirmed (C8.4)."""

    case_id: Identifier
    subject_id: SubjectId


class ErasureOrdered(RetentionEvent):
    """Every service is to forget the listed scopes and to acknowledge with `DataErased`."""

    case_id: Identifier
    subject_id: SubjectId
    scopes: tuple[KeyScope, ...]
    mode: ErasureMode
    reason: Literal["term", "request", "minor", "consent_withdrawn"]
    rule_ids: tuple[Identifier, ...]
    closes_account: bool
    """Whether nothing of the person's account is left afterwards."""


class KeyDestroyed(RetentionEvent):
    """The data key is gone: what it sealed can never be read again, anywhere."""

    case_id: Identifier
    subject_id: SubjectId
    category: Category
    object: Identifier


class ErasureCertified(RetentionEvent):
    """The case is closed and its certificate written; free of personal data."""

    case_id: Identifier
    subject_id: SubjectId
    certificate_id: Identifier


class HoldPlaced(RetentionEvent):
    """A legal hold keeps the listed categories from going (litigation, requisition)."""

    hold_id: Identifier
    subject_id: SubjectId
    categories: tuple[Category, ...]
    ground: Literal["litigation", "requisition", "audit"]
    expires_at: datetime


class HoldLifted(RetentionEvent):
    """The hold ended: what it stopped resumes by itself."""

    hold_id: Identifier
    subject_id: SubjectId


class RetentionAlarmRaised(RetentionEvent):
    """Something needs the DPO: a missing anchor, a late participant."""

    alarm_id: Identifier
    kind: Literal["missing_anchor", "late_participant", "verification_failed"]
    subject_id: SubjectId
    rule_id: Identifier | None = None
    case_id: Identifier | None = None

"""What codes are called on screen: categories, fields, roles, states, bases, events, notices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.gateway.wording import Wording, marked


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says after an action."""

    tone: str
    text: str


CATEGORIES: Final[Mapping[str, str]] = {
    "civil_identity": marked("Identity"),
    "contact": marked("Contact details"),
    "credentials": marked("Sign-in secret"),
    "profile": marked("Learner profile"),
    "minority": marked("Minority and legal guardian"),
    "learning_history": marked("Learning history"),
    "payment": marked("Invoices and payments"),
    "support": marked("Support exchanges"),
    "prospect": marked("Contact requests"),
    "recording": marked("Session recordings"),
    "technical_traces": marked("Technical traces"),
    "mail_content": marked("E-mails sent"),
    "demand": marked("Official demands"),
    "staff": marked("Staff record"),
    "dead_letters": marked("Messages that could not be processed"),
    "access_file": marked("Access file"),
    "consents": marked("Consents and objections"),
    "consent": marked("Consents and objections"),
}
PURPOSES_OF_CATEGORIES: Final[Mapping[str, str]] = {
    "civil_identity": marked("To address you by name and to certify what you learnt."),
    "contact": marked("To send you teaching messages and course alerts."),
    "credentials": marked("To check that it is you who signs in; it cannot be read back."),
    "profile": marked("To suit pace, format and examples to you."),
    "minority": marked("To ask a legal guardian, and to know when you come of age."),
    "learning_history": marked("To follow your progress and adapt the exercises."),
    "payment": marked("To manage your enrolments and keep the accounts the law requires."),
    "support": marked("To answer your requests and keep track of what was agreed."),
    "prospect": marked("To answer your contact request."),
    "recording": marked("To let you watch a live session again."),
    "technical_traces": marked("To keep the platform stable and detect security anomalies."),
    "mail_content": marked("To prove what we sent you, and to retry when sending fails."),
    "demand": marked("To answer demands of authorities, and to account for it."),
    "staff": marked("To give each member of staff rights of their own."),
    "dead_letters": marked(
        "To understand and take up again a message that the system could not process."
    ),
    "access_file": marked("To hand you the copy of your data that you asked for."),
}
CHANNELS: Final[Mapping[str, str]] = {
    "portal": marked("Platform"),
    "form": marked("Contact form"),
    "email": marked("E-mail"),
    "telephone": marked("Telephone"),
    "post": marked("Post"),
}
BASES: Final[Mapping[str, str]] = {
    "contract": marked("Contract"),
    "consent": marked("Consent"),
    "legitimate_interest": marked("Legitimate interest"),
    "legal_obligation": marked("Legal obligation"),
}
BASES_OF_CATEGORIES: Final[Mapping[str, str]] = {
    "civil_identity": "contract",
    "contact": "contract",
    "credentials": "contract",
    "profile": "contract",
    "minority": "consent",
    "learning_history": "contract",
    "payment": "legal_obligation",
    "support": "contract",
    "prospect": "legitimate_interest",
    "recording": "contract",
    "technical_traces": "legitimate_interest",
    "mail_content": "contract",
    "demand": "legal_obligation",
    "dead_letters": "legitimate_interest",
    "access_file": "legal_obligation",
}
FIELDS: Final[Mapping[str, str]] = {
    "first_name": marked("First name"),
    "last_name": marked("Last name"),
    "email": marked("E-mail address"),
    "telephone": marked("Telephone"),
    "record": marked("Record from another platform"),
    "guardian_email": marked("Guardian’s e-mail address"),
    "guardian_name": marked("Guardian’s name"),
    "adult_on": marked("Day of majority"),
    "token": marked("Link sent by e-mail"),
    "previous_email": marked("Previous e-mail address"),
    "stop_token": marked("Link that stops a change of address"),
    "password_hash": marked("Password (irreversible hash)"),
    "secret": marked("Secret of an authenticator app"),
    "hashes": marked("Recovery codes (irreversible hashes)"),
    "credential_id": marked("Identifier of a passkey"),
    "public_key": marked("Public key of a passkey"),
    "zone": marked("Time zone"),
    "goals": marked("Professional goals"),
    "experience": marked("Prior experience"),
    "availability": marked("Availability"),
    "pace": marked("Preferred pace"),
    "format": marked("Preferred format"),
    "ip_address": marked("Network (IP) address"),
    "browser": marked("Browser"),
    "screen": marked("Screen size"),
    "reason": marked("Why a member of staff took emergency access"),
    "answer": marked("Answer to an exercise"),
    "score": marked("Score (%)"),
    "feedback": marked("Feedback"),
    "comment": marked("Trainer’s comment"),
    "billing_name": marked("Name on the invoice"),
    "access_until": marked("Last day of a contract"),
    "amount_cents": marked("Amount"),
    "method": marked("Means of payment"),
    "title": marked("Title"),
    "location": marked("Where it is kept"),
    "message": marked("Message"),
    "context": marked("Professional context"),
    "text": marked("Our answer"),
    "mail": marked("Identifier of the e-mail"),
    "answers": marked("Identifier of the e-mail that is answered"),
    "name": marked("Name"),
    "subject": marked("Subject line"),
    "body": marked("Text"),
    "address": marked("Address"),
    "recipient": marked("Recipient"),
    "birth_date": marked("Birth date"),
    "password": marked("Password"),
    "consent:newsletter": marked("Consent to the topical newsletter"),
    "consent:events": marked("Consent to event invitations"),
    "consent:surveys": marked("Consent to satisfaction surveys"),
    "consent:newsletter-figures": marked("Consent to the newsletter on figures and tables"),
    "consent:newsletter-platform": marked("Consent to news of the platform"),
    "consent:recordings": marked("Consent to keeping recordings"),
    "objection:suggestions": marked("Objection to suggestions"),
    "objection:reminders": marked("Objection to reminders"),
    "objection:statistics": marked("Objection to anonymous statistics"),
    "restriction:learning_history": marked("Restriction of the learning history"),
    "restriction:profile": marked("Restriction of the profile"),
    "restriction:recording": marked("Restriction of recordings"),
    "restriction:support": marked("Restriction of exchanges with support"),
    "restriction:contact": marked("Restriction of contact details"),
    "explained": marked("What was explained before a choice"),
}
ROLES: Final[Mapping[str, str]] = {
    "learner": marked("Learner"),
    "trainer": marked("Trainer"),
    "counsellor": marked("Guidance counsellor"),
    "support": marked("Technical support"),
    "billing": marked("Billing"),
    "speaker": marked("External speaker"),
    "dpo": marked("Data protection officer"),
    "security": marked("Security"),
    "administrator": marked("Administrator"),
    "system": marked("System"),
}
PLACES: Final[Mapping[str, str]] = {
    "portal": marked("On the portal"),
    "staff": marked("Through our staff"),
    "unsubscribe_link": marked("Through the link in a message"),
    "complaint": marked("Through the report of your mail provider"),
    "choices": marked("On the page of choices"),
    "recordings": marked("On the page of recordings"),
    "confirmation": marked("Below the explanation of the consequences"),
    "letter": marked("On the page behind the link in a message"),
    "mail_program": marked("In your mail program"),
    "api": marked("Through a program"),
}
"""Where a decision was taken."""
GESTURES: Final[Mapping[str, str]] = {
    "button": marked("One button, for this purpose alone"),
    "confirmed": marked("Confirmed after the explanation"),
    "one_click": marked("The mail program’s one click (RFC 8058)"),
    "reported": marked("A message reported as unwanted"),
}
STATES: Final[Mapping[str, str]] = {
    "active": marked("In use"),
    "running": marked("Running"),
    "archive": marked("Intermediate archive"),
    "archived": marked("Intermediate archive"),
    "pending": marked("Waiting"),
    "waiting": marked("In use"),
    "raised": marked("Objection"),
    "placed": marked("Restricted"),
    "held": marked("Held by law"),
    "on_hold": marked("Held by law"),
    "suspended": marked("Suspended"),
    "alarm": marked("Alarm"),
    "missing_anchor": marked("No starting date"),
    "stopped": marked("Stopped"),
    "due": marked("Due"),
    "late": marked("Late"),
    "ordered": marked("Ordered"),
    "planned": marked("Planned"),
    "notified": marked("Announced"),
    "announced": marked("Announced"),
    "acknowledged": marked("Acknowledged"),
    "disabled": marked("Unreadable, key to be destroyed"),
    "destroyed": marked("Key destroyed"),
    "searching": marked("Being searched for"),
    "disproved": marked("Something was found"),
    "verified": marked("Verified"),
    "certified": marked("Certified"),
    "done": marked("Done"),
    "deleted": marked("Deleted"),
    "anonymised": marked("Anonymised"),
    "erased": marked("Erased"),
    "expired": marked("Expired"),
    "open": marked("Open"),
    "answered": marked("Answered"),
    "resolved": marked("Resolved"),
    "reopened": marked("Reopened"),
    "issued": marked("To be paid"),
    "unpaid": marked("To be paid"),
    "paid": marked("Paid"),
    "granted": marked("Granted"),
    "withdrawn": marked("Withdrawn"),
    "refused": marked("Not yet"),
    "completed": marked("Completed"),
    "in_progress": marked("In progress"),
    "ended": marked("Ended"),
    "kept": marked("Kept at your request"),
    "none": marked("Not asked"),
    "lifted": marked("Lifted"),
    "narrowed": marked("Narrowed"),
    "to_review": marked("To be reviewed soon"),
    "overdue": marked("Review overdue"),
    "undisclosed": marked("Not to be disclosed"),
    "queued": marked("On its way"),
    "sent": marked("Sent"),
    "suppressed": marked("Not sent"),
    "aside": marked("Put aside after a restore"),
    "failed": marked("Failed"),
    "bounced": marked("Came back"),
    "converted": marked("Became a learner"),
}
TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "active",
            "running",
            "certified",
            "granted",
            "paid",
            "resolved",
            "done",
            "verified",
        ),
        "good",
    ),
    **dict.fromkeys(
        (
            "archive",
            "archived",
            "held",
            "on_hold",
            "pending",
            "due",
            "issued",
            "unpaid",
            "notified",
            "announced",
            "refused",
            "reopened",
            "suspended",
            "planned",
            "to_review",
            "undisclosed",
        ),
        "warn",
    ),
    **dict.fromkeys(("alarm", "late", "missing_anchor", "overdue"), "bad"),
    **dict.fromkeys(
        (
            "ended",
            "deleted",
            "anonymised",
            "erased",
            "withdrawn",
            "none",
            "expired",
            "lifted",
            "destroyed",
            "stopped",
        ),
        "plain",
    ),
}
PHASES: Final[Mapping[str, str]] = {
    "active": marked("Active use"),
    "archive": marked("Intermediate archive"),
    "intermediate_archive": marked("Intermediate archive"),
    "deleted": marked("Deletion"),
    "anonymised": marked("Anonymisation"),
    "destroyed": marked("Secure destruction"),
}
SERVICES: Final[Mapping[str, str]] = {
    "identity": marked("Accounts"),
    "learning": marked("Training"),
    "consent": marked("Choices"),
    "retention": marked("Retention periods"),
    "notify": marked("Messages"),
}
EFFECTS: Final[Mapping[str, str]] = {
    "at_once": marked("At once"),
    "earlier": marked("Earlier"),
    "later": marked("Later"),
    "no_longer_dated": marked("On a day not known yet"),
    "otherwise": marked("The same day, in another way"),
    "alarm": marked("Nobody knows when: an alarm"),
    "no_longer_alarm": marked("On a known day, no longer an alarm"),
}
"""What another rule set would do to the end of an object."""
RULE_CHANGES: Final[Mapping[str, str]] = {
    "added": marked("New rule"),
    "removed": marked("Rule that is dropped"),
    "changed": marked("Changed rule"),
}
RULE_FIELDS: Final[Mapping[str, str]] = {
    "promises": marked("Promises"),
    "categories": marked("Categories"),
    "object": marked("Counted per"),
    "when": marked("Applies when"),
    "ends": marked("Ends"),
    "not_before": marked("Not before"),
    "not_after": marked("Not after"),
    "archive": marked("Archive from"),
    "then": marked("Then"),
    "reason": marked("Reason"),
    "legal_minimum": marked("Legal minimum"),
    "notice": marked("Notice before"),
    "legal_basis": marked("Legal basis"),
    "basis": marked("Legal basis in words"),
    "purpose": marked("Purpose"),
    "title": marked("Title"),
    "reasoning": marked("Reasoning"),
    "controllers_choice": marked("Controller’s own choice"),
}
OBSTACLES: Final[Mapping[str, str]] = {
    "in-force": marked("These rules are in force already."),
    "version-taken": marked(
        "This version was adopted with another text. Give the changed text a version of its own."
    ),
}
SUPPOSITIONS: Final[Mapping[str, str]] = {
    "signs_in": marked("signs in"),
    "contract_ends": marked("the contract ends"),
    "withdraws_consent": marked("withdraws every consent"),
    "closes_account": marked("closes the account"),
    "asks_erasure": marked("asks for erasure"),
}
ALARMS: Final[Mapping[str, str]] = {
    "missing_anchor": marked("Data without a starting date"),
    "late_participant": marked("A service has not acknowledged"),
    "verification_failed": marked("Verification failed"),
    "hold_review_overdue": marked("A hold is overdue for review"),
    "destroyed_key_returned": marked("A destroyed key came back and was destroyed again"),
    "case_lost": marked("A restore lost a case: it is carried out again"),
    "backup_late": marked("No whole backup for more than twice its interval"),
    "messages_set_aside": marked("A restore set messages aside: they wait for a decision"),
    "penetration_test_overdue": marked("The penetration test of this half-year is overdue"),
    "finding_overdue": marked("A finding of a penetration test is overdue"),
    "transfer_refused": marked("Data may no longer flow to a processor"),
    "processor_ends_soon": marked("A contract, certificate or guarantee of a processor ends soon"),
    "access_file_late": marked("An access file waits for a service too long"),
    "authority_not_notified": marked("The CNIL has not been told of an incident within 72 hours"),
}
ALARM_STEPS: Final[Mapping[str, str]] = {
    "backup_late": marked(
        "The administrator looks into logs/backup.log and runs “carionexiq backup”. The alarm ends "
        "with the next backup that is whole at every site."
    ),
    "messages_set_aside": marked(
        "They may have been sent before. The administrator lists them with “carionexiq messages "
        "aside”, releases those that are owed and discards the rest. The alarm ends with the last."
    ),
    "penetration_test_overdue": marked(
        "Security has the platform tested by an independent firm and records the test. The alarm "
        "ends by itself."
    ),
    "finding_overdue": marked(
        "Security has it fixed, or accepts the risk, and records that. The alarm ends by itself."
    ),
    "transfer_refused": marked(
        "What rested on a contract, certificate or guarantee has stopped. Open the register of "
        "processors, record the renewal or end the processor. The alarm ends by itself."
    ),
    "processor_ends_soon": marked(
        "Open the register of processors and record the renewal before the last day: then the flow "
        "stops. The alarm ends by itself."
    ),
    "access_file_late": marked(
        "The rights case names the service that is awaited; it is asked again by itself. Operators "
        "look at its health and its dead letters. The alarm ends when the file is complete."
    ),
    "authority_not_notified": marked(
        "Open the incident, notify the CNIL and record it with the reason, or assess that no risk "
        "is likely. The alarm ends by itself."
    ),
}
"""What to do about an alarm that leads to no person and no case."""
GROUNDS: Final[Mapping[str, str]] = {
    "litigation": marked("Litigation"),
    "requisition": marked("Judicial requisition"),
    "audit": marked("Tax or accounting audit"),
}
AUTHORITIES: Final[Mapping[str, str]] = {
    "court": marked("Court"),
    "prosecutor": marked("Public prosecutor"),
    "police": marked("Police"),
    "cnil": marked("CNIL"),
    "tax_administration": marked("Tax administration"),
    "internal": marked("Our own defence"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "keep": marked("Keep it as it is"),
    "narrow": marked("Narrow it to less"),
    "lift": marked("Lift it: what it stopped goes by itself"),
}
PROPOSALS: Final[Mapping[str, str]] = {
    "adopt_rules": marked("Adopt a rule set"),
    "lift_hold": marked("Lift a hold"),
    "narrow_hold": marked("Narrow a hold"),
    "close_matter": marked("Close a matter and lift its holds"),
}
PROPOSAL_OUTCOMES: Final[Mapping[str, str]] = {
    "confirmed": marked("confirmed"),
    "alone": marked("done alone by the operator"),
    "refused": marked("refused"),
    "withdrawn": marked("withdrawn"),
    "expired": marked("not decided in time"),
}
HOLD_REASONS: Final[Mapping[str, str]] = {
    "proceedings_continue": marked("The proceedings continue"),
    "demand_renewed": marked("The demand was renewed"),
    "answer_awaited": marked("An answer of the authority is awaited"),
    "limitation_runs": marked("The limitation period still runs"),
    "less_is_needed": marked("Less is needed"),
    "proceedings_over": marked("The proceedings are over"),
    "demand_withdrawn": marked("The demand was withdrawn"),
    "mistake": marked("It was a mistake"),
}
HOLD_STATES: Final[Mapping[str, str]] = {
    "active": marked("In force"),
    "to_review": marked("To be reviewed soon"),
    "overdue": marked("Review overdue"),
    "ended": marked("Ended"),
    "expired": marked("Expired"),
    "lifted": marked("Lifted"),
}
HOLD_STEPS: Final[Mapping[str, str]] = {
    "HoldWasPlaced": marked("Placed"),
    "HoldWasExtended": marked("Extended"),
    "HoldWasReviewed": marked("Reviewed"),
    "ReviewWasReminded": marked("The reviewer was reminded"),
    "ReviewWentOverdue": marked("The review is overdue"),
    "HoldWasDisclosed": marked("The person was told"),
    "HoldWasLifted": marked("Ended"),
}
ACCESS_REASONS: Final[Mapping[str, str]] = {
    "rights_request": marked("Request of the person"),
    "complaint": marked("Complaint"),
    "litigation": marked("Litigation"),
    "requisition": marked("Judicial requisition"),
    "audit": marked("Tax or accounting audit"),
    "security_incident": marked("Security incident"),
}
REASONS: Final[Mapping[str, str]] = {
    "term": marked("Term reached"),
    "request": marked("Request of the person"),
    "minor": marked("Minor without agreement"),
    "consent_withdrawn": marked("Consent withdrawn"),
    "restored": marked("Carried out again after a restore"),
    "legal_obligation": marked("The law requires us to keep it."),
    "ordered": marked("Its erasure is already under way."),
    "hold": marked("A legal hold keeps it."),
}
METHODS: Final[Mapping[str, str]] = {
    "card": marked("Bank card"),
    "bank_transfer": marked("Bank transfer"),
    "direct_debit": marked("Direct debit"),
}
LEVELS: Final[Mapping[str, str]] = {
    "beginner": marked("Beginner"),
    "intermediate": marked("Intermediate"),
    "advanced": marked("Advanced"),
}
MESSAGES: Final[Mapping[str, str]] = {
    "confirmation": marked("Confirmation of your address"),
    "guardian_agreement": marked("Question to your guardian"),
    "guardian_reminder": marked("Reminder to your guardian"),
    "guardian_agreed": marked("Receipt of the agreement, to your guardian"),
    "guardian_answer": marked("Answer of your guardian"),
    "account_blocked": marked("Your account is blocked"),
    "minority_over": marked("Your account is yours alone"),
    "welcome": marked("Welcome"),
    "reminder": marked("Reminder of your training"),
    "digest": marked("Reminder of your courses"),
    "progress": marked("Notice of your progress"),
    "suggestion": marked("Suggestion of a module"),
    "certification": marked("Certification"),
    "session_invitation": marked("Live session"),
    "session_cancellation": marked("Live session that you no longer come to"),
    "newsletter": marked("Newsletter"),
    "deletion_notice": marked("Notice of a deletion"),
    "hold_notice": marked("Notice of a legal hold"),
    "disclosure_notice": marked("Notice that an authority was given data"),
    "demand_due": marked("Official demand to answer"),
    "dispute_settled": marked("Answer about a value you marked as wrong"),
    "incident_notice": marked("Notice of a security incident"),
    "policy_notice": marked("Notice of a change of the privacy policy"),
    "sign_in_notice": marked("Question about a sign-in"),
    "erasure_certificate": marked("Erasure of your data"),
    "prospect_reply": marked("Reply to your message"),
    "support_answer": marked("Answer to your message"),
    "support_reply": marked("Reply of our support"),
    "password_recovery": marked("Link to a new password"),
    "password_changed": marked("Your password has changed"),
    "email_change": marked("Confirmation of a new address"),
    "email_change_notice": marked("Change of address asked for"),
    "email_changed": marked("Your address has changed"),
    "authenticators_changed": marked("Your sign-in security has changed"),
    "factor_return": marked("Way back into your account"),
    "factor_return_notice": marked("Removal of your second factors asked for"),
    "sessions_ended": marked("Your sessions have been ended"),
    "event_invitation": marked("Invitation to an event"),
    "training_due": marked("Yearly training due"),
    "training_missed": marked("Yearly training missed"),
    "rights_case_due": marked("Rights case to answer"),
    "hold_review": marked("Review of a legal hold"),
    "incident_deadline": marked("Notification of an incident due"),
    "penetration_test_due": marked("Penetration test due"),
    "finding_overdue": marked("Finding of a penetration test overdue"),
    "processor_ends": marked("Agreement with a processor that ends"),
    "anomaly_alarm": marked("Alarm of an anomaly"),
    "break_glass_alarm": marked("Emergency access taken"),
    "break_glass_review": marked("Emergency access to review"),
}
WITHHELD: Final[Mapping[str, str]] = {
    "no_consent": marked("without your consent"),
    "objected": marked("you object to such messages, or restrict what they use"),
    "restricted": marked("you restrict your contact details"),
    "erased": marked("your data was being erased"),
    "blocked": marked("your account was not in use"),
    "no_address": marked("no address was known"),
    "sent_before": marked("it had been sent before"),
    "bounced": marked(
        "earlier messages to your address came back: correct it, or ask for a new password to show"
        " that it works"
    ),
    "complained": marked("you had called our messages unwanted"),
    "digested": marked("it is part of another message"),
    "superseded": marked("a later one about the same session says what is true now"),
}
WAITING_FOR: Final[Mapping[str, str]] = {
    "quiet_hours": marked("waits for the morning"),
    "transfer": marked("waits until data may flow to the provider"),
    "digest": marked("leaves with others"),
    "turn": marked("waits its turn"),
}
MESSAGE_CLASSES: Final[Mapping[str, str]] = {
    "security": marked("Security"),
    "transactional": marked("Service"),
    "legal": marked("Required by law"),
    "teaching": marked("Teaching"),
    "marketing": marked("With consent"),
}
MESSAGE_OUTCOMES: Final[Mapping[str, str]] = {
    "sent": marked("Sent"),
    "deferred": marked("Refused for a time"),
    "failed": marked("Given up"),
    "suppressed": marked("Withheld"),
    "bounced": marked("Came back"),
    "complained": marked("Called unwanted"),
}
OUTCOME_REASONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("-",), "—"),
    "hard": marked("bad address"),
    "soft": marked("for a time"),
    "not_address": marked("not because of the address"),
    "no_consent": marked("no consent"),
    "objected": marked("an objection"),
    "restricted": marked("a restriction"),
    "erased": marked("being erased"),
    "blocked": marked("account not in use"),
    "no_address": marked("no address"),
    "sent_before": marked("sent before"),
    "bounced": marked("address came back"),
    "complained": marked("address complained"),
    "digested": marked("in a digest"),
    "superseded": marked("replaced by a later one"),
    "other": marked("other domains"),
}
CLOCK_STATES: Final[Mapping[str, str]] = {
    "running": marked("Running"),
    "waiting": marked("Waiting for its start"),
    "due": marked("Due"),
    "held": marked("Held by law"),
    "ordered": marked("Ordered"),
    "done": marked("Done"),
    "alarm": marked("Alarm"),
}
LETTER_STATES: Final[Mapping[str, str]] = {
    "waiting": marked("Waiting"),
    "shown": marked("Shown"),
    "replayed": marked("Sent again"),
    "discarded": marked("Put aside"),
}
CASE_STEPS: Final[Mapping[str, str]] = {
    "CasePlanned": marked("Planned"),
    "PersonNotified": marked("The person knows"),
    "OrderGiven": marked("Ordered"),
    "ServiceAcknowledged": marked("A service has acknowledged"),
    "ScopesWithheld": marked("A hold keeps a part"),
    "KeyWasDisabled": marked("Unreadable for everybody"),
    "KeyWasEnabled": marked("Readable again, for a hold"),
    "KeyWasDestroyed": marked("Key destroyed"),
    "VerificationAsked": marked("All stores are to be searched"),
    "ServiceSearched": marked("A service has searched its stores"),
    "ErasureVerified": marked("Verified"),
    "VerificationFailed": marked("Verification failed"),
    "CaseCertified": marked("Certified"),
}
TRAINING_STATES: Final[Mapping[str, str]] = {
    "suspended": marked("access suspended"),
    "warned": marked("warned"),
    "trained": marked("in date"),
    "untrained": marked("to be done"),
}
ANOMALY_STATES: Final[Mapping[str, str]] = {
    "": marked("All"),
    "open": marked("to be looked at"),
    "own": marked("it was the person"),
    "false_alarm": marked("false alarm"),
    "incident": marked("incident opened"),
}
BREAK_GLASS_STATES: Final[Mapping[str, str]] = {
    "": marked("All"),
    "unreviewed": marked("to be reviewed"),
    "open": marked("open"),
    "reviewed": marked("reviewed"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "justified": marked("Justified"),
    "unjustified": marked("Not justified"),
}
ACCESS_ENDS: Final[Mapping[str, str]] = {
    "given_back": marked("given back"),
    "stopped": marked("ended by the officer or security"),
    "role_ended": marked("the role ended"),
    "signed_out": marked("signed out"),
}
FALSE_ALARMS: Final[Mapping[str, str]] = {
    "private_network": marked("A private network (VPN)"),
    "own_travel": marked("The person really travelled"),
    "own_device": marked("The person’s own new device"),
    "shared_network": marked("Many people behind one network"),
    "planned_work": marked("Work that was planned"),
    "agreed_test": marked("A test that was agreed"),
    "rule_too_strict": marked("The rule is too strict"),
}
INACTIVE_RULES: Final[Mapping[str, str]] = {
    "no_geography": marked("no geography file is set (CARIONEXIQ_GEOGRAPHY_FILE)."),
}
ANOMALY_COUNTS: Final[Mapping[str, str]] = {
    "kilometres": marked("Kilometres apart"),
    "minutes": marked("Minutes in between"),
    "accounts": marked("Accounts tried"),
    "attempts": marked("Attempts"),
    "networks": marked("Networks"),
    "persons": marked("Persons read"),
    "readings": marked("Readings"),
    "answers": marked("Answers with personal data"),
}
ANOMALY_SEEN: Final[Mapping[str, str]] = {
    "from": marked("Country before"),
    "to": marked("Country"),
    "device": marked("Device"),
}
INCIDENT_STATES: Final[Mapping[str, str]] = {
    "all": marked("All"),
    "open": marked("open"),
    "closed": marked("closed"),
}
INCIDENT_STEPS: Final[Mapping[str, str]] = {
    "IncidentWasOpened": marked("The incident was opened"),
    "DraftWasConfirmed": marked("The draft was judged to be a breach"),
    "DraftWasDismissed": marked("The draft was judged to be none"),
    "ExtentWasComputed": marked("Its extent was computed"),
    "RiskWasAssessed": marked("The risk was assessed"),
    "MeasuresWereTaken": marked("Measures were taken"),
    "AuthorityWasNotified": marked("The CNIL was notified"),
    "DisclosureWasOrdered": marked("Telling the persons concerned was ordered"),
    "DisclosureWasFinished": marked("The persons concerned have been told"),
    "DeadlineWasReminded": marked("The officer was reminded of the 72 hours"),
    "IncidentWasClosed": marked("The incident was closed"),
}
INCIDENT_DUTIES: Final[Mapping[str, str]] = {
    "judge": marked("Judge whether the draft is a breach"),
    "extent": marked("Compute the extent: who and which data"),
    "risk": marked("Assess the risk to persons"),
    "authority": marked("Notify the CNIL, unless no risk is likely"),
    "persons": marked("Tell the persons concerned: the risk is high"),
    "lessons": marked("Close it with what was learnt"),
}
RIGHTS_KINDS: Final[Mapping[str, str]] = {
    "access": marked("Access to my data"),
    "portability": marked("My data to take elsewhere"),
    "rectification": marked("Correction"),
    "restriction": marked("Restriction of processing"),
    "objection": marked("Objection"),
    "erasure": marked("Erasure"),
    "complaint": marked("Complaint"),
}
RIGHTS_STATES: Final[Mapping[str, str]] = {
    "open": marked("Open"),
    "overdue": marked("Overdue"),
    "closed": marked("Closed"),
    "all": marked("Open and closed"),
}
RIGHTS_OUTCOMES: Final[Mapping[str, str]] = {
    "granted": marked("Granted"),
    "partly_granted": marked("Granted in part"),
    "refused": marked("Refused"),
    "unidentified": marked("Identity never confirmed"),
    "withdrawn": marked("Taken back"),
    "handed_on": marked("Goes on under the account"),
    "erased": marked("Ended with the person’s data"),
}
NOTIFICATIONS: Final[Mapping[str, str]] = {
    "with_us": marked("has it in our own stores: changed there with ours"),
    "each_time": marked("is handed it anew each time, and keeps none"),
    "next_copy": marked("has it with the next backup; earlier ones go at their term"),
    "seen_only": marked("saw it on a screen during a session; nothing was kept"),
    "to_tell": marked("is to be told by us"),
}
DISPUTE_OUTCOMES: Final[Mapping[str, str]] = {
    "accepted": marked("Corrected"),
    "refused": marked("Refused"),
    "withdrawn": marked("Taken back"),
    "erased": marked("Ended with the person’s data"),
}
RIGHTS_ACTS: Final[Mapping[str, str]] = {
    "account": marked("Name or telephone corrected"),
    "email": marked("E-mail address changed"),
    "profile": marked("Learner profile"),
    "disputed": marked("A value marked as wrong"),
    "suggestions": marked("Module suggestions"),
    "reminders": marked("Training reminders"),
    "statistics": marked("Anonymous statistics"),
    "learning_history": marked("Learning history"),
    "recording": marked("Session recordings"),
    "support": marked("Exchanges with support"),
    "contact": marked("Contact details"),
    "file": marked("What was provided, as a file"),
    "everything": marked("The account and all traces"),
}
EXTENSION_REASONS: Final[Mapping[str, str]] = {
    "complexity": marked("The request is complex"),
    "number": marked("The person’s requests are many"),
}
RIGHTS_REMINDERS: Final[Mapping[str, str]] = {
    "half": marked("half of the term is over"),
    "three_quarters": marked("three quarters of the term are over"),
    "overdue": marked("the officer was told that it is overdue"),
}
IDENTITY_CHECKS: Final[Mapping[str, str]] = {
    "session": marked("Signed in"),
    "link": marked("By the link sent to the known address"),
}
BROUGHT: Final[Mapping[str, str]] = {
    "certified": marked("Certified"),
    "refused": marked("Not certified"),
    "completed": marked("Completed"),
}
BROUGHT_STATES: Final[Mapping[str, str]] = {
    "new": marked("New"),
    "changed": marked("Replaces what you brought before"),
    "known": marked("Here already"),
    "own": marked("Taken here, so here already"),
}
DEMAND_FILTERS: Final[Mapping[str, str]] = {
    "open": marked("Open"),
    "contested": marked("Contested"),
    "to_approve": marked("Awaiting the second person"),
    "overdue": marked("Overdue"),
    "closed": marked("Closed"),
    "all": marked("Open and closed"),
}
DEMAND_STATES: Final[Mapping[str, str]] = {
    "received": marked("received"),
    "checked": marked("checked"),
    "contested": marked("contested"),
    "composing": marked("being composed"),
    "composed": marked("composed"),
    "approved": marked("approved"),
    "closed": marked("closed"),
}
DEMAND_OUTCOMES: Final[Mapping[str, str]] = {
    "disclosed": marked("Answered with data"),
    "refused": marked("Refused"),
    "not_possible": marked("Nothing is held"),
    "set_aside": marked("Set aside"),
    "withdrawn": marked("Withdrawn by the authority"),
}
DEMAND_STEPS: Final[Mapping[str, str]] = {
    "DemandNoted": marked("The demand was noted"),
    "PointsChecked": marked("It was checked"),
    "ContestBegun": marked("It was contested"),
    "ContestSettled": marked("Contesting it was settled"),
    "SecrecyChanged": marked("Its secrecy was changed"),
    "DisclosurePrepared": marked("A disclosure was prepared"),
    "DisclosureAgreed": marked("A second person approved it"),
    "DisclosureGivenUp": marked("What was prepared was given up"),
    "DisclosureDelivered": marked("The file was handed over"),
    "TermReminded": marked("The officer was reminded of the term"),
    "DemandEnded": marked("The demand ended"),
    "PersonsTold": marked("The persons were told"),
}
CHECKED_POINTS: Final[Mapping[str, str]] = {
    "competent": marked("The authority is competent"),
    "legal_basis": marked("The legal basis allows it"),
    "named_scope": marked("Persons, categories and period are named"),
    "necessary": marked("It is necessary and in proportion"),
}
CONTEST_REASONS: Final[Mapping[str, str]] = {
    "bulk": marked("It names nobody"),
    "not_competent": marked("The authority is not competent"),
    "no_basis": marked("The legal basis does not allow it"),
    "unclear_scope": marked("Its scope is not clear"),
    "disproportionate": marked("It is out of proportion"),
}
CONTEST_FORUMS: Final[Mapping[str, str]] = {
    "authority": marked("The authority itself"),
    "court": marked("The court"),
    "cnil": marked("The CNIL"),
}
CONTEST_RESULTS: Final[Mapping[str, str]] = {
    "narrowed": marked("It was narrowed"),
    "set_aside": marked("It was set aside"),
    "maintained": marked("It stands and has to be answered"),
}
SECRECIES: Final[Mapping[str, str]] = {
    "none": marked("Yes, at once"),
    "until": marked("Not before a date"),
    "open": marked("Not before the authority permits it"),
}
WITHHELD_REASONS: Final[Mapping[str, str]] = {
    "person": marked("of somebody who was not asked for"),
    "others": marked("about somebody else"),
    "category": marked("category not asked for"),
    "date": marked("outside the period"),
    "erased": marked("erased before"),
    "secret": marked("secret of signing in"),
}
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "brought": BROUGHT,
    "brought_state": BROUGHT_STATES,
    "category": CATEGORIES,
    "channel": CHANNELS,
    "purpose": PURPOSES_OF_CATEGORIES,
    "basis": BASES,
    "basis_of": BASES_OF_CATEGORIES,
    "field": FIELDS,
    "role": ROLES,
    "state": STATES,
    "place": PLACES,
    "gesture": GESTURES,
    "phase": PHASES,
    "service": SERVICES,
    "effect": EFFECTS,
    "rule_change": RULE_CHANGES,
    "rule_field": RULE_FIELDS,
    "obstacle": OBSTACLES,
    "supposition": SUPPOSITIONS,
    "alarm": ALARMS,
    "alarm_step": ALARM_STEPS,
    "ground": GROUNDS,
    "authority": AUTHORITIES,
    "outcome": OUTCOMES,
    "hold_reason": HOLD_REASONS,
    "proposal": PROPOSALS,
    "proposal_outcome": PROPOSAL_OUTCOMES,
    "hold_state": HOLD_STATES,
    "hold_step": HOLD_STEPS,
    "incident_state": INCIDENT_STATES,
    "training_state": TRAINING_STATES,
    "anomaly_state": ANOMALY_STATES,
    "inactive_rule": INACTIVE_RULES,
    "break_glass_state": BREAK_GLASS_STATES,
    "verdict": VERDICTS,
    "access_end": ACCESS_ENDS,
    "anomaly_count": ANOMALY_COUNTS,
    "anomaly_seen": ANOMALY_SEEN,
    "false_alarm": FALSE_ALARMS,
    "incident_step": INCIDENT_STEPS,
    "incident_duty": INCIDENT_DUTIES,
    "access_reason": ACCESS_REASONS,
    "reason": REASONS,
    "method": METHODS,
    "level": LEVELS,
    "clock_state": CLOCK_STATES,
    "letter_state": LETTER_STATES,
    "message": MESSAGES,
    "withheld": WITHHELD,
    "waiting_for": WAITING_FOR,
    "message_class": MESSAGE_CLASSES,
    "message_outcome": MESSAGE_OUTCOMES,
    "outcome_reason": OUTCOME_REASONS,
    "case_step": CASE_STEPS,
    "rights_kind": RIGHTS_KINDS,
    "rights_state": RIGHTS_STATES,
    "rights_outcome": RIGHTS_OUTCOMES,
    "rights_reminder": RIGHTS_REMINDERS,
    "extension_reason": EXTENSION_REASONS,
    "rights_act": RIGHTS_ACTS,
    "dispute_outcome": DISPUTE_OUTCOMES,
    "notification": NOTIFICATIONS,
    "identity_check": IDENTITY_CHECKS,
    "demand_filter": DEMAND_FILTERS,
    "demand_state": DEMAND_STATES,
    "demand_outcome": DEMAND_OUTCOMES,
    "demand_step": DEMAND_STEPS,
    "checked_point": CHECKED_POINTS,
    "contest_reason": CONTEST_REASONS,
    "contest_forum": CONTEST_FORUMS,
    "contest_result": CONTEST_RESULTS,
    "secrecy": SECRECIES,
    "withheld_reason": WITHHELD_REASONS,
}
NOTICES: Final[Mapping[str, Notice]] = {
    "demand-noted": Notice("good", marked("The demand is noted.")),
    "demand-unknown": Notice(
        "warn", marked("The demand is noted. Somebody it names is nobody whom we know.")
    ),
    "demand-checked": Notice("good", marked("The answers are kept.")),
    "demand-contested": Notice("good", marked("Contested: nothing is disclosed meanwhile.")),
    "demand-settled": Notice("good", marked("What contesting came to is recorded.")),
    "demand-secrecy": Notice("good", marked("The secrecy is changed.")),
    "demand-prepared": Notice(
        "good", marked("Every service is composing its part. Look again in a moment.")
    ),
    "demand-approved": Notice("good", marked("Approved: the file can be handed over, once.")),
    "demand-declined": Notice("good", marked("Refused: what was composed is gone.")),
    "demand-closed": Notice("good", marked("The demand is closed.")),
    "saved": Notice("good", marked("Saved.")),
    "brought": Notice("good", marked("Taken over. What came from elsewhere is listed below.")),
    "notices-read": Notice("good", marked("All notices are marked as read.")),
    "rights-asked": Notice(
        "good", marked("Your request has arrived. The day by which we answer stands with it.")
    ),
    "access-file-asked": Notice(
        "good",
        marked("Your file is being made: within minutes it can be downloaded below, once."),
    ),
    "rights-confirmed": Notice("good", marked("Thank you: we know now that the request is yours.")),
    "rights-withdrawn": Notice("good", marked("Your request is taken back.")),
    "rights-entered": Notice(
        "good", marked("The case is open, and the person is told of the receipt.")
    ),
    "rights-extended": Notice("good", marked("Two months more. The person is told why.")),
    "disputed": Notice(
        "good", marked("Marked as wrong. It is decided within 48 hours, and you will see it here.")
    ),
    "dispute-settled": Notice("good", marked("Decided. The person sees it.")),
    "recipient-told": Notice("good", marked("Noted. The person sees that it was told.")),
    "rights-link": Notice(
        "good", marked("The link is on its way again. The one before stays good too.")
    ),
    "rights-answered": Notice("good", marked("Answered. The case is closed.")),
    "trainer-assigned": Notice("good", marked("Assigned. The trainer sees this group's learners.")),
    "trainer-withdrawn": Notice(
        "good", marked("Taken back. The trainer no longer sees this group's learners.")
    ),
    "speaker-assigned": Notice(
        "good", marked("Assigned. The speaker sees the participants while the session lasts.")
    ),
    "speaker-withdrawn": Notice("good", marked("No external speaker comes to this session.")),
    "session-planned": Notice("good", marked("The session is planned.")),
    "session-cancelled": Notice(
        "good", marked("The session is cancelled, and everybody who takes part is told.")
    ),
    "session-moved": Notice(
        "good", marked("The session is moved, and everybody who takes part is told.")
    ),
    "seat-given-up": Notice(
        "good", marked("You do not come to the session. You can change your mind until it is over.")
    ),
    "seat-taken": Notice("good", marked("You come to the session.")),
    "guardian-asked": Notice("good", marked("We have written to your guardian once more.")),
    "minor-reported": Notice("good", marked("The account is blocked, and the learner is told.")),
    "report-withdrawn": Notice("good", marked("The report is taken back, the account is open.")),
    "dead-letter-replayed": Notice("good", marked("Sent again to where it came from.")),
    "dead-letter-discarded": Notice("good", marked("Put aside.")),
    "password-changed": Notice(
        "good", marked("Your password is replaced and every session has ended. Sign in with it.")
    ),
    "password-changed-here": Notice(
        "good", marked("Your password is replaced. Every other session has ended.")
    ),
    "email-asked": Notice(
        "good", marked("Both addresses have been written to. Follow the link sent to the new one.")
    ),
    "email-cancelled": Notice("good", marked("Given up: your address stays what it is.")),
    "session-ended": Notice("good", marked("This session has ended.")),
    "signed-out": Notice("good", marked("You are signed out.")),
    "enrolled": Notice("good", marked("You are enrolled. Your first exercise awaits you below.")),
    "enrolment-ended": Notice("good", marked("Your enrolment has ended.")),
    "consent-granted": Notice(
        "good", marked("Thank you. Your consent is recorded; you may withdraw it here at any time.")
    ),
    "consent-withdrawn": Notice(
        "good", marked("Withdrawn. We stop every use that rested on this consent at once.")
    ),
    "objection-raised": Notice(
        "good", marked("Recorded with what you were shown. It stops at once, everywhere.")
    ),
    "objection-lifted": Notice("good", marked("Recorded. Your objection is lifted.")),
    "restriction-raised": Notice(
        "good", marked("Recorded with what you were shown. This data is kept and no longer used.")
    ),
    "restriction-lifted": Notice("good", marked("Recorded. This data may be used again.")),
    "paid": Notice("good", marked("Your payment is recorded.")),
    "recording-kept": Notice("good", marked("This recording is kept at your request.")),
    "recording-released": Notice("good", marked("This recording goes at its term.")),
    "asked": Notice("good", marked("Your request has reached our support.")),
    "replied": Notice("good", marked("Your answer has been sent.")),
    "resolved": Notice("good", marked("The request is marked as resolved.")),
    "noted": Notice("good", marked("Noted.")),
    "assigned": Notice("good", marked("Recorded who takes care of it.")),
    "handed-over": Notice("good", marked("Handed over: the other queue has it now.")),
    "reopened": Notice("good", marked("The request is open again.")),
    "decided": Notice("good", marked("Your decision is recorded.")),
    "appointed": Notice(
        "good",
        marked("Appointed; some roles count once confirmed."),
    ),
    "appointment-confirmed": Notice("good", marked("The role counts from now on.")),
    "provider-invited": Notice(
        "good",
        marked("Within seven days the first sign-in with the provider links the account."),
    ),
    "departed": Notice("good", marked("Every right of this member of staff has ended.")),
    "recorded": Notice("good", marked("The recording is registered; it goes after 30 days.")),
    "access-taken": Notice(
        "warn",
        marked(
            "Emergency access is open. The officer and security have been told; every page you"
            " open is recorded, and the person sees it."
        ),
    ),
    "access-ended": Notice("good", marked("The emergency access has ended.")),
    "access-reviewed": Notice("good", marked("The verdict is recorded.")),
    "anomaly-dismissed": Notice("good", marked("The anomaly is settled as a false alarm.")),
    "incident-judgement": Notice("good", marked("The judgement is recorded.")),
    "incident-opened": Notice("good", marked("The incident is open; the 72 hours run.")),
    "incident-extent": Notice("good", marked("The extent is computed.")),
    "incident-risk": Notice("good", marked("The assessment is recorded.")),
    "incident-measures": Notice("good", marked("The measures are recorded.")),
    "incident-notification": Notice("good", marked("The notification is recorded.")),
    "incident-disclosure": Notice("good", marked("The persons concerned are being told.")),
    "incident-closure": Notice("good", marked("The incident is closed.")),
    "hold-placed": Notice("good", marked("The hold is in force.")),
    "hold-reviewed": Notice("good", marked("The review is recorded.")),
    "hold-extended": Notice("good", marked("The hold ends later now; the reason is recorded.")),
    "matter-opened": Notice("good", marked("The matter is open: holds may belong to it.")),
    "policy-accepted": Notice("good", marked("Your answer is recorded: you accept the change.")),
    "policy-refused": Notice("good", marked("Your answer is recorded: you refuse the change.")),
    "event-announced": Notice(
        "good", marked("The event is announced. Whoever consents to invitations is mailed one.")
    ),
    "event-called-off": Notice("good", marked("No invitation to this event leaves any more.")),
    "policy-told": Notice("good", marked("Noted, with your name and the time.")),
    "policy-published": Notice(
        "good", marked("The version is published. Whoever has to be told is told from now on.")
    ),
    "second-person-asked": Notice(
        "good",
        marked("Asked for. It takes place once a second person confirms it, within seven days."),
    ),
    "proposal-confirmed": Notice("good", marked("Confirmed: it takes place now.")),
    "proposal-refused": Notice("good", marked("Refused: nothing takes place.")),
    "proposal-withdrawn": Notice("good", marked("Withdrawn: nothing takes place.")),
    "sign-in-over": Notice(
        "warn", marked("This sign-in has waited too long. Give your password again.")
    ),
    "proposal-over": Notice(
        "warn", marked("This secret was not confirmed in time. Add the app again.")
    ),
    "authenticator-added": Notice("good", marked("Added. Your other sessions have ended.")),
    "authenticator-removed": Notice("good", marked("Removed. Your other sessions have ended.")),
    "processor-declared": Notice("good", marked("The processor is registered.")),
    "processor-amended": Notice("good", marked("What is agreed is recorded.")),
    "processor-ended": Notice("good", marked("Nothing flows to this processor any more.")),
    "penetration-test-recorded": Notice("good", marked("The test is recorded.")),
    "finding-recorded": Notice("good", marked("The finding is recorded.")),
    "finding-settled": Notice("good", marked("The finding is settled.")),
    "sessions-ended": Notice("good", marked("Every session of this learner has ended.")),
    "passkey-renamed": Notice("good", marked("The passkey has its new name.")),
    "factors-removed": Notice(
        "good", marked("Your second factors are removed. Sign in and add a new one.")
    ),
    "return-stopped": Notice(
        "good",
        marked(
            "Stopped: your second factors stay. Choose a new password by the link we have sent."
        ),
    ),
    "training-recorded": Notice("good", marked("The training is recorded.")),
    "reset-asked": Notice(
        "good", marked("Asked for. It takes place once a second administrator confirms it.")
    ),
    "reset-confirmed": Notice(
        "good", marked("Every second factor is removed. A new one is enrolled at the next sign-in.")
    ),
    "session-over": Notice("warn", marked("Your session is over. Sign in again to continue.")),
}
_FIELD_ERRORS: Final[Mapping[str, str]] = {
    "missing": marked("Please fill this in."),
    "string_too_short": marked("This is too short."),
    "string_too_long": marked("This is too long."),
    "date_from_datetime_parsing": marked("Give a date, such as 24/03/1990."),
    "date_parsing": marked("Give a date, such as 24/03/1990."),
    "password_too_short": marked("Choose at least 12 characters."),
    "password_common": marked(
        "This password is known from breaches of other sites, or close to one that is. Choose"
        " another, for instance four words that do not belong together."
    ),
    "password_own_data": marked(
        "This is your own name or address, which others know. Choose something else."
    ),
    "code_wrong": marked("This code is not right, or no longer. Give the one shown now."),
    "code_spent": marked("This code has served already. Wait for the next one."),
    "receipt_date": marked(
        "Give the day of receipt: at most 60 days before it was noted, never after."
    ),
    "training_date": marked(
        "Give a day that is past, within a year, and later than the last training."
    ),
    "password_wrong": marked("This is not your present password."),
    "email_local_part": marked(
        "Before the @, use letters without accents, digits, dots and hyphens: many mail servers"
        " take nothing else."
    ),
    "unwritable": marked("This holds characters that cannot be shown. Type it anew."),
    "file_type": marked(
        "One of the files is neither a PDF nor an image (PNG, JPEG, GIF, WebP) nor plain text,"
        " whatever it is called. Choose the files again without it."
    ),
    "file_too_large": marked("A file may have 5 MB. Choose the files again, smaller."),
    "file_too_many": marked("Send 5 files at most. Choose the files again."),
    "file_empty": marked("One of the files is empty. Choose the files again."),
    "guardian-needed": marked("Under 18, give the e-mail address of a legal guardian."),
}
_FIELDS_WRONG: Final[Mapping[str, str]] = {
    "email": marked("Give an e-mail address such as name@example.com."),
    "guardian_email": marked("Give an e-mail address such as name@example.com."),
    "telephone": marked("Give a telephone number such as 06 12 34 56 78."),
    "zone": marked("Choose a time zone of the list."),
    "password": marked("Choose at least 12 characters."),
    "current_password": marked("Give your present password."),
    "subject_id": marked("Give the person’s identifier, as the list of clocks shows it."),
    "subject": marked("Give the person’s identifier, as the list of clocks shows it."),
    "reference": marked("Letters, digits, dots, dashes and colons only, such as RG-26-00001."),
    "object": marked("Give identifiers, separated by commas."),
    "reason": marked("Choose why."),
}
_WRONG: Final = marked("Please check this.")


def label(words: Wording, kind: str, code: object) -> str:
    """Return what `code` of `kind` (a key of `KINDS`) is called; an unknown code shows as it is."""
    if kind == "field" and str(code).startswith("message:"):
        return words.say(marked("Message: %(kind)s"), kind=label(words, "message", str(code)[8:]))
    known = KINDS[kind].get(str(code))
    if kind == "basis_of":
        return known or ""
    return words.say(known) if known else str(code).replace("_", " ")


def tone(state: object) -> str:
    """Return the colour in which a state is shown: good, warn, bad, plain or info."""
    return TONES.get(str(state), "info")


def field_error(name: str, code: str) -> str:
    """Return the untranslated text for what is wrong with the field `name`."""
    special = ("password_", "code_", "training_", "email_", "file_", "receipt_")
    if code.startswith(special) or code == "unwritable":
        return _FIELD_ERRORS.get(code, _WRONG)
    return _FIELDS_WRONG.get(name) or _FIELD_ERRORS.get(code, _WRONG)

"""What an account, as identity tells it, may be used for (C11.1, C11.2)."""

from dataclasses import dataclass

from services.learning.domain.errors import (
    AccountLeftError,
    AccountUnconfirmedError,
    GuardianAgreementMissingError,
)


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What the learning service knows of an account. The default is one it has never heard of."""

    confirmed: bool = False
    minor: bool = False
    guardian_agreed: bool = False
    blocked: bool = False
    closed: bool = False

    def check_may_enrol(self) -> None:
        """Let an open account pass.

        Raises:
            AccountLeftError: it is closed.
            GuardianAgreementMissingError: a minor's, blocked or without agreement (C11.1, C11.2).
            AccountUnconfirmedError: its e-mail address is not confirmed.
        """
        if self.closed:
            raise AccountLeftError
        self.check_agreement()
        if not self.confirmed:
            raise AccountUnconfirmedError

    def check_agreement(self) -> None:
        """Let pass whom a course may be taught to: no course data before a guardian agreed.

        Raises:
            GuardianAgreementMissingError: a minor's, blocked or without agreement (C11.1, C11.2).
        """
        if self.blocked or (self.minor and not self.guardian_agreed):
            raise GuardianAgreementMissingError

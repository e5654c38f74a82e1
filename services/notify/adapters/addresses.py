"""E-mail addresses as mail servers know them."""

from email_validator import validate_email


def deliverable(address: str) -> str:
    """Return `address` with its domain in ASCII (IDNA 2008).

    Raises:
        ValueError: it is no address.
    """
    found = validate_email(address, check_deliverability=False, test_environment=True)
    return f"{found.local_part}@{found.ascii_domain}"

"""Who asks: short-lived signed tokens, each of one issuer for one service (Ed25519, RFC 9864)."""

from shared.tokens.ended import EndedSessions
from shared.tokens.issue import TokenIssuer
from shared.tokens.issuers import GATEWAY, OPERATOR
from shared.tokens.jwks import PublicKeys
from shared.tokens.key_file import KeyFile, create_token_keys
from shared.tokens.verify import TokenVerifier

__all__ = [
    "GATEWAY",
    "OPERATOR",
    "EndedSessions",
    "KeyFile",
    "PublicKeys",
    "TokenIssuer",
    "TokenVerifier",
    "create_token_keys",
]

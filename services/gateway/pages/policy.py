"""The privacy policy: read, compared word by word, answered (C12)."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Json
from services.gateway.visitor import Anyone, Learner, Visitor
from shared.http.auth import Role

router = APIRouter(prefix="/privacy")


@router.get("")
async def policy(visitor: Anyone, version: str | None = None) -> Response:
    """Show the version in force, or another that is or was public."""
    part = await visitor.caller.part("consent", "/policy", version=version)
    return visitor.page("pages/privacy.html", policy=part)


@router.get("/changes")
async def changes(visitor: Anyone, since: str = "", to: str = "") -> Response:
    """Show what changes from one version to another, word by word."""
    found = await visitor.caller.get("consent", "/policy/changes", since=since, to=to)
    return visitor.page("pages/privacy_changes.html", comparison=found)


@router.get("/announced")
async def announced(visitor: Anyone) -> Response:
    """Show what a version changes that is announced, and how to answer it (C12.1)."""
    shown = await visitor.caller.get("consent", "/policy")
    own = await visitor.caller.get("consent", "/me/policy") if _is_learner(visitor) else None
    version = own["announced"] if own else shown["coming"]
    if version is None:
        return visitor.go("/privacy")
    since = own["replaces"] if own else _before(shown["versions"], version["version"])
    found = await visitor.caller.get(
        "consent", "/policy/changes", since=since, to=version["version"]
    )
    return visitor.page(
        "pages/privacy_announced.html", comparison=found, announced=version, own=own
    )


@router.post("/answer")
async def answer(visitor: Learner) -> Response:
    """Accept or refuse the announced version; either can be changed."""
    form = await visitor.form()
    said = "accepted" if form.get("answer") == "accepted" else "refused"
    await visitor.caller.send(
        "POST",
        "consent",
        "/me/policy/answers",
        {"version": form.get("version", ""), "answer": said, "language": visitor.language},
        key=form.get("once"),
    )
    return visitor.go("/privacy/announced", notice=f"policy-{said}")


def _is_learner(visitor: Visitor) -> bool:
    return visitor.role is Role.LEARNER


def _before(versions: list[Json], version: str) -> str:
    """Return the version that `version` replaces; `versions` are newest first."""
    names: list[str] = [one["version"] for one in versions]
    return names[names.index(version) + 1]

"""Becoming a learner: registration, proof of the e-mail address, agreement of a guardian."""

from datetime import date
from http import HTTPStatus

from dateutil.relativedelta import relativedelta
from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.labels import field_error
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Visitor
from services.gateway.wording import PARIS, marked

router = APIRouter()

ADULT_YEARS = 18
FIELDS = (
    "first_name",
    "last_name",
    "email",
    "telephone",
    "birth_date",
    "language",
    "password",
    "guardian_email",
)
NEEDED = ("first_name", "last_name", "email", "telephone", "birth_date", "password")


def _adult_born_before(visitor: Visitor) -> date:
    return visitor.now.astimezone(PARIS).date() - relativedelta(years=ADULT_YEARS)


@router.get("/register")
async def show_registration(visitor: Anyone) -> Response:
    """Ask for what an account needs, and say why each datum is asked (C1.1, C1.2)."""
    return visitor.page(
        "pages/register.html",
        values={"language": visitor.language},
        adult_born_before=_adult_born_before(visitor),
    )


@router.post("/register")
async def register(visitor: Anyone) -> Response:
    """Register; the answer never tells whether the address already had an account."""
    form = await visitor.form()
    values = {name: form[name] for name in FIELDS if form.get(name)}
    values.setdefault("language", visitor.language)
    shown = {name: value for name, value in values.items() if name != "password"}
    limit = _adult_born_before(visitor)
    errors = {name: field_error(name, "missing") for name in NEEDED if name not in values}
    if _minor(values.get("birth_date"), limit) and "guardian_email" not in values:
        errors["guardian_email"] = marked("Under 18, give the e-mail address of a legal guardian.")
    if errors:
        return visitor.page(
            "pages/register.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            errors={name: visitor.words.say(text) for name, text in errors.items()},
            values=shown,
            problem=visitor.words.say(marked("Some fields need correcting.")),
            adult_born_before=limit,
        )
    try:
        await visitor.caller.send(
            "POST", "identity", "/registrations", values, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/register.html", error, shown, adult_born_before=limit)
    return visitor.page(
        "pages/message.html",
        title=visitor.words.say(marked("One step left: your e-mail")),
        text=visitor.words.say(
            marked(
                "If this address can open an account, we have just sent it a link. Open it to"
                " confirm that the address is yours. Without that the account is not opened."
            )
        ),
        minor=_minor(values.get("birth_date"), limit),
        mailbox=visitor.portal.settings.mailbox_dir is not None,
    )


def _minor(birth: str | None, limit: date) -> bool:
    try:
        return birth is not None and date.fromisoformat(birth) > limit
    except ValueError:
        return False


@router.get("/confirm")
async def show_confirmation(visitor: Anyone, token: str = "") -> Response:
    """Ask for one press: mail scanners open links, only people press buttons."""
    return visitor.page("pages/confirm.html", token=token, done=False)


@router.post("/confirm")
async def confirm(visitor: Anyone) -> Response:
    """Open the account whose address is now proven."""
    form = await visitor.form()
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/confirmations",
            {"token": form.get("token", "")},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/confirm.html", error, {}, token="", done=False)
    return visitor.page("pages/confirm.html", token="", done=True)


@router.get("/guardian")
async def show_agreement(visitor: Anyone, token: str = "") -> Response:
    """Tell a legal guardian what is asked (C11.1)."""
    return visitor.page("pages/guardian.html", token=token, done=False)


@router.post("/guardian")
async def agree(visitor: Anyone) -> Response:
    """Record the guardian's agreement (C11.1)."""
    form = await visitor.form()
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/guardian-agreements",
            {"token": form.get("token", "")},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/guardian.html", error, {}, token="", done=False)
    return visitor.page("pages/guardian.html", token="", done=True)

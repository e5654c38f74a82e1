"""Becoming a learner: registration, proof of the e-mail address."""

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.labels import field_error
from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone
from services.gateway.wording import marked
from services.gateway.zones import zone_options
from shared.zones import HOME

router = APIRouter()

FIELDS = (
    "first_name",
    "last_name",
    "email",
    "telephone",
    "birth_date",
    "language",
    "zone",
    "password",
    "guardian_email",
    "guardian_name",
)
NEEDED = ("first_name", "last_name", "email", "telephone", "of_age", "password")
OF_MINORS = ("birth_date", "guardian_email", "guardian_name")
"""Asked of nobody else (C1.1)."""


@router.get("/register")
async def show_registration(visitor: Anyone) -> Response:
    """Ask for what an account needs, and say why each datum is asked (C1.1, C1.2)."""
    return visitor.page(
        "pages/register.html",
        values={"language": visitor.language, "zone": HOME},
        zones=zone_options(visitor.language),
    )


@router.post("/register")
async def register(visitor: Anyone) -> Response:
    """Register; the answer never tells whether the address already had an account."""
    form = await visitor.form()
    values = {name: form[name] for name in FIELDS if form.get(name)}
    values.setdefault("language", visitor.language)
    shown = {name: value for name, value in values.items() if name != "password"}
    shown["of_age"] = form.get("of_age", "")
    minor = form.get("of_age") == "no"
    needed = (*NEEDED, "birth_date", "guardian_email") if minor else NEEDED
    errors = {name: field_error(name, "missing") for name in needed if not form.get(name)}
    if minor and "guardian_email" in errors:
        errors["guardian_email"] = marked("Under 18, give the e-mail address of a legal guardian.")
    if not minor:
        values = {name: value for name, value in values.items() if name not in OF_MINORS}
    if errors:
        return visitor.page(
            "pages/register.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            zones=zone_options(visitor.language),
            errors={name: visitor.words.say(text) for name, text in errors.items()},
            values=shown,
            problem=visitor.words.say(marked("Some fields need correcting.")),
        )
    try:
        await visitor.caller.send(
            "POST", "identity", "/registrations", values, key=form.get("once")
        )
    except ServiceProblemError as error:
        options = zone_options(visitor.language)
        return visitor.refused("pages/register.html", error, shown, zones=options)
    return visitor.page(
        "pages/message.html",
        title=visitor.words.say(marked("One step left: your e-mail")),
        text=visitor.words.say(
            marked(
                "If this address can open an account, we have just sent it a link. Open it to"
                " confirm that the address is yours. Without that the account is not opened."
            )
        ),
        minor=minor,
        mailbox=visitor.portal.settings.mailbox_dir is not None,
    )


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

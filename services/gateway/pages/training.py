"""Learning: the dashboard, the catalogue, enrolments and their exercises."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.services import Json, ServiceProblemError, items
from services.gateway.visitor import Anyone, Learner, Visitor
from services.gateway.wording import marked
from shared.http.auth import Role

router = APIRouter()


@router.get("/dashboard")
async def dashboard(visitor: Learner) -> Response:
    """Show courses in progress, suggestions with the reason for each, and what waits."""
    me, enrolments, suggestions, invoices, messages, policy = await visitor.caller.parts(
        ("identity", "/me"),
        ("learning", "/me/enrolments"),
        ("learning", "/me/suggestions"),
        ("learning", "/me/invoices"),
        ("notify", "/me/messages"),
        ("consent", "/me/policy"),
    )
    if me.data and me.data["state"] == "blocked":
        return visitor.go("/account/minority")
    return visitor.page(
        "pages/dashboard.html",
        me=me,
        enrolments=enrolments,
        suggestions=suggestions,
        unpaid=[one for one in items(invoices.data) if one.get("status") != "paid"],
        messages=messages,
        policy=policy,
        parts=(me, enrolments, suggestions, invoices, messages, policy),
    )


@router.get("/modules")
async def catalogue(visitor: Anyone) -> Response:
    """Show every module."""
    modules = await visitor.caller.part("learning", f"/modules?language={visitor.language}")
    taken = await _taken(visitor)
    return visitor.page("pages/catalogue.html", modules=modules, taken=taken)


@router.get("/modules/{module_id}")
async def module(visitor: Anyone, module_id: str) -> Response:
    """Show one module: what is taught, what it costs, what enrolling means."""
    found = await visitor.caller.get("learning", f"/modules/{module_id}", language=visitor.language)
    taken = await _taken(visitor)
    return visitor.page("pages/module.html", module=found, enrolment_id=taken.get(module_id))


@router.post("/modules/{module_id}/enrolment")
async def enrol(visitor: Learner, module_id: str) -> Response:
    """Enrol: the contract starts and an invoice is issued (C9.1)."""
    form = await visitor.form()
    started = await visitor.caller.send(
        "POST", "learning", "/me/enrolments", {"module_id": module_id}, key=form.get("once")
    )
    return visitor.go(f"/enrolments/{started['enrolment_id']}", notice="enrolled")


@router.get("/enrolments/{enrolment_id}")
async def enrolment(visitor: Learner, enrolment_id: str) -> Response:
    """Show one course: exercises done and to do, and how far the certification is."""
    found = await visitor.caller.get("learning", f"/me/enrolments/{enrolment_id}")
    taught = await visitor.caller.get(
        "learning", f"/modules/{found['module_id']}", language=visitor.language
    )
    return visitor.page("pages/enrolment.html", enrolment=found, module=taught)


@router.get("/enrolments/{enrolment_id}/end")
async def show_end(visitor: Learner, enrolment_id: str) -> Response:
    """Explain what ending the contract means; with scripts a dialog shows the same."""
    found = await visitor.caller.get("learning", f"/me/enrolments/{enrolment_id}")
    return visitor.page("pages/end_enrolment.html", enrolment=found)


@router.post("/enrolments/{enrolment_id}/end")
async def end_enrolment(visitor: Learner, enrolment_id: str) -> Response:
    """End the contract before its last day."""
    form = await visitor.form()
    await visitor.caller.send(
        "DELETE", "learning", f"/me/enrolments/{enrolment_id}", key=form.get("once")
    )
    return visitor.go("/dashboard", notice="enrolment-ended")


@router.get("/enrolments/{enrolment_id}/exercises/{exercise_id}")
async def exercise(visitor: Learner, enrolment_id: str, exercise_id: str) -> Response:
    """Ask one exercise."""
    context = await _exercise(visitor, enrolment_id, exercise_id)
    return visitor.page("pages/exercise.html", result=None, **context)


@router.post("/enrolments/{enrolment_id}/exercises/{exercise_id}")
async def answer(visitor: Learner, enrolment_id: str, exercise_id: str) -> Response:
    """Hand in an answer and show its score with feedback."""
    form = await visitor.form()
    context = await _exercise(visitor, enrolment_id, exercise_id)
    given = answer_in(form, context["exercise"])
    if not given:
        return visitor.page(
            "pages/exercise.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            result=None,
            values=form,
            errors={"answer": visitor.words.say(marked("Please fill this in."))},
            **context,
        )
    try:
        result = await visitor.caller.send(
            "POST",
            "learning",
            f"/me/enrolments/{enrolment_id}/answers",
            {"exercise_id": exercise_id, "answer": given},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/exercise.html", error, form, result=None, **context)
    return visitor.page("pages/exercise.html", result=result, values=form, **context)


def answer_in(form: Mapping[str, str], exercise: Json) -> str | list[str]:
    """Return the answer that a submitted form gives to `exercise`; empty where it is incomplete."""
    match exercise["kind"]:
        case "multiple_choice":
            return [one["id"] for one in exercise["options"] if form.get(f"pick-{one['id']}")]
        case "ordering":
            places = {one["id"]: form.get(f"place-{one['id']}", "") for one in exercise["options"]}
            return sorted(places, key=lambda item: places[item].zfill(3))
        case "simulation":
            moves = [form.get(f"step-{turn}", "") for turn, _ in enumerate(exercise["steps"], 1)]
            return moves if all(moves) else []
        case _:
            return form.get("answer", "")


async def _exercise(visitor: Visitor, enrolment_id: str, exercise_id: str) -> dict[str, Json]:
    found = await visitor.caller.get("learning", f"/me/enrolments/{enrolment_id}")
    taught = await visitor.caller.get(
        "learning", f"/modules/{found['module_id']}", language=visitor.language
    )
    for number, one in enumerate(taught["exercises"], 1):
        if one["exercise_id"] == exercise_id:
            following = taught["exercises"][number : number + 1]
            return {
                "enrolment": found,
                "module": taught,
                "exercise": one,
                "number": number,
                "following": following[0] if following else None,
            }
    raise HTTPException(HTTPStatus.NOT_FOUND)


async def _taken(visitor: Visitor) -> dict[str, str]:
    if visitor.role is not Role.LEARNER:
        return {}
    mine = await visitor.caller.part("learning", "/me/enrolments")
    return {one["module_id"]: one["enrolment_id"] for one in items(mine.data)}

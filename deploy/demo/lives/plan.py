"""Writing one life: steps on session days, with every personal value planted as a canary."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from dateutil.relativedelta import relativedelta

from deploy.demo.lives import actions as a
from deploy.demo.lives.canaries import CanaryBook
from deploy.demo.lives.session_days import PARIS, is_usual
from shared.personal import Category

GIVEN_NAMES: Final = (
    *("Aubin", "Blanche", "Cyprien", "Douce", "Emery", "Florine", "Gaspard", "Hermine", "Isaure"),
    *("Joris", "Ketty", "Loup", "Maelle", "Nestor", "Odilon", "Perle", "Quentin", "Rosemonde"),
    *("Sylvain", "Tiphaine", "Ursule", "Victoire", "Wilfried", "Xavier", "Ysaline", "Zoltan"),
)
BROWSERS: Final = ("Firefox", "Chromium", "Safari", "Edge")
PACES: Final = ("une heure par semaine", "deux soirs par mois", "un module par trimestre")
FORMATS: Final = ("lecture", "exercices", "simulations", "échanges en direct")
METHODS: Final = ("card", "bank_transfer", "direct_debit")
ADULT_AT_MOST_YEARS: Final = 50


class Plan:
    """Collects the steps of one life."""

    def __init__(
        self,
        key: str,
        kind: str,
        *,
        instants: Sequence[datetime],
        rng: random.Random,
        book: CanaryBook,
    ) -> None:
        self.key = key
        self.kind = kind
        self.rng = rng
        self._instants = instants
        self._book = book
        self._steps: dict[tuple[datetime, int], list[a.Action]] = {}
        self._given_name = rng.choice(GIVEN_NAMES)
        self._counts: dict[str, int] = {}
        self._present: set[int] = set()
        self.email = ""

    def life(self) -> a.Life:
        """Return what was planned, in order."""
        steps = tuple(
            a.Step(at, phase, tuple(actions))
            for (at, phase), actions in sorted(self._steps.items(), key=lambda item: item[0])
        )
        return a.Life(self.key, self.kind, steps)

    def label(self, what: str) -> str:
        """Return the next label of its sort: `enrolment-1`, `enrolment-2`, ..."""
        self._counts[what] = self._counts.get(what, 0) + 1
        return f"{what}-{self._counts[what]}"

    def later(self, place: int, days: int) -> int | None:
        """Return the first session day at least `days` after that at `place`, if there is one."""
        return self.not_before(self._instants[place] + timedelta(days=days))

    def not_before(self, instant: datetime) -> int | None:
        """Return the first usual session day at or after `instant`, if there is one."""
        for index, candidate in enumerate(self._instants):
            if candidate >= instant and is_usual(candidate):
                return index
        return None

    def within(self, first: datetime, last: datetime) -> int | None:
        """Return a session day between two instants, if need be an unusual one."""
        return next((n for n, at in enumerate(self._instants) if first <= at <= last), None)

    def at(self, place: int) -> datetime:
        """Return the instant of the session day at `place`."""
        return self._instants[place]

    def do(self, place: int, *actions: a.Action, phase: int = 0) -> None:
        """Plan `actions` on a session day."""
        self._steps.setdefault((self._instants[place], phase), []).extend(actions)

    def visit(self, place: int, *actions: a.Action, phase: int = 0) -> None:
        """Plan `actions` on a session day, after a sign-in unless there is one that day."""
        if place in self._present:
            self.do(place, *actions, phase=phase)
            return
        self._present.add(place)
        month = self._instants[place].astimezone(PARIS).strftime("%Y-%m")
        name = self._book.slug(self.key, Category.TECHNICAL_TRACES, "browser", f"month-{month}")
        sign_in = a.SignIn(
            address=self._book.address(self.key, f"month-{month}"),
            browser=f"{self.rng.choice(BROWSERS)}/1.0 ({name})",
        )
        self.do(place, sign_in, *actions, phase=phase)

    def register(self, place: int, *, age: int | None = None, guardian: bool = False) -> None:
        """Plan the request for an account; an adult's unless `age` in years is given."""
        years = self.rng.randrange(20, ADULT_AT_MOST_YEARS) if age is None else age
        born = self._instants[place].date() - relativedelta(
            years=years, days=self.rng.randrange(300)
        )
        if not self.email:
            self.email = self.address("email")
        self.do(
            place,
            a.Register(
                first_name=f"{self._given_name} {self.word(Category.CIVIL_IDENTITY, 'first_name')}",
                last_name=self.word(Category.CIVIL_IDENTITY, "last_name"),
                email=self.email,
                telephone=self._book.telephone(self.key),
                birth_date=born,
                language=self.language(),
                password=self._book.password(self.key),
                guardian_email=self.address("guardian_email") if guardian else None,
            ),
        )

    def confirm(self, place: int, *actions: a.Action) -> None:
        """Plan the confirmation, once its message is there, and a first sign-in."""
        self.do(place, a.Confirm(), phase=1)
        self.visit(place, *actions, phase=1)

    def contact(self, place: int, *, joins: bool = False) -> None:
        """Plan a message through the contact form, from an address that may register later.

        What is asked by who `joins` goes on under the account, so it holds nothing to look for.
        """
        word = self.word(Category.PROSPECT, "name")
        if not self.email:
            self.email = self._book.email(self.key, Category.PROSPECT, "email", self._given_name)
        message = "Je négocie pour la première fois"
        if not joins:
            message = self.sentence(Category.PROSPECT, "message", message)
        context = self.sentence(Category.PROSPECT, "context", "Association de quartier")
        self.do(
            place,
            a.ContactAsProspect(
                name=f"{self._given_name} {word}",
                email=self.email,
                message=message,
                context=context,
                language=self.language(),
            ),
        )

    def profile(self) -> a.DescribeProfile:
        """Return a description of goals and preferences."""
        return a.DescribeProfile(
            goals=self.sentence(Category.PROFILE, "goals", "Défendre un budget de formation"),
            experience=self.sentence(Category.PROFILE, "experience", "Deux négociations annuelles"),
            availability=self.sentence(Category.PROFILE, "availability", "Le mardi soir"),
            pace=self.rng.choice(PACES),
            format=self.rng.choice(FORMATS),
        )

    def rectify(self) -> a.Rectify:
        """Return a correction of the last name."""
        return a.Rectify(self.word(Category.CIVIL_IDENTITY, "last_name"))

    def enrol(self, module: int) -> tuple[str, a.Enrol, a.Pay]:
        """Return the label of a new enrolment, the enrolment and the payment of its invoice."""
        label = self.label("enrolment")
        method = self.rng.choice(METHODS)
        return label, a.Enrol(label, module), a.Pay(label, method)

    def answer(self, enrolment: str, count: int, *, last: bool = False) -> a.Answer:
        """Return answers to the next `count` exercises, or to all that are left."""
        figures = tuple(
            self._book.figure(self.key, Category.LEARNING_HISTORY, "answer", enrolment)
            for _ in range(count)
        )
        return a.Answer(enrolment, figures, last=last, choice=self.rng.randrange(1000))

    def certify(self, enrolment: str, decision: Literal["granted", "refused"]) -> a.Certify:
        """Return a trainer's decision with its comment."""
        comment = self.sentence(
            Category.LEARNING_HISTORY, "comment", "Argumentation suivie", enrolment
        )
        return a.Certify(enrolment, decision, comment)

    def support(self, place: int, days: int, *, reopened: bool) -> None:
        """Plan a support exchange that starts on a visit and is resolved `days` later."""
        label = self.label("request")
        text = self.sentence(Category.SUPPORT, "message", "Je ne retrouve plus mon exercice", label)
        self.do(place, a.AskSupport(label, text), phase=2)
        reply = self.sentence(Category.SUPPORT, "reply", "Voici où le retrouver", label)
        self.do(place, a.AnswerSupport(label, reply), phase=3)
        end = self.later(place, days)
        if end is None:
            return
        self.do(end, a.ResolveSupport(label))
        again = self.later(end, 40) if reopened else None
        if again is not None:
            self.do(again, a.ReopenSupport(label))
            final = self.later(again, 20)
            if final is not None:
                self.do(final, a.ResolveSupport(label))

    def record(self, place: int, *, keeps: bool) -> str:
        """Plan the recording of a session; the learner keeps it on the same day or not at all."""
        label = self.label("recording")
        title = self.sentence(Category.RECORDING, "title", "Séance en direct", label)
        location = f"https://video.test/{self._place(label)}"
        self.do(place, a.RecordSession(label, title, location), phase=2)
        if keeps:
            self.do(place, a.KeepRecording(label, keeps=True), phase=3)
        return label

    def word(self, category: Category, field: str, label: str = "-") -> str:
        """Return a fresh word planted under a category of this person."""
        return self._book.word(self.key, category, field, object=label)

    def sentence(self, category: Category, field: str, start: str, label: str = "-") -> str:
        """Return a sentence with a fresh word in it."""
        return f"{start} avec {self.word(category, field, label)}."

    def address(self, field: str) -> str:
        """Return a fresh e-mail address of this person."""
        return self._book.email(self.key, Category.CONTACT, field, self._given_name)

    def language(self) -> Literal["fr", "en"]:
        """Return a language: French for four in five."""
        return "en" if self.rng.random() < 0.2 else "fr"  # noqa: PLR2004 - one in five

    def _place(self, label: str) -> str:
        return self._book.slug(self.key, Category.RECORDING, "location", label)

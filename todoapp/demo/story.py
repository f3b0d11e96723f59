"""What happened at Northwind in the last weeks: each task with the deeds that were done to it, in hours from now."""

from dataclasses import dataclass, field
from typing import Any

Step = tuple[float, str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """One task. `made` and the steps are hours ago; `due` is hours from now, negative when late."""

    title: str
    by: str
    to: str | None
    made: float
    due: float | None = None
    priority: str = "medium"
    tags: tuple[str, ...] = ()
    visibility: str = "private"
    description: str = ""
    estimate_hours: float | None = None
    parts: tuple[tuple[str, bool], ...] = ()
    steps: tuple[Step, ...] = field(default=())


def step(hours_ago: float, who: str, verb: str, **said: Any) -> Step:
    """One deed of a story."""
    return (hours_ago, who, verb, said)


def worked(who: str, *hours: float) -> tuple[Step, ...]:
    """Accepted and then worked on in stretches: start, stop, start, stop … in hours ago; completed at the last."""
    deeds = [step(hours[0] + 0.5, who, "accept")]
    for place, at in enumerate(hours):
        last = place == len(hours) - 1
        verb = "start" if place % 2 == 0 else "complete" if last else "pause"
        deeds.append(step(at, who, verb, **({"reason": "end of day"} if verb == "pause" else {})))
    return tuple(deeds)


LOGIN = """After signing in through the company's SAML provider, Safari 19 drops the session cookie because the redirect
ends on a different host. Chrome and Firefox are fine."""

NORTHWIND = (
    Story(
        "Fix login bug on Safari after SSO redirect",
        by="Asha",
        to="Dilip",
        made=98,
        due=-22,
        priority="high",
        tags=("auth",),
        description=LOGIN,
        estimate_hours=4,
        parts=(
            ("Reproduce on Safari 19", True),
            ("Log the cookie attributes on the callback", True),
            ("Serve the callback from the account's own host", True),
            ("Add a test for the redirect", False),
            ("Ask the customer to confirm", False),
        ),
        steps=(
            step(80, "Dilip", "accept"),
            step(50, "Dilip", "start"),
            step(48, "Dilip", "pause", reason="end of day", progress_percentage=30),
            step(1.7, "Dilip", "resume"),
        ),
    ),
    Story(
        "Upgrade payment SDK",
        by="Asha",
        to="Dilip",
        made=150,
        due=-4,
        priority="high",
        tags=("billing",),
        estimate_hours=6,
        steps=(
            step(75, "Dilip", "start"),
            step(72.8, "Dilip", "pause", reason="Waiting for vendor sandbox keys", progress_percentage=40),
        ),
    ),
    Story(
        "Accessibility pass on the invite flow",
        by="Asha",
        to="Dilip",
        made=120,
        tags=("design",),
        steps=(
            step(29, "Dilip", "start"),
            step(28.2, "Dilip", "pause", reason="Blocked by new copy", waiting_for="Lena", progress_percentage=60),
        ),
    ),
    Story("Rate limits: return Retry-After on every 429", "Asha", "Dilip", 20, 6, "high", ("api",)),
    Story("Rotate webhook signing keys", "Asha", "Dilip", 44, 52, tags=("security",), estimate_hours=2),
    Story("Draft Q1 capacity plan for the support rota", "Asha", "Dilip", 43, 168, visibility="team"),
    Story(
        "Invoice export shows the wrong time zone for accounts east of UTC",
        "Asha",
        "Dilip",
        30,
        75,
        tags=("billing",),
        parts=(
            ("Collect three examples", False),
            ("Find where the zone is lost", False),
            ("Test with Auckland", False),
        ),
        steps=(step(26, "Dilip", "accept"),),
    ),
    Story(
        "Audit log: record role changes with the actor",
        "Asha",
        "Dilip",
        220,
        -40,
        "high",
        ("compliance",),
        steps=worked("Dilip", 190, 187.5, 170, 167.3),
    ),
    Story("Nightly digest skips people on leave", "Asha", "Dilip", 200, None, steps=worked("Dilip", 146, 144.5)),
    Story(
        "Migrate session store to Redis 8",
        "Nora",
        "Asha",
        140,
        28,
        "high",
        ("platform",),
        estimate_hours=12,
        steps=(step(130, "Asha", "accept"), step(120, "Asha", "assign", to="Omar"), *worked("Omar", 90, 87, 60)[:-1]),
    ),
    Story("New copy for the invite mail", "Asha", "Lena", 60, 20, tags=("copy",), steps=worked("Lena", 3)),
    Story("Icons for the pause reasons", "Asha", "Lena", 90, 90, tags=("design",), steps=(step(80, "Lena", "accept"),)),
    Story("Review the empty states with support", "Asha", "Lena", 70, 110, "low", ("design", "support")),
    Story("Contrast of the warning colour in dark mode", "Lena", "Lena", 95, 30, tags=("design",)),
    Story("Onboarding tour: cut it to three steps", "Asha", "Lena", 300, -100, steps=worked("Lena", 200, 195)),
    Story("Restore test of last week's backup", "Asha", "Omar", 200, -216, "high", ("platform",)),
    Story("Alert when the queue is older than five minutes", "Asha", "Omar", 150, -48, tags=("platform",)),
    Story("Move the staging database to the new zone", "Asha", "Omar", 140, -20, "high", ("platform",)),
    Story(
        "Certificates expire in December",
        "Jonas",
        "Omar",
        60,
        -3,
        "high",
        ("security",),
        steps=(
            step(40, "Omar", "start"),
            step(38, "Omar", "pause", reason="Waiting for the registrar", progress_percentage=20),
        ),
    ),
    Story("Write rollback plan for the November release", "Asha", "Omar", 50, 26, tags=("platform",)),
    Story("Try the importer with the Trello board of sales", "Asha", "Mei", 70, -2, tags=("import",)),
    Story(
        "Translate the reset mail into Japanese",
        "Asha",
        "Mei",
        64,
        80,
        tags=("copy",),
        steps=worked("Mei", 4, 2.5, 0.6),
    ),
    Story("Test the invite flow on an iPad", "Asha", "Mei", 40, 50, steps=(step(30, "Mei", "accept"),)),
    Story("Survey: why do teams stop using boards", "Asha", "Sofia", 90, 60, tags=("research",)),
    Story("Collect quotes for the launch page", "Asha", "Sofia", 80, 100, "low", ("research", "copy")),
    Story(
        "Interview five managers about load", "Asha", "Sofia", 100, 140, tags=("research",), steps=worked("Sofia", 5)
    ),
    Story("Publish the October numbers", "Asha", "Sofia", 260, -150, steps=worked("Sofia", 180, 177)),
    Story("Price list for enterprise", "Jonas", "Priya", 90, 30, "high", ("sales",), steps=worked("Priya", 6, 5, 2)),
    Story("Answer the security questionnaire of Halden", "Jonas", "Priya", 70, -6, "high", ("sales", "security")),
    Story("Renewals due in January", "Jonas", "Priya", 60, 200, tags=("sales",)),
    Story("Call back Fjord Logistics", "Jonas", "Tom", 30, 8, "high", ("sales",)),
    Story("Demo account for the Lagos meetup", "Jonas", "Tom", 80, 70, tags=("sales",), steps=worked("Tom", 28, 27)),
    Story("Clean the contact list", "Jonas", "Tom", 50, None, "low"),
    Story("Support macros for the new pause reasons", "Jonas", "Hana", 44, 44, tags=("support",)),
    Story("Answer time fell below one hour: tell the team", "Jonas", "Hana", 120, -60, steps=worked("Hana", 90, 89.5)),
    Story(
        "Weekly rota for December",
        "Jonas",
        "Hana",
        30,
        60,
        steps=(step(20, "Hana", "reject", reason="I am away in week 50; Tom knows the rota."),),
    ),
    Story(
        "Plan the winter release", "Nora", "Asha", 160, 240, "high", ("planning",), steps=worked("Asha", 20, 18)[:-1]
    ),
    Story("Hire a second designer", "Nora", "Asha", 150, 300, tags=("people",), steps=(step(140, "Asha", "accept"),)),
    Story("One-to-ones before the holidays", "Asha", "Asha", 60, 150, tags=("people",)),
    Story(
        "Budget for the first quarter",
        "Luca",
        "Nora",
        120,
        70,
        "high",
        ("planning",),
        steps=worked("Nora", 30, 28)[:-1],
    ),
    Story("Sales targets 2027", "Nora", "Jonas", 110, 180, tags=("planning", "sales")),
    Story("Board meeting: slides", "Luca", "Luca", 90, 100, "high", ("planning",)),
    Story("Idea: let customers vote on features", "Luca", None, 70, None, "low", visibility="account"),
    Story("Broken link in the handbook", "Lena", None, 26, None, "low", ("copy",), "account"),
    Story(
        "House rules for naming tags", "Asha", "Asha", 400, None, visibility="account", steps=worked("Asha", 300, 299)
    ),
)
ZEBRA = (
    Story("Zebra's secret plan", "Zoe", "Zak", 30, 20, "high", ("secret",)),
    Story("Paint the stripes", "Zoe", "Zita", 28, -5),
)

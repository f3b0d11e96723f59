"""What was done at Northwind weeks ago, and what is planned for weeks ahead."""

from todoapp.demo.story import Story, step, worked

NORTHWIND = (
    Story("Move the docs to the new domain", "Asha", "Omar", 640, -520, steps=worked("Omar", 600, 596)),
    Story(
        "Interview guide for managers", "Asha", "Sofia", 620, -450, tags=("research",), steps=worked("Sofia", 560, 557)
    ),
    Story("Retire the old invite links", "Asha", "Dilip", 600, -380, steps=worked("Dilip", 560, 557, 540, 538.5)),
    Story("Office hours with sales", "Jonas", "Tom", 560, -400, tags=("sales",), steps=worked("Tom", 500, 498)),
    Story("Glossary for translators", "Asha", "Mei", 520, -330, tags=("copy",), steps=worked("Mei", 470, 466.5)),
    Story("Screens of the pause dialog", "Asha", "Lena", 480, -290, tags=("design",), steps=worked("Lena", 450, 447)),
    Story("Load test of the export", "Asha", "Omar", 450, -260, "high", ("platform",), steps=worked("Omar", 380, 377)),
    Story(
        "Answer the first Lagos customers",
        "Jonas",
        "Hana",
        440,
        -310,
        tags=("support",),
        steps=worked("Hana", 340, 338),
    ),
    Story("Screencast of the timeline", "Asha", "Lena", 50, 260, tags=("design",)),
    Story("Survey results: talk for all hands", "Asha", "Sofia", 70, 310, tags=("research",)),
    Story("Which permissions does nobody use", "Asha", "Dilip", 90, 330, tags=("security",)),
    Story("Failover rehearsal", "Asha", "Omar", 120, 380, "high", ("platform",), steps=(step(100, "Omar", "accept"),)),
    Story("Price talk with Fjord Logistics", "Jonas", "Priya", 65, 350, "high", ("sales",)),
    Story("Freeze before the winter release", "Nora", "Asha", 100, 430, "high", ("planning",)),
    Story("Japanese launch: checklist", "Asha", "Mei", 80, 480, tags=("copy",), steps=(step(75, "Mei", "accept"),)),
    Story("Look back at the year with the team", "Asha", "Asha", 60, 560, tags=("people",)),
)

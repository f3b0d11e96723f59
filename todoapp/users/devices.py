"""Devices in words: what a User-Agent header says to a person."""

PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_in_words(user_agent: str | None) -> str:
    """`Firefox on Windows`; the start of the header where we know neither."""
    text = user_agent or ""
    program = next((name for mark, name in PROGRAMS if mark.lower() in text.lower()), None)
    system = next((name for mark, name in SYSTEMS if mark in text), None)
    if program and system:
        return f"{program} on {system}"
    return program or system or text.split("/")[0][:40] or "Unknown device"

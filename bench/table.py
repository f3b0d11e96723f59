"""Keeping the rows in bench/rows.jsonl, and writing them as tables into bench/README.md."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROWS = Path(__file__).with_name("rows.jsonl")
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->\n"
Row = dict[str, Any]
SIZES = ("10k", "100k", "1m")
NAMES = {
    "mariadb": "MariaDB and Redis, gunicorn with two gevent workers",
    "sqlite": "SQLite, the one process of `bin/dev`",
}
GROWN = 1.5


def keep(rows: Sequence[Row], dry: bool) -> None:
    """Put these rows in place of the earlier ones of the same cases; without more ado, print them."""
    if dry:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    kept = {_key(row): row for row in [*kept_rows(), *rows]}
    ROWS.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in sorted(kept.values(), key=_place)))


def kept_rows() -> list[Row]:
    """All rows."""
    return [json.loads(line) for line in ROWS.read_text().splitlines()] if ROWS.exists() else []


def _key(row: Row) -> tuple[str, ...]:
    return row["database"], row["size"], row["case"], row["role"]


def _place(row: Row) -> tuple[Any, ...]:
    sizes = [*SIZES, "live"]
    return row["database"], sizes.index(row["size"]) if row["size"] in sizes else len(sizes), row["size"]


def write_table() -> None:
    """Write the tables of all kept rows between the two marks."""
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + "\n" + tables(kept_rows()) + "\n" + END + after)


def tables(rows: Sequence[Row]) -> str:
    """The goals, what grows, and one table for each database and size."""
    loaded = [row for row in rows if row.get("queries") is not None]
    parts = [_goals(rows), _growth(loaded)]
    for database in NAMES:
        for size in dict.fromkeys(row["size"] for row in rows if row["database"] == database):
            here = [row for row in rows if (row["database"], row["size"]) == (database, size)]
            parts.append(_sockets(here) if size == "live" else _table(database, size, here))
    return "\n".join(part for part in parts if part)


def _table(database: str, size: str, rows: Sequence[Row]) -> str:
    loaded = [row for row in rows if row.get("queries") is not None]
    head = ("case", "as", "requests/s", "p95 ms", "CPU ms", "queries", "round trips", "KiB")
    head = (*head, "of empty", "of Y2", "of Y2 by CPU")
    lines = [_line(row) for row in loaded]
    plain = "; ".join(_said(row) for row in rows if row.get("queries") is None)
    return f"### {NAMES[database]}: {size}\n\n{_whence(rows)}\n{plain}\n\n{_grid(head, lines)}"


def _line(row: Row) -> list[str]:
    size = f"{row['bytes'] / 1024:.1f}" if "bytes" in row else "–"
    asked = [str(row["queries"]), str(row["trips"]), size]
    if row.get("wrong"):
        return [row["case"], row["role"], row["wrong"], "–", "–", *asked, "–", "–", "–"]
    rate = f"{row['per_second']:,.1f}" + ("¹" if row["by_hand"] else "") + _unchanged(row)
    shares = [_share(row[name]) for name in ("of_empty", "of_y2")]
    p95 = f"{row['p95']:,.0f}"
    if is_busy(row):
        rate, p95, shares = "–", "–", ["–", "–"]
    return [row["case"], row["role"], rate, p95, f"{row['cpu']:.1f}", *asked, *shares, _share(row["cpu_of_y2"])]


def is_busy(row: Row) -> bool:
    """Whether others had the machine when the row was measured: then its CPU and its queries count, and its times do not."""
    return bool(row["load"] > row["cores"])


def _unchanged(row: Row) -> str:
    """How many were told that nothing had changed, where that is not all."""
    told = row.get("statuses") or {}
    if not told or set(told) == {"304"}:
        return ""
    return f" ({100 * told.get('304', 0) // sum(told.values())} % 304)"


def _said(row: Row) -> str:
    if "mb" in row:
        return f"both workers and their master take {row['mb']} MB (PSS), the worker process {row['worker_mb']} MB"
    told = f"{row['case']}: {row['cpu']} ms of CPU"
    return told if is_busy(row) else f"{told}, {row['per_second']:,} requests/s, p95 {row['p95']} ms"


def _whence(rows: Sequence[Row]) -> str:
    """When, on which commit, on what, and how busy the machine was."""
    facts = ("date", "commit", "server")
    said = [", ".join(dict.fromkeys(str(row[fact]) for row in rows)) for fact in facts]
    loads = [row["load"] for row in rows]
    busy = " Others had the machine: times are left out." if any(map(is_busy, rows)) else ""
    return f"{said[0]}, commit {said[1]}, {said[2]}, load average {min(loads)} to {max(loads)}.{busy}"


def _goals(rows: Sequence[Row]) -> str:
    """What is aimed at on MariaDB, and how far we are."""
    aimed = [row for row in rows if row.get("goal") and row["database"] == "mariadb"]
    lines = [[row["case"], row["role"], row["size"], row["goal"], *_reached(row)] for row in aimed]
    head = ("case", "as", "account", "goal", "measured", "by CPU", "reached")
    return f"### The goals\n\n{_grid(head, lines)}" if lines else ""


def _reached(row: Row) -> tuple[str, str, str]:
    if row.get("wrong"):
        return row["wrong"], "–", "no"
    goal = row["goal"].split()
    if is_busy(row) and "mb" not in row and "kib_each" not in row:
        return "machine too busy", _share(row.get("cpu_of_y2")), "–"
    if goal[-1] in ("Y2", "empty"):
        share = row["of_y2" if goal[-1] == "Y2" else "of_empty"]
        return _share(share), _share(row["cpu_of_y2"]) if goal[-1] == "Y2" else "–", _yes(share >= float(goal[0]))
    if "kib_each" in row:
        return f"{row['kib_each']} KiB", "–", _yes(row["kib_each"] <= float(goal[0]))
    if "mb" in row:
        return f"{row['mb']} MB", "–", _yes(row["mb"] <= float(goal[0]))
    return f"{row['p95']} ms", "–", _yes(row["p95"] <= float(goal[-2]))


def _growth(rows: Sequence[Row]) -> str:
    """How much longer each read takes in a large account than in a small one, measured against Y2."""
    found: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        if not (row.get("wrong") or is_busy(row)) and row["case"] not in (
            "create",
            "assign",
            "start + pause",
            "sign-in",
        ):
            found.setdefault((row["database"], row["case"], row["role"]), {})[row["size"]] = row
    lines = []
    for (database, case, role), sizes in found.items():
        if SIZES[0] in sizes and len(sizes) > 1:
            small = sizes[SIZES[0]]
            grown = [_times(small["of_y2"], sizes.get(size)) for size in SIZES[1:]]
            queries = "/".join(str(sizes[size]["queries"]) for size in SIZES if size in sizes)
            lines.append([case, role, database, *grown, queries])
    head = ("case", "as", "on", "100k", "1m", "queries")
    return f"### Growth from 10k tasks, times\n\n{_grid(head, lines)}" if lines else ""


def _times(small: float, row: Row | None) -> str:
    if row is None or not row["of_y2"]:
        return "–"
    times = small / row["of_y2"]
    return f"**{times:,.1f}**" if times > GROWN else f"{times:.1f}"


def _sockets(rows: Sequence[Row]) -> str:
    lines = [
        [row["case"], f"{row['kib_each']} KiB each"]
        if "kib_each" in row
        else [row["case"], "machine too busy"]
        if is_busy(row)
        else [row["case"], f"p50 {row['p50']} ms, p95 {row['p95']} ms, the last one {row['last']} ms"]
        for row in rows
    ]
    return f"### Live\n\n{_whence(rows)}\n\n{_grid(('case', 'from a commit'), lines)}"


def _grid(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"

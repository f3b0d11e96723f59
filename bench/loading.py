"""Loading a server with wrk: keep-alive connections that each ask again as soon as they are answered."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

SCRIPT = Path(__file__).with_name("shots.lua")
CONNECTIONS = 8
PATIENCE = 30


@dataclass(slots=True)
class Shot:
    """One request. `first` is put for `{id}` in its path and counts on; `keyed` gives each a new Idempotency-Key."""

    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: str | None = None
    first: int | None = None
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load. Times in milliseconds; `refused` were answered with an error, `broken` not at all."""

    requests: int
    seconds: float
    p50: float
    p95: float
    refused: int
    broken: int
    bytes: int
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def fire(
    port: int,
    sequences: Sequence[Sequence[Shot]],
    seconds: int,
    *,
    each_its_own: bool = False,
    offset: int = 0,
    counts_statuses: bool = False,
) -> Load:
    """Load the server. All connections together fire one sequence in turn; or there are as many as sequences, and each fires
    its own.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as table:
        told = {"sequences": [[asdict(shot) for shot in shots] for shots in sequences], "offset": offset}
        table.write("return " + lua(told | {"run": token_hex(6), "counts_statuses": counts_statuses}))
        table.flush()
        connections = len(sequences) if each_its_own else CONNECTIONS
        command = ["wrk", f"-t{len(sequences)}", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{PATIENCE}s"]
        command += ["-s", str(SCRIPT), f"http://127.0.0.1:{port}", "--", table.name]
        out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 2 * PATIENCE).stdout
    return _read(out)


def _read(out: str) -> Load:
    told = json.loads(out.rpartition("RESULT ")[2])
    return Load(
        requests=told["requests"],
        seconds=told["microseconds"] / 1e6,
        p50=told["p50"] / 1000,
        p95=told["p95"] / 1000,
        refused=told["refused"],
        broken=told["broken"],
        bytes=told["bytes"],
        statuses=told["statuses"],
    )


def lua(value: Any) -> str:
    """A value in Lua's words."""
    if isinstance(value, dict):
        pairs = (f"[{lua(name)}] = {lua(one)}" for name, one in value.items() if one is not None)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(lua, value)) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)

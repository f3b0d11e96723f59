"""The product's own source, parsed."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product, parsed."""
    files = [*ROOT.glob("todoapp/**/*.py"), *ROOT.glob("tasks_queue/**/*.py")]
    files += [ROOT / "config.py", ROOT / "app.py", ROOT / "wsgi.py"]
    return {name_of(file): ast.parse(file.read_text(), str(file)) for file in files}


def name_of(file: Path) -> str:
    """The dotted name of a file."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

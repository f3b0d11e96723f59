"""The floors of the house, its words and its sizes, read from the source."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.source import ROOT, modules

LONGEST_FILE, LONGEST_FUNCTION = 350, 40

FLOORS = (
    ("config", r"config"),
    ("kit", r"todoapp\.kit(\.\w+)?"),
    ("tenancy, extensions", r"todoapp\.(tenancy|extensions)"),
    ("models", r"todoapp\.((\w+\.)*models|freshness)"),
    (
        "actor, permissions, activity",
        r"todoapp\.(actor|permissions(\.\w+)?|activity(\.(record|phrases|reactions|denials))?)",
    ),
    ("actions.py", r"todoapp\.actions"),
    ("schemas, queries, actions", r"todoapp\.\w+(\.\w+)*"),
    ("the gate", r"todoapp\.(signed_in|standing|remembered|shell|openapi|idempotency\.once)"),
    ("the frame of the administration", r"todoapp\.admin\.(base|bulk)"),
    ("faces", r"todoapp\.(?!kit\b)\w+\.(\w+_)?(pages|api|admin)|todoapp\.live(\.\w+)*"),
    ("all doors", r"todoapp|todoapp\.(faces|cli|embedded|processes|logs)|tasks_queue(\.\w+)*|app|wsgi"),
)
"""From the ground up; a module stands on the highest floor whose pattern is all of its name."""

LOADED_BY_NAME = {"todoapp.activity.deliver", "todoapp.users.passwords"}
"""Where code is imported when it runs: by the dotted names of activity/reactions.py, and dictionaries (decision 0009)."""

NAMELESS = re.compile(r"(^|_)(utils?|helpers?|misc|common|managers?)(_|$)")


def floor_of(module: str) -> int:
    """On which floor a module stands."""
    fitting = [place for place, (_name, pattern) in enumerate(FLOORS) if re.fullmatch(pattern, module)]
    exact = [place for place in fitting if place != SLICES]
    is_slice = module.count(".") > 1 or (ROOT / module.replace(".", "/")).is_dir()
    assert exact or is_slice, f"{module} stands on no floor: say where in FLOORS"
    return max(exact) if exact else SLICES


SLICES = [name for name, _pattern in FLOORS].index("schemas, queries, actions")


@cache
def imports_of(module: str) -> list[tuple[str, ast.stmt]]:
    """The modules of ours that a module imports, those for types aside."""
    typed = for_types(modules()[module])
    return [(found, node) for found, node in _imports(module, modules()[module]) if node not in typed]


def _imports(module: str, tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found = inner if inner in modules() else str(node.module)
                if found in modules():
                    yield found, node


def for_types(tree: ast.AST) -> set[ast.stmt]:
    """The imports under `if TYPE_CHECKING`."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    return {statement for block in blocks for statement in block.body}


def test_imports_go_down_only() -> None:
    wrong = [
        f"{module} ({FLOORS[floor_of(module)][0]}) imports {found} ({FLOORS[floor_of(found)][0]})"
        for module in modules()
        for found, _node in imports_of(module)
        if floor_of(found) > floor_of(module)
    ]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_every_floor_is_in_use() -> None:
    """Else a pattern holds nothing."""
    assert {floor_of(module) for module in modules()} == set(range(len(FLOORS)))


def test_nobody_imports_in_a_circle() -> None:
    edges = {module: {found for found, _node in imports_of(module)} - {module} for module in modules()}
    while leaves := {module for module, found in edges.items() if not found & edges.keys()}:
        for module in leaves:
            del edges[module]
    assert not edges, f"a circle among: {sorted(edges)}"


def test_a_face_imports_no_face_of_another_noun() -> None:
    faces = next(place for place, (name, _pattern) in enumerate(FLOORS) if name == "faces")
    wrong = [
        f"{module} imports {found}"
        for module in modules()
        for found, _node in imports_of(module)
        if floor_of(module) == floor_of(found) == faces and module.split(".")[1] != found.split(".")[1]
    ]
    assert set(wrong) <= BORROWED, "\n".join(sorted(set(wrong) - BORROWED))


BORROWED = {"todoapp.comments.pages imports todoapp.tasks.pages"}
"""Faces that show a page of another noun again: a refused comment stands on its task's page."""


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [
        f"{module}:{inner.lineno}"
        for module, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong, "\n".join(wrong)


def test_code_is_loaded_by_name_in_the_known_places_alone() -> None:
    loading = {"import_module", "import_string", "__import__", "find_modules", "walk_packages"}
    found = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in loading
    }
    assert found == LOADED_BY_NAME


def test_config_alone_reads_the_environment() -> None:
    readers = {
        module
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and ast.unparse(node.value) == "os"
    }
    assert readers == {"config"}


def test_every_module_says_what_it_is() -> None:
    silent = [module for module, tree in modules().items() if not ast.get_docstring(tree)]
    assert silent == []


def test_a_slice_is_introduced_by_one_sentence() -> None:
    long = [
        module
        for module, tree in modules().items()
        if (ROOT / module.replace(".", "/") / "__init__.py").exists()
        and module not in ("todoapp", "tasks_queue", "todoapp.permissions")
        and [type(node) for node in tree.body] != [ast.Expr]
    ]
    assert long == []


def public(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """The classes and functions of a module that others may use, and the public methods of those classes."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (
                inner for inner in node.body if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_")
            )


def is_overload(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether it is only a type of the function that follows."""
    return any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)


def is_of_a_framework(module: str, node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Methods whose meaning the framework gives: SQLAlchemy's hooks, marshmallow's, dunder aside."""
    return node.name in FRAMEWORK


FRAMEWORK = {
    "process_bind_param",
    "process_result_value",
    "account_id",
    "flush",
    "get",
    "dispatch_request",
    "emit",
    "format",
}


def test_everything_public_says_what_it_does() -> None:
    silent = [
        f"{module}.{node.name}"
        for module, tree in modules().items()
        for node in public(tree)
        if not ast.get_docstring(node) and not is_overload(node) and not is_of_a_framework(module, node)
    ]
    assert not silent, "\n".join(silent)


def test_no_name_says_nothing() -> None:
    names = [part for module in modules() for part in module.split(".")]
    names += [node.name for tree in modules().values() for node in public(tree)]
    # "manager" is a role here; managers who may reassign are meant.
    empty = [name for name in names if NAMELESS.search(name) and "manager" not in name]
    assert empty == []


@pytest.mark.parametrize("folder", ["todoapp", "tasks_queue", "."])
def test_no_file_is_long(folder: str) -> None:
    files = (ROOT / folder).glob("*.py" if folder == "." else "**/*.py")
    long = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    """Its signature and its docstring aside."""
    long = {
        f"{module}.{node.name}": lines
        for module, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (lines := lines_of(node)) > LONGEST_FUNCTION
    }
    assert long == {}


def lines_of(function: ast.FunctionDef) -> int:
    """How many lines its statements take."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0

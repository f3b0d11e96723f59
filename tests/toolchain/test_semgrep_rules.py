"""Each of our semgrep rules fires on what it forbids and leaves its neighbours alone."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / ".semgrep"
SEMGREP = Path(os.environ.get("SEMGREP") or ROOT / ".venv-tools" / "bin" / "semgrep")

IMPORT_TEXT = "from sqlalchemy import text\n"

BAD = [
    ("raw-sql", "todoapp/tasks/a1.py", IMPORT_TEXT + 's.execute(text("SELECT 1"))'),
    ("raw-sql", "todoapp/tasks/a2.py", "import sqlalchemy as sa\nquery = sa.text(wanted)"),
    ("raw-sql", "todoapp/tasks/a3.py", 'connection.exec_driver_sql("SELECT 1")'),
    ("raw-sql", "todoapp/tasks/a4.py", 'cursor.execute("SELECT * FROM tasks WHERE id = %s", (1,))'),
    ("raw-sql", "todoapp/tasks/a5.py", 'cursor.execute(f"DROP TABLE {name}")'),
    ("raw-sql", "todoapp/tasks/a6.py", 'cursor.execute("DROP TABLE " + name)'),
    ("raw-sql", "tasks_queue/a7.py", 'cursor.execute("DROP TABLE %s" % name)'),
    ("raw-sql", "todoapp/tasks/a8.py", "from todoapp.extensions import db\ndb.session.execute(db.text(wanted))"),
    ("sql-in-f-string", "todoapp/tasks/b1.py", 'query = f"SELECT * FROM tasks WHERE title = {title}"'),
    ("sql-in-f-string", "todoapp/tasks/b2.py", 'query = f"""\n    DELETE FROM {table}\n"""'),
    ("unscoped-read", "todoapp/boards/c1.py", 'with across_accounts("quick"):\n    pass'),
    (
        "unscoped-read",
        "todoapp/boards/c2.py",
        'from todoapp import tenancy\nwith tenancy.across_accounts("x"):\n    go()',
    ),
    ("unscoped-read", "todoapp/boards/c3.py", "from todoapp.tenancy import ALL, enter\nenter(ALL)"),
    ("tenancy-mark", "todoapp/boards/d1.py", "select(Task).execution_options(tenancy=1)"),
    ("tenancy-mark", "todoapp/boards/d2.py", 's.execute(query, execution_options={"tenancy": 1})'),
    ("tenancy-mark", "todoapp/boards/d3.py", "select(Task).execution_options(**bound(1))"),
    ("tenancy-mark", "todoapp/boards/d4.py", "s.execute(query, execution_options=bound(1))"),
    ("tenant-set-by-hand", "todoapp/boards/e1.py", "from flask import g\ng.tenant = 1"),
    ("unsafe-markup", "todoapp/comments/f1.py", "from markupsafe import Markup\nshown = Markup(comment.text)"),
    ("unsafe-markup", "todoapp/comments/f2.py", "from flask import render_template_string\nrender_template_string(x)"),
    ("unsafe-markup", "todoapp/comments/f3.py", "app.jinja_env.autoescape = False"),
    ("unsafe-markup-in-template", "templates/tasks/g1.html", "<p>{{ task.title|safe }}</p>"),
    ("unsafe-markup-in-template", "templates/tasks/g2.html", "<p>{{ task.title | trim | safe }}</p>"),
    ("unsafe-markup-in-template", "templates/tasks/g3.html", "{% autoescape false %}{{ x }}{% endautoescape %}"),
    ("unquoted-attribute", "templates/tasks/h1.html", "<input name=title value={{ task.title }}>"),
    ("inline-script", "templates/tasks/i1.html", "<script>go()</script>"),
    ("inline-script", "templates/tasks/i2.html", '<button class="b" onclick="go()">Go</button>'),
    ("inline-script", "templates/tasks/i3.html", '<a href="javascript:go()">Go</a>'),
    ("unsafe-markup-in-script", "static/js/j1.js", "card.innerHTML = answer;"),
    ("unsafe-markup-in-script", "static/js/j2.js", 'card.insertAdjacentHTML("beforeend", answer);'),
    ("outbound-http", "todoapp/integrations/k1.py", "import requests"),
    ("outbound-http", "todoapp/integrations/k2.py", "from urllib.request import urlopen"),
    ("outbound-http", "todoapp/integrations/k3.py", "import httpx"),
    ("outbound-http", "tasks_queue/k4.py", "import http.client"),
    ("code-from-data", "tasks_queue/l1.py", "import pickle"),
    ("code-from-data", "todoapp/imports/l2.py", "import yaml\nyaml.load(text)"),
    ("code-from-data", "todoapp/imports/l3.py", "eval(text)"),
    ("code-from-data", "todoapp/imports/l4.py", "import subprocess\nsubprocess.run(line, shell=True)"),
    ("swallowed-error", "todoapp/tasks/m1.py", "try:\n    go()\nexcept Exception:\n    pass"),
    ("swallowed-error", "todoapp/tasks/m2.py", "try:\n    go()\nexcept:\n    pass"),
    ("swallowed-error", "todoapp/tasks/m3.py", "from contextlib import suppress\nwith suppress(Exception):\n    go()"),
]

GOOD = [
    ("todoapp/tenancy.py", IMPORT_TEXT + 's.execute(text("SELECT 1"))\nwith across_accounts("x"):\n    go()'),
    ("todoapp/tasks/queries.py", "select(Task).execution_options(**bound(1))"),
    ("todoapp/tasks/n1.py", "s.execute(select(Task).where(Task.id == 1))\ns.execute(delete(Task))"),
    ("todoapp/tasks/n2.py", IMPORT_TEXT + 's.execute(text("ANALYZE"))  # nosemgrep: raw-sql'),
    ("todoapp/tasks/n3.py", IMPORT_TEXT + 'kind = mapped_column(server_default=text("0"))'),
    ("todoapp/tasks/n4.py", "from urllib.parse import urlsplit\nimport json"),
    ("todoapp/tasks/n5.py", "try:\n    go()\nexcept ValueError:\n    pass"),
    ("todoapp/tasks/n6.py", 'shown = f"Selected {count} tasks to delete"'),
    ("todoapp/kit/outbound.py", "import urllib.request"),
    ("migrations/versions/n7.py", 'op.execute("UPDATE tasks SET position = id")'),
    (
        "templates/tasks/n8.html",
        '<script src="{{ url }}" defer></script><p title="{{ x }}" data-only="1">safe {{ x }}</p>',
    ),
    ("static/js/n9.js", "card.textContent = answer;"),
]


def test_every_rule_has_a_bad_sample():
    declared = {name for path in RULES.glob("*.yml") for name in re.findall(r"^  - id: (\S+)$", path.read_text(), re.M)}
    assert declared == {rule for rule, _path, _text in BAD}


def test_each_rule_fires_on_what_it_forbids_alone(tmp_path):
    if not SEMGREP.exists():
        pytest.skip("LEFT OUT: semgrep is not installed; bin/test brings it")
    for path, text in [*((path, text) for _rule, path, text in BAD), *GOOD]:
        sample = tmp_path / path
        sample.parent.mkdir(parents=True, exist_ok=True)
        sample.write_text(text + "\n")

    found = findings(tmp_path)

    assert found == {(rule, path) for rule, path, _text in BAD}


def findings(folder: Path) -> set[tuple[str, str]]:
    scan = [
        SEMGREP,
        "scan",
        "--config",
        RULES,
        "--json",
        "--metrics=off",
        "--disable-version-check",
        "--no-git-ignore",
        ".",
    ]
    done = subprocess.run(scan, cwd=folder, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert not answer["errors"], answer["errors"]
    return {(result["check_id"].rsplit(".", 1)[-1], result["path"]) for result in answer["results"]}

"""The walk through the API in docs/api.md works as it stands."""

import os
import re
import subprocess
import threading
from pathlib import Path

from werkzeug.serving import make_server

from tests.cast import PASSWORD

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_script_of_the_api_page_runs(app, cast):
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 8
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ran = subprocess.run(
            ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks)],
            env=os.environ
            | {
                "BASE": f"http://127.0.0.1:{server.port}",
                "PASSWORD": PASSWORD,
                "MANAGER_EMAIL": cast.mara.email,
                "WORKER_EMAIL": cast.uma.email,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        server.shutdown()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = ran.stdout.splitlines()
    assert said[:4] == ["accepted", "in_progress", "waiting for keys", "in_progress"]
    assert "Uma Northwind completed this" in said

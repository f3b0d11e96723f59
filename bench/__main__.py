"""The one command: `bin/bench`."""

import argparse
import os
import signal
import sys
from pathlib import Path

from bench.making import ROOT
from bench.measuring import Wrong
from bench.planning import SMALLEST
from bench.running import count_of, measure, measure_sockets
from bench.table import keep, write_table

SERVER = os.environ.get("TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1:3306/").rsplit("/", 1)[0] + "/"


def options_of(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser("bin/bench", description="Measure the product and write bench/README.md's table.")
    asked.add_argument("--database", choices=("mariadb", "sqlite"), default="mariadb")
    asked.add_argument("--sizes", default="10k", help="accounts of so many tasks: 10k,100k,1m (default: 10k)")
    asked.add_argument(
        "--cases", default="goals", help="all, goals (default), or words of their names: board,create,live,memory"
    )
    asked.add_argument("--seconds", type=int, default=1, help="how long each load lasts in each round")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--sockets", default="1000", help="how many idle sockets to weigh: 1000,10000")
    asked.add_argument("--server", default=SERVER, help="the MariaDB server (default: that of the tests)")
    asked.add_argument("--name", default="todo_bench", help="how the names of the made databases begin")
    asked.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench", help="where files and logs lie")
    asked.add_argument("--profile", action="store_true", help="print statements and CPU of single requests instead")
    asked.add_argument("--dry", action="store_true", help="leave the table and the rows as they are")
    options = asked.parse_args(words)
    options.sizes, options.cases = split(options.sizes), split(options.cases)
    if small := [size for size in options.sizes if count_of(size) < SMALLEST]:
        asked.error(f"{small[0]}: with fewer than {SMALLEST:,} tasks no board shows 200 cards to everybody")
    options.sockets = [int(count) for count in split(options.sockets)]
    return options


def split(text: str) -> list[str]:
    """The words of a list with commas."""
    return [word for word in text.split(",") if word]


def main() -> None:
    """Measure, keep the rows, write the table."""
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit("stopped"))  # and the servers with us
    options = options_of(sys.argv[1:])
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        for size in options.sizes:
            keep(measure(options, size), options.dry)
        keep(measure_sockets(options), options.dry)
    except Wrong as problem:
        sys.exit(str(problem))
    if not (options.dry or options.profile):
        write_table()


if __name__ == "__main__":
    main()

# shellcheck shell=bash
# The servers and the browser that tests use: is one there, and on Debian as root, bring it. Sourced after lib.sh.

DEFAULT_MARIADB=mysql+pymysql://root@127.0.0.1:3306/
DEFAULT_REDIS=redis://127.0.0.1:6379/15

may_install() { [[ $(id -u) == 0 && -e /etc/debian_version ]] && command -v apt-get >/dev/null; }

install_packages() {
    say "Installing $*."
    apt-get update -qq </dev/null >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null >&2
}

mariadb_answers() {
    "$VENV/bin/python" - "$1" 2>/dev/null <<'END'
import sys

import sqlalchemy

engine = sqlalchemy.create_engine(sys.argv[1], connect_args={"connect_timeout": 3})
engine.connect().close()
END
}

redis_answers() {
    "$VENV/bin/python" - "$1" 2>/dev/null <<'END'
import sys

import redis

redis.from_url(sys.argv[1], socket_connect_timeout=3).ping()
END
}

wait_for() {
    local _
    for _ in $(seq 60); do
        "$@" && return
        sleep 0.5
    done
    return 1
}

# Lets root in over TCP without a password, as on a throw-away machine for tests.
start_mariadb() {
    command -v mariadbd >/dev/null || return 1
    if ! mariadb-admin ping >/dev/null 2>&1; then
        install -d -o mysql -g mysql /run/mysqld
        start-stop-daemon --start --background --chuid mysql --exec "$(command -v mariadbd)" -- \
            --bind-address=127.0.0.1
        wait_for mariadb-admin ping >/dev/null 2>&1
    fi
    mariadb --execute "ALTER USER root@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('')"
    wait_for mariadb_answers "$DEFAULT_MARIADB"
}

start_redis() {
    command -v redis-server >/dev/null || return 1
    redis-server --daemonize yes --bind 127.0.0.1 --save '' --dir /tmp >/dev/null
    wait_for redis_answers "$DEFAULT_REDIS"
}

find_chromium() {
    local candidate
    for candidate in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        command -v "$candidate" && return
    done
    return 1
}

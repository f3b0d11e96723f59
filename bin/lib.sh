# shellcheck shell=bash
# What bin/dev, bin/test and .ci/run share. Sourced; goes to the root of the checkout.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

VENV=.venv

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

choose_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    die "No Python 3.11 or newer was found on PATH. Install one, or name it: PYTHON=/path/to/python3.11 $0"
}

digest() { "$1" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$2"; }

make_venv() {
    local venv=$1 python
    if [[ -x $venv/bin/python ]] && new_enough "$venv/bin/python"; then
        return
    fi
    python=$(choose_python) || return
    say "Making $venv with $("$python" --version)."
    rm -rf "$venv"
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$python" "$venv"
    else
        "$python" -m venv "$venv" || {
            rm -rf "$venv"
            die "$python cannot make virtual environments (on Debian: apt-get install python3-venv)."
        }
    fi
}

# A lock names everything that is needed, so pip resolves nothing: pip before 23.3 would look for newer versions of
# packages with extras and then refuse them.
install_lock() {
    local python=$1 lock=$2
    if command -v uv >/dev/null; then
        uv pip install --quiet --python "$python" --require-hashes --requirement "$lock"
    else
        "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null || return
        "$python" -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes --requirement "$lock"
    fi
}

# bring VENV LOCK...: install LOCK into VENV unless the same LOCK was the last one installed. Further
# LOCKs name subsets of the first, which it brings along.
bring() {
    local venv=$1 lock=$2 part
    make_venv "$venv" || return
    if [[ $(cat "$venv/.$lock" 2>/dev/null) == "$(digest "$venv/bin/python" "$lock")" ]]; then
        return
    fi
    say "Installing $lock."
    install_lock "$venv/bin/python" "$lock" || return
    for part in "${@:2}"; do
        digest "$venv/bin/python" "$part" >"$venv/.$part"
    done
}

bring_vendor() { "$VENV/bin/python" bin/vendor; }

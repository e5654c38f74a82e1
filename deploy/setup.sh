#!/bin/sh
# Makes .venv what uv.lock says, with the uv on PATH or with a pinned one in .uv/.
set -eu

UV_VERSION=0.13.9
export PIP_ROOT_USER_ACTION=ignore
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$here"

fail() {
    printf 'carionexiq: %s\n' "$1" >&2
    exit 5
}

python_found() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    fail 'Python 3.11 or later is needed and was not found (python3).'
}

bootstrap_uv() {
    python=$(python_found)
    echo "fetching uv $UV_VERSION into .uv/" >&2
    rm -rf .uv
    mkdir .uv
    if "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --disable-pip-version-check --no-input \
            --target .uv "uv==$UV_VERSION" >&2 && return
        rm -rf .uv
        fail "pip could not install uv $UV_VERSION: is a package index reachable?"
    fi
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian splits venv and ensurepip off into a package of their own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq >&2 || true
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >&2 </dev/null || true
        fi
    fi
    "$python" -c 'import ensurepip' 2>/dev/null ||
        fail 'neither uv, pip nor venv is there: install one of them (on Debian: apt-get install python3-venv).'
    "$python" -m venv .uv/venv >&2
    .uv/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "uv==$UV_VERSION" >&2 ||
        fail "pip could not install uv $UV_VERSION: is a package index reachable?"
    mkdir -p .uv/bin
    ln -sf ../venv/bin/uv .uv/bin/uv
}

if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
    uv=uv
else
    [ -x .uv/bin/uv ] && .uv/bin/uv --version >/dev/null 2>&1 || bootstrap_uv
    uv=.uv/bin/uv
fi

unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT
# Compiled once here: where Python is told to write no bytecode, every start would compile anew.
"$uv" sync --locked --quiet --compile-bytecode || fail 'uv could not create the environment (see above).'

#!/bin/sh
# Prints the path of a Chromium for the browser tests; installs Debian's where it may.
# Nothing printed: there is none, which fails a CI run and leaves the browser tests out elsewhere.
set -eu

found() {
    for candidate in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

found && exit 0
if command -v apt-get >/dev/null 2>&1; then
    run=
    [ "$(id -u)" = 0 ] || run='sudo -n'
    echo 'installing Chromium for the browser tests' >&2
    { $run apt-get update -qq && $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
        >/dev/null 2>&1 </dev/null || true
    found && exit 0
fi
echo 'no Chromium: set CHROMIUM_PATH, or install one, to run the browser tests' >&2
[ -z "${CI:-}" ] || exit 5

#!/bin/sh
# Install what the tests marked `browser` need: Chromium and Node (Debian's), and from npm, as they are published and
# with no script of theirs run, replaywebpage (wabac) and playwright-core. Does nothing when all is there.
set -eu

cd "$(dirname "$0")/../.."
cache=.pytest_cache/d/browser
replaywebpage=2.4.6
playwright=1.65.1

missing=''
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
    sudo=''
    [ "$(id -u)" = 0 ] || sudo='sudo -n'
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq
    # shellcheck disable=SC2086  several words
    $sudo apt-get install -qq -y --no-install-recommends $missing >/dev/null
fi

fetch() {  # name, version: the package's files in $cache/name
    if [ -f "$cache/$1/$2" ]; then return; fi
    rm -rf "${cache:?}/$1"
    mkdir -p "$cache/$1"
    tarball=$(cd "$cache" && npm pack --silent --ignore-scripts "$1@$2" | tail -n 1)
    tar -xzf "$cache/$tarball" -C "$cache/$1" --strip-components=1
    rm -f "$cache/$tarball"
    touch "$cache/$1/$2"
}

fetch replaywebpage "$replaywebpage"
fetch playwright-core "$playwright"

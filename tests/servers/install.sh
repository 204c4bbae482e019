#!/bin/sh
# Install what the tests of a catalogue on a server need: PostgreSQL, Debian's package, with no cluster of its own made
# or started. The tests start theirs, in a folder that goes with them. Does nothing where it is there.
set -eu

there() {
    command -v initdb >/dev/null && return 0
    for program in /usr/lib/postgresql/*/bin/initdb; do
        if [ -x "$program" ]; then return 0; fi
    done
    return 1
}

if there; then exit 0; fi
sudo=''
[ "$(id -u)" = 0 ] || sudo='sudo -n'
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -qq -y --no-install-recommends postgresql-common >/dev/null
$sudo sh -c 'mkdir -p /etc/postgresql-common/createcluster.d &&
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/stoppress-tests.conf'
$sudo apt-get install -qq -y --no-install-recommends postgresql >/dev/null
if ! there; then
    echo 'PostgreSQL was installed, and no initdb is found in /usr/lib/postgresql: the tests that need it will fail' >&2
    exit 1
fi

#!/bin/sh
# Install the servers that tests ask, from Debian's packages: PostgreSQL, with no cluster of its own made or started, and
# Ceph's gateway, a second opinion on S3. The tests start theirs, in folders that go with them. Does nothing where both
# are there.
set -eu

sudo=''
[ "$(id -u)" = 0 ] || sudo='sudo -n'
export DEBIAN_FRONTEND=noninteractive

has_postgresql() {
    command -v initdb >/dev/null && return 0
    for program in /usr/lib/postgresql/*/bin/initdb; do
        if [ -x "$program" ]; then return 0; fi
    done
    return 1
}

has_ceph() {
    for program in ceph-mon ceph-osd radosgw; do
        command -v "$program" >/dev/null || return 1
    done
}

install() {
    $sudo apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

if has_postgresql && has_ceph; then exit 0; fi
$sudo apt-get update -qq
if ! has_postgresql; then
    install postgresql-common
    $sudo sh -c 'mkdir -p /etc/postgresql-common/createcluster.d &&
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/stoppress-tests.conf'
    install postgresql
fi
has_ceph || install radosgw ceph-mon ceph-osd
if ! has_postgresql || ! has_ceph; then
    echo 'a server was installed and is not where it was looked for: the tests that need it will fail' >&2
    exit 1
fi

#!/bin/sh
# Make .venv hold what `make run` or `make test` needs, exactly as the lock files say: `sh requirements/install.sh run|test`.
# Does nothing when it does so already. `.venv/installed` is written last, so a set-up cut short is taken up again.
set -eu

wanted=$1
cd "$(dirname "$0")/.."
stamp=.venv/installed
python=.venv/bin/python

say() { printf 'setup: %s\n' "$*" >&2; }

key() {  # everything that decides what is installed: locks, what the project asks for, its packages, where it lies
    { cat requirements/setup.txt "requirements/$1.txt" pyproject.toml; ls -d ./*/__init__.py; pwd; } | sha256sum
}

is_done() { grep -qsxF "$1 $(key "$1")" "$stamp" && "$python" -c '' 2>/dev/null; }

if is_done test || is_done "$wanted"; then exit 0; fi

find_python() {
    for name in python3.11 python3 python3.12 python3.13; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$name"; return; fi
    done
    say "Python 3.11 or newer is needed and was not found. On Debian: apt install python3 python3-venv"
    return 1
}

make_venv() {
    found=$(find_python)
    say "making .venv with $("$found" --version)"
    rm -rf .venv
    if ! reason=$("$found" -m venv .venv 2>&1) || ! "$python" -m pip --version >/dev/null 2>&1; then
        rm -rf .venv
        version=$("$found" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        say "$found can't make a virtual environment. On Debian: apt install $version-venv"
        [ -z "$reason" ] || printf '%s\n' "$reason" >&2
        return 1
    fi
}

works() { "$python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

pip_install() { "$python" -m pip install -qq --disable-pip-version-check --no-input "$@"; }

said_to_pip() { printf '%s\n' "$configured" | sed -n "s/^[a-z:]*\.$1='\(.*\)'\$/\1/p" | sed 's/\\n/ /g; s/^ *//' | head -n 1; }

uv_install() {  # uv reads none of pip's configuration: it is told where packages come from and whom to trust
    configured=$("$python" -m pip config list 2>/dev/null)
    set_unless() { if [ -n "$2" ] && eval "[ -z \"\${$1:-}\" ]"; then export "$1=$2"; fi; }
    set_unless SSL_CERT_FILE "$(said_to_pip cert)"
    set_unless UV_DEFAULT_INDEX "$(said_to_pip index-url)"
    set_unless UV_INDEX "$(said_to_pip extra-index-url)"
    set_unless UV_FIND_LINKS "$(said_to_pip find-links | tr ' ' ',')"
    UV_INDEX_STRATEGY=unsafe-best-match .venv/bin/uv pip install --system-certs --quiet --python "$python" "$@"  # hashes decide
}

rm -f "$stamp"
works || make_venv
say "installing what 'make $wanted' needs (requirements/$wanted.txt, every file checked by its hash)"
pip_install --require-hashes -r requirements/setup.txt
if ! failed=$(uv_install --require-hashes -r "requirements/$wanted.txt" 2>&1); then
    say "uv could not; trying pip, which takes a minute or two. uv said: $(printf '%s' "$failed" | head -n 3 | tr '\n' ' ')"
    pip_install --require-hashes -r "requirements/$wanted.txt"
fi
pip_install --no-deps --no-build-isolation --editable .
printf '%s %s\n' "$wanted" "$(key "$wanted")" >"$stamp"
say "done"

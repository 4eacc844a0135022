# Sourced by the other scripts: `environment EXTRAS` makes .venv with the project and these extras in it, once.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python3_or_die() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "error: evo needs Python 3.11 or newer; found: $("${PYTHON:-python3}" --version 2>&1 || echo none)" >&2
    echo "hint:  install one, or name it: PYTHON=/path/to/python3.12 $0" >&2
    exit 2
}

environment() {
    local extras="$1" stamp wanted
    stamp=".venv/.installed-$extras"
    wanted="$(cat pyproject.toml constraints.txt | cksum)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    local python
    python="$(python3_or_die)" || exit 2
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        echo "Making .venv with $("$python" --version) …" >&2
        "$python" -m venv .venv || {
            echo "error: could not make .venv; on Debian and Ubuntu: apt install python3-venv" >&2
            exit 2
        }
    fi
    echo "Installing evo[$extras] into .venv (once; about 450 MB and a minute) …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".[$extras]" -c constraints.txt >&2 || {
        echo "error: the installation failed; see above. Try again with a network connection." >&2
        exit 2
    }
    echo "$wanted" >"$stamp"
}

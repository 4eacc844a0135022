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

# PyPI's torch for Linux brings CUDA, some gigabytes; without such a GPU the wheels for CPUs do. Where
# pip has been told where to look, that counts.
torch_index() {
    [ "$(uname -s)" = Linux ] || return 0
    [ -e /proc/driver/nvidia ] || command -v nvidia-smi >/dev/null && return 0
    [ -n "${PIP_INDEX_URL-}${PIP_EXTRA_INDEX_URL-}${PIP_FIND_LINKS-}" ] && return 0
    .venv/bin/python -m pip config list 2>/dev/null | grep -qE '(index-url|find-links|no-index)=' && return 0
    echo "--extra-index-url https://download.pytorch.org/whl/cpu"
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
    local size=800 # megabytes in all, measured with du
    case ",$extras," in *,dev,*) size=2000 ;; *,learn,*) size=1800 ;; esac
    echo "Installing evo[$extras] into .venv (once; it will have about $size MB; a minute) …" >&2
    local index=""
    case ",$extras," in *,learn,*) index="$(torch_index)" ;; esac
    # shellcheck disable=SC2086 # two words, or none
    .venv/bin/python -m pip install --quiet --disable-pip-version-check $index -e ".[$extras]" -c constraints.txt >&2 || {
        echo "error: the installation failed; see above. Try again with a network connection." >&2
        exit 2
    }
    echo "$wanted" >"$stamp"
}

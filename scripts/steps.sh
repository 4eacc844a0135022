#!/usr/bin/env bash
# The checks that take seconds, each named before it runs; needs the tools on PATH.
step() {
    echo "── $*" >&2
    "$@" || {
        echo "failed: $*" >&2
        exit 1
    }
}
step ruff format --check .
step ruff check .
step pyright
step env PYTHONPATH="$PWD:$PWD/envs" lint-imports

# Shared by the scripts beside it: where things live, how a step is announced, how it fails.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS="$ROOT/.tools"
VENVS="$ROOT/.venv"
# Bytecode is written whatever the shell says: without it each process compiles Home Assistant anew.
export UV_LINK_MODE="${UV_LINK_MODE:-copy}" UV_NO_PROGRESS=1 PYTHONDONTWRITEBYTECODE=

say() { printf '→ %s\n' "$*" >&2; }

fail() {
    printf '✗ %s\n' "$*" >&2
    exit 1
}

# Runs a command quietly; shows what it said only if it failed.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

uv() { "$("$ROOT/scripts/bootstrap/find-uv")" "$@"; }

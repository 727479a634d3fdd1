#!/usr/bin/env bash
# All checks that need no database. Every check runs, even after one failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
wrong=0
check() {
  local name=$1 out
  shift
  if out=$("$@" 2>&1); then
    printf '  ok     %s\n' "$name"
  else
    printf '  WRONG  %s\n%s\n' "$name" "$out"
    wrong=1
  fi
}
check "format" $bin/ruff format --check --quiet .
check "lint" $bin/ruff check --quiet .
check "types of the core" $bin/mypy --no-error-summary
check "import contracts" $bin/lint-imports --no-cache
check "Chinese" $bin/python tools/messages.py --check
check "words" $bin/python tools/words.py --check
exit $wrong

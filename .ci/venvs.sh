#!/usr/bin/env bash
# Makes .venv/NAME of each telegram/fake/honesty/venvs/NAME.txt: other people's
# Telegram clients, each alone, as two of them are one module. What is there
# already costs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

for list in telegram/fake/honesty/venvs/*.txt; do
  venv=.venv/$(basename "$list" .txt)
  cmp -s "$list" "$venv/made-of.txt" && "$venv/bin/python" -c '' 2>/dev/null && continue
  rm -rf "$venv"
  python3 -m venv "$venv"
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list"; then
    echo "The clients of $list could not be installed: pip needs the Python package index once, and wheels for this Python." >&2
    exit 1
  fi
  cp "$list" "$venv/made-of.txt"
done

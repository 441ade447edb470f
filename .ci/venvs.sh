#!/usr/bin/env bash
# Makes .venv/NAME of each telegram/fake/honesty/venvs/NAME.txt: other people's
# Telegram clients, each alone, as two of them are one module. What is there
# already costs an import: made of the same list by the same Python, and whole.
set -euo pipefail
cd "$(dirname "$0")/.."

module() {
  case $1 in
    telethon) echo telethon ;;
    tdlib) echo tdjson ;;
    pyrotgfork | kurigram) echo pyrogram ;;
    *)
      echo "$0 does not know which module $1.txt brings." >&2
      exit 1
      ;;
  esac
}

made_of() { cat "$1" && echo "# $(python3 --version)"; }

for list in telegram/fake/honesty/venvs/*.txt; do
  name=$(basename "$list" .txt)
  venv=.venv/$name
  module=$(module "$name")
  made_of "$list" | cmp -s - "$venv/made-of.txt" && "$venv/bin/python" -c "import $module" >/dev/null 2>&1 && continue
  rm -rf "$venv"
  python3 -m venv "$venv"
  if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$list"; then
    echo "The clients of $list could not be installed: pip needs the Python package index once, and wheels for this Python." >&2
    exit 1
  fi
  if ! "$venv/bin/python" -c "import $module"; then
    echo "The clients of $list are installed, and $module cannot be imported." >&2
    exit 1
  fi
  made_of "$list" >"$venv/made-of.txt"
done

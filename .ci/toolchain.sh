#!/usr/bin/env bash
# Says in one line what is missing to build: Go >= 1.26.6 and Node.js >= 20.19.
set -euo pipefail

need() { # name, wanted, found
  if [ -z "$3" ]; then
    echo "TelePlay needs $1 $2 or newer, and finds none. Install it and run make again." >&2
    exit 1
  fi
  if [ "$(printf '%s\n%s\n' "$2" "$3" | sort -V | head -n1)" != "$2" ]; then
    echo "TelePlay needs $1 $2 or newer, and finds $3. Install it and run make again." >&2
    exit 1
  fi
}

go_version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || true)
node_version=$(node --version 2>/dev/null || true)
need Go 1.26.6 "${go_version#go}"
need Node.js 20.19 "${node_version#v}"

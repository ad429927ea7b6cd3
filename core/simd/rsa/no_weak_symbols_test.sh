#!/bin/sh
# Fails if one of the object files or archives named has a weak symbol.
set -eu
[ $# -gt 0 ]
for file in "$@"; do
  symbols=$(nm -C "$file")
  if [ -z "$symbols" ]; then
    echo "no symbols in $file" >&2
    exit 1
  fi
  if printf '%s\n' "$symbols" | grep -E '^[0-9a-f]* *[WwVvu] '; then
    echo "weak symbols in $file" >&2
    exit 1
  fi
done

#!/usr/bin/env bash
# Formats our own sources with clang-format 14 (versions differ in details); with --check, only says what is not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
[ "${1:-}" = "--check" ] && mode=(--dry-run --Werror)
git ls-files -z --cached --others --exclude-standard '*.cpp' '*.h' | xargs -0 clang-format-14 "${mode[@]}"

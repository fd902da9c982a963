#!/usr/bin/env bash
# Formats our own sources with clang-format 14 (versions differ in details), of the system or as scripts/setup.sh --tests
# installs it into .venv; with --check, only says what is not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(command -v clang-format-14 || echo .venv/bin/clang-format)
mode=(-i)
[ "${1:-}" = "--check" ] && mode=(--dry-run --Werror)
git ls-files -z --cached --others --exclude-standard '*.cpp' '*.h' | xargs -0 "$program" "${mode[@]}"

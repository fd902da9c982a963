#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs every check. Fails when any of them fails.
#
#   scripts/test.sh            all: format, layers, warnings, tests, and the torch-free rooms under sanitizers
#   scripts/test.sh --quick    format, layers and the release build's tests only
set -euo pipefail
cd "$(dirname "$0")/.."

quick=0
case "${1:-}" in
  "") ;;
  --quick) quick=1 ;;
  *) echo "test: unknown option '$1'; expected --quick or nothing" >&2; exit 2 ;;
esac
jobs=$(nproc)
step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS" >&2; }

step "set-up"
scripts/setup.sh --tests

step "format"
scripts/format.sh --check

step "layers"
python3 scripts/check_layers.py .

step "release build, warnings are errors"
cmake --preset release -DSVGFUSION_BUILD_TESTS=ON >/dev/null
cmake --build --preset release --parallel "$jobs"

if [ "$quick" -eq 0 ]; then
  step "sanitizer build of the torch-free rooms"
  cmake --preset asan >/dev/null
  cmake --build --preset asan --parallel "$jobs"
  step "sanitizer tests"
  UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0" \
    ctest --test-dir build/asan --output-on-failure --parallel "$jobs" --no-tests=error
  step "static analysis of the torch-free rooms"
  scripts/tidy.sh
  step "what a build without CUDA compiles"
  python3 scripts/check_without_cuda.py
fi

step "tests"
# Two at a time: most use one processor or wait. Those that train use all; a thread that waits must then leave its processor.
OMP_WAIT_POLICY=passive ctest --test-dir build/release --output-on-failure --parallel 2 --no-tests=error
step "done"

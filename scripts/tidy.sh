#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy) over the torch-free rooms; needs the release or asan build's compile commands.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(command -v clang-tidy-14 || command -v clang-tidy)
build=build/release
[ -f "$build/compile_commands.json" ] || build=build/asan

# tidy GLOB ... [-- OPTION ...]
tidy() {
  local globs=()
  while [ $# -gt 0 ] && [ "$1" != "--" ]; do globs+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  git ls-files -z "${globs[@]}" |
    xargs -0 -n 1 -P "$(nproc)" "$program" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option "$@" 2>/dev/null
}

tidy 'src/base/*.cpp' 'src/config/*.cpp' 'src/svg/*.cpp' 'src/icon/*.cpp' 'src/render/*.cpp' 'src/dataset/*.cpp'
# Kernels, where clang and GCC differ in what they know of vectors: whether clang compiles them, and one light check.
tidy 'src/kernels/*.cpp' -- --checks='-*,misc-unused-using-decls'

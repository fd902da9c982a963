#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy) over the torch-free rooms; needs the asan or release build's compile commands.
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/asan
[ -f "$build/compile_commands.json" ] || build=build/release
git ls-files -z 'src/base/*.cpp' 'src/config/*.cpp' 'src/svg/*.cpp' 'src/icon/*.cpp' 'src/render/*.cpp' 'src/dataset/*.cpp' |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>/dev/null
# Kernels, where clang and GCC differ in what they know of vectors: whether clang compiles them, and one light check.
git ls-files -z 'src/kernels/*.cpp' |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p "$build" --checks='-*,misc-unused-using-decls' 2>/dev/null

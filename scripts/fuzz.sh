#!/usr/bin/env bash
# Fuzzes one target, or each in turn, with libFuzzer under address and undefined-behaviour
# sanitizers, from seeds made of the bundled icons. Needs clang with its runtime (Debian and Ubuntu:
# clang and libclang-rt-dev). Findings stay in build/fuzz/findings/TARGET.
#
#   scripts/fuzz.sh [--seconds N] [TARGET ...]      1800 seconds each; targets as in tests/fuzz
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=1800
if [ "${1:-}" = "--seconds" ]; then
  seconds=$2
  shift 2
fi
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(numbers path style document iconify dataset safetensors)

compiler=$(command -v clang++ || command -v clang++-14 || true)
[ -n "$compiler" ] || { echo "fuzz: no clang++; install clang and libclang-rt-dev" >&2; exit 1; }
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_COMPILER="$compiler" -DSVGFUSION_WITH_TORCH=OFF -DSVGFUSION_FUZZ=ON \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DSVGFUSION_SANITIZE=address,undefined >/dev/null
cmake --build build/fuzz --target svgfusion-fuzz --parallel "$(nproc)"
build/fuzz/bin/svgfusion-fuzz-seeds build/fuzz/seeds

failed=0
for target in "${targets[@]}"; do
  mkdir -p "build/fuzz/corpus/$target" "build/fuzz/findings/$target"
  echo "== $target, $seconds s" >&2
  SVGFUSION_FUZZ=$target build/fuzz/bin/svgfusion-fuzz -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/fuzz/findings/$target/" \
    "build/fuzz/corpus/$target" "build/fuzz/seeds/$target" || failed=1
done
exit $failed

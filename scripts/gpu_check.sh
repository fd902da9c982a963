#!/usr/bin/env bash
# Builds for a GPU machine, runs every GPU test and benchmark there and writes one report.
#
#   scripts/gpu_check.sh [REPORT.json]      default: out/gpu_report.json
#
# Environment:
#   LIBTORCH=DIR          the machine's LibTorch; default: what scripts/setup.sh installed
#   CMAKE_PREFIX_PATH=DIR where the other packages are, if not in the system (cxxopts, spdlog, nlohmann_json, tinyxml2,
#                         GoogleTest, cairo, FreeType)
#   PEER=FILE.py          a PyTorch program of the same models to run beside ours (tests/benchmarks/engine_speed.py)
#   BUILD=DIR             default: build/gpu
set -euo pipefail
cd "$(dirname "$0")/.."

report=${1:-out/gpu_report.json}
build=${BUILD:-build/gpu}
mkdir -p "$(dirname "$report")"
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

name=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1) || name=""
[ -n "$name" ] || { echo "gpu_check: no NVIDIA GPU answers here (nvidia-smi)" >&2; exit 1; }

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSVGFUSION_BUILD_TESTS=ON ${LIBTORCH:+-DLibTorch_ROOT="$LIBTORCH"} >/dev/null
cmake --build "$build" --parallel "$(nproc)" --target torch_tests engine_speed

status=0
"$build/bin/torch_tests" --gtest_filter='Gpu*' --gtest_output="json:$lines.tests" || status=1

for precision in float32 bfloat16; do
  for row in "train-denoiser 34 32" "train-denoiser 34 4096" "sample-denoiser 34 1024" "train-autoencoder 0 256" "train-icons 0 256" "encode 0 1024"; do
    read -r task depth batch <<<"$row"
    # With our kernels and without: the difference is what they win in the whole step.
    for kernels in auto off; do
      "$build/bin/engine_speed" --device cuda --precision "$precision" --task "$task" --depth "$((depth > 0 ? depth : 1))" \
        --batch "$batch" --steps 100 --kernels "$kernels" >> "$lines" || status=1
    done
  done
  # What a graph wins, of both stages.
  for row in "train-denoiser 34 32" "train-icons 1 256"; do
    read -r task depth batch <<<"$row"
    "$build/bin/engine_speed" --device cuda --precision "$precision" --task "$task" --depth "$depth" --batch "$batch" \
      --steps 100 --graph off >> "$lines" || status=1
  done
done
if [ -n "${PEER:-}" ]; then
  for batch in 32 4096; do
    python3 "$PEER" train-denoiser --device cuda --depth 34 --dtype bf16 --batch "$batch" --cuda-graph --optimizer fused --lean \
      >> "$lines" || echo "gpu_check: the peer failed at batch $batch" >&2
  done
fi

python3 - "$name" "$lines" "$report" <<'PYTHON'
import json
import pathlib
import sys

name, lines, report = sys.argv[1:]
rows = [json.loads(line) for line in pathlib.Path(lines).read_text().splitlines() if line.startswith("{")]
tests = pathlib.Path(lines + ".tests")
found = json.loads(tests.read_text()) if tests.exists() else {}
pathlib.Path(report).write_text(json.dumps({"device": name, "tests": found.get("tests"), "failures": found.get("failures"),
                                            "benchmarks": rows}, indent=2) + "\n")
print(f"gpu_check: {name}: {found.get('tests')} tests, {found.get('failures')} failures, {len(rows)} timings in {report}")
PYTHON
rm -f "$lines.tests"
exit "$status"

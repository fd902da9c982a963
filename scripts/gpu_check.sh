#!/usr/bin/env bash
# Builds for a GPU machine, runs every GPU test and benchmark there and writes one report.
#
#   scripts/gpu_check.sh [REPORT.json]      default: out/gpu_report.json
#
# Environment:
#   LIBTORCH=DIR          the machine's LibTorch; default: what scripts/setup.sh installed
#   CMAKE_PREFIX_PATH=DIR where the other packages are, if not in the system (cxxopts, spdlog, nlohmann_json, tinyxml2,
#                         GoogleTest, cairo, FreeType)
#   PROGRAMS=DIR          programs that are built already, against the same LibTorch; nothing is built
#   PEER=FILE.py          a PyTorch program of the same models to run beside ours (tests/benchmarks/engine_speed.py)
#   BUILD=DIR             default: build/gpu
set -euo pipefail
cd "$(dirname "$0")/.."

report=${1:-out/gpu_report.json}
build=${BUILD:-build/gpu}
mkdir -p "$(dirname "$report")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lines=$work/lines

name=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1) || name=""
[ -n "$name" ] || { echo "gpu_check: no NVIDIA GPU answers here (nvidia-smi)" >&2; exit 1; }

if [ -n "${PROGRAMS:-}" ]; then
  bin=$PROGRAMS
else
  bin=$build/bin
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSVGFUSION_BUILD_TESTS=ON ${LIBTORCH:+-DLibTorch_ROOT="$LIBTORCH"} >/dev/null
  cmake --build "$build" --parallel "$(nproc)" --target torch_tests engine_speed svgfusion-prepare svgfusion-train svgfusion-sample
fi

status=0
"$bin/torch_tests" --gtest_filter='Gpu*' --gtest_output="json:$work/tests" || status=1

# task, depth, batch, and what differs from our default: our kernels, one graph a step
while read -r precision task depth batch options; do
  # shellcheck disable=SC2086
  "$bin/engine_speed" --device cuda --precision "$precision" --task "$task" --depth "$depth" --batch "$batch" --steps 100 \
    $options >> "$lines" || status=1
done <<'ROWS'
bfloat16 train-denoiser 34 32
bfloat16 train-denoiser 34 32 --kernels off
bfloat16 train-denoiser 34 32 --graph off
bfloat16 train-denoiser 34 512
bfloat16 train-denoiser 34 4096
bfloat16 train-denoiser 34 4096 --kernels off
bfloat16 sample-denoiser 34 4096
bfloat16 sample-denoiser 34 4096 --kernels off
bfloat16 train-icons 1 256
bfloat16 train-icons 1 256 --kernels off
bfloat16 train-icons 1 256 --graph off
bfloat16 train-autoencoder 1 256
bfloat16 encode 1 1024
float32 train-denoiser 34 32
float32 train-denoiser 34 32 --kernels off
float32 train-denoiser 34 4096
float32 train-icons 1 256
ROWS

# The bundled icons from files to files.
product() {
  local run=$work/run begin
  "$bin/svgfusion-prepare" --quiet --config configs/quickstart.json --input data/icons/manifest.tsv --output "$work/icons"
  "$bin/svgfusion-train" --quiet --config configs/quickstart.json --run "$run" --device cuda --set data.dataset="$work/icons" \
    --set training.precision=bfloat16
  begin=$(date +%s.%N)
  "$bin/svgfusion-sample" --quiet --model "$run/model" --count 800 --batch 4096 --precision bfloat16 --device cuda \
    --output "$work/samples"
  python3 - "$begin" "$(date +%s.%N)" "$(find "$work/samples" -name '*.svg' | wc -l)" <<'PYTHON' >> "$lines"
import json
import sys
begin, end, count = map(float, sys.argv[1:])
print(json.dumps({"task": "sample-icons", "program": "svgfusion-sample", "svg_files": int(count), "seconds": end - begin,
                  "items_per_second": count / (end - begin)}))
PYTHON
}
product || status=1

# Two processes that share this GPU, as if each had a machine of its own: NCCL over sockets, in the graph. Both train
# the denoiser of the run above for 50 steps; one process does it too. NCCL takes no GPU twice in what it calls a host.
processes() {
  local part=$work/parts rank
  for rank in one two; do
    mkdir -p "$part/$rank"
    cp -r "$work/run/model" "$work/run/train.latents.safetensors" "$part/$rank/"
  done
  train_part() {  # RUN
    timeout -k 5 60 "$bin/svgfusion-train" --quiet --config configs/quickstart.json --run "$part/$1" --device cuda --stage denoiser \
      --set data.dataset="$work/icons" --set training.denoiser.steps=50 --set training.denoiser.warmup_steps=10
  }
  train_part one
  local others=()
  for rank in 0 1; do
    RANK=$rank WORLD_SIZE=2 LOCAL_RANK=0 LOCAL_WORLD_SIZE=1 MASTER_ADDR=127.0.0.1 MASTER_PORT=29511 NCCL_HOSTID=host$rank \
      NCCL_P2P_DISABLE=1 NCCL_SHM_DISABLE=1 NCCL_IB_DISABLE=1 NCCL_SOCKET_IFNAME=lo train_part two &
    others+=($!)
  done
  for rank in "${others[@]}"; do wait "$rank"; done
  python3 - "$part" <<'PYTHON' >> "$lines"
import array
import json
import pathlib
import struct
import sys


def weights(run):
    data = (pathlib.Path(sys.argv[1]) / run / "model/denoiser.safetensors").read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    return {name: array.array("f", data[begin + t["data_offsets"][0]:begin + t["data_offsets"][1]])
            for name, t in header.items() if name != "__metadata__" and t["dtype"] == "F32"}


one, two = weights("one"), weights("two")
assert one.keys() == two.keys()
difference = max(abs(a - b) for name in one for a, b in zip(one[name], two[name]))
print(json.dumps({"task": "two-processes", "program": "svgfusion-train", "steps": 50, "largest_difference": difference}))
sys.exit(difference > 1e-5)
PYTHON
}
processes || status=1

if [ -n "${PEER:-}" ]; then
  while read -r task batch options; do
    # shellcheck disable=SC2086
    python3 "$PEER" "$task" --device cuda --depth 34 --dtype bf16 --batch "$batch" --cuda-graph --lean --steps 100 $options \
      >> "$lines" || echo "gpu_check: the peer failed at $task, batch $batch" >&2
  done <<'ROWS'
train-denoiser 32 --optimizer fused
train-denoiser 4096 --optimizer fused
sample-denoiser 4096
train-denoiser 32 --optimizer fused --compile
train-denoiser 4096 --optimizer fused --compile
sample-denoiser 4096 --compile
ROWS
fi

python3 - "$name" "$lines" "$work/tests" "$report" <<'PYTHON'
import json
import pathlib
import sys

name, lines, tests, report = sys.argv[1:]
rows = [json.loads(line) for line in pathlib.Path(lines).read_text().splitlines() if line.startswith("{")]
tests = pathlib.Path(tests)
found = json.loads(tests.read_text()) if tests.exists() else {}
pathlib.Path(report).write_text(json.dumps({"device": name, "tests": found.get("tests"), "failures": found.get("failures"),
                                            "benchmarks": rows}, indent=2) + "\n")
print(f"gpu_check: {name}: {found.get('tests')} tests, {found.get('failures')} failures, {len(rows)} timings in {report}")
PYTHON
exit "$status"

#!/usr/bin/env bash
# Does a large batch reach the loss of a small one? Trains the same denoiser on the same latents for the same number of
# icons seen, at several batch sizes and rules for the learning rate, and prints its loss over the Gaussian floor on the
# way. Needs the dataset concept50 (scripts/build_datasets.sh); seven minutes on two cores for 262,144 icons seen,
# and four for the autoencoder before.
#
#   tests/benchmarks/batch_curve.sh [OUTPUT_DIR] [ICONS_SEEN]
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-out/batch_curve}
seen=${2:-1048576}
config=configs/reference/batch_curve.json
train=build/release/bin/svgfusion-train
mkdir -p "$out"
for stage in autoencoder encode; do
  "$train" --config "$config" --run "$out/latents" --stage "$stage"
done
for variant in "32 none" "512 none" "512 sqrt" "512 linear" "4096 none" "4096 sqrt" "4096 linear"; do
  read -r batch rule <<<"$variant"
  run="$out/$batch-$rule"
  if [ ! -d "$run" ]; then
    mkdir -p "$run.new"
    cp -r "$out/latents/model" "$out/latents/train.latents.safetensors" "$run.new/"
    mv "$run.new" "$run"
  fi
  steps=$((seen / batch))
  d=training.denoiser
  # Sixteen points each; a twentieth of the steps is warm-up.
  "$train" --config "$config" --run "$run" --stage denoiser --quiet --set $d.steps=$steps --set $d.batch_size="$batch" \
    --set $d.rate_rule="$rule" --set $d.warmup_steps=$((steps / 20)) --set $d.validate_every=$((steps / 16)) \
    --set $d.log_every=$((steps / 16))
done

python3 - "$out" <<'PYTHON'
import json
import pathlib
import sys

runs = sorted((p for p in pathlib.Path(sys.argv[1]).iterdir() if p.name != "latents" and p.is_dir()),
              key=lambda p: (int(p.name.split("-")[0]), p.name))
curves = {}
for run in runs:
    batch = int(run.name.split("-")[0])
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    curves[run.name] = {line["step"] * batch: line["train_loss_over_floor"] for line in lines if "train_loss_over_floor" in line}
points = sorted(set().union(*curves.values()))
print("icons seen | " + " | ".join(curves))
for point in points:
    print(f"{point} | " + " | ".join(f"{c[point]:.3f}" if point in c else "" for c in curves.values()))
PYTHON

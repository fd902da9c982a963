#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what svgfusion-train writes for TensorBoard with TensorBoard's own reader, and starts processes by torchrun.

    python3 tests/scripts/tensorboard_test.py BIN_DIR

Exits with 77 (skipped) where tensorboard is not installed.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    from tensorboard.backend.event_processing import event_accumulator
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
SETTINGS = {
    "autoencoder.width": 16, "autoencoder.heads": 2, "autoencoder.feed_forward": 32, "autoencoder.argument_width": 4,
    "autoencoder.latent_width": 8, "denoiser.width": 16, "denoiser.heads": 2, "denoiser.depth": 1,
    "denoiser.input_projection": "true", "sampling.steps": 3,
}
for stage in ("autoencoder", "denoiser"):
    SETTINGS |= {f"training.{stage}.{key}": value for key, value in
                 {"steps": 30, "batch_size": 4, "warmup_steps": 2, "log_every": 5, "validate_every": 10, "preview_every": 20,
                  "checkpoint_every": 10}.items()}


def command(run, data, more=()):
    settings = [item for key, value in SETTINGS.items() for item in ("--set", f"{key}={value}")]
    return [str(BIN / "svgfusion-train"), "--run", str(run), "--device", "cpu", "--threads", "1", "--set",
            f"data.dataset={data}", *settings, *more]


def read(folder):
    reader = event_accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    reader.Reload()
    return reader


def check_against_metrics(run):
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    for stage in ("autoencoder", "denoiser"):
        reader = read(run / "tensorboard" / stage)
        seen = 0
        for tag in reader.Tags()["scalars"]:
            expected = [(row["step"], row[tag]) for row in rows if row["stage"] == stage and row.get(tag) is not None]
            found = [(event.step, event.value) for event in reader.Scalars(tag)]
            assert [s for s, _ in found] == [s for s, _ in expected], (stage, tag, found, expected)
            for (_, a), (_, b) in zip(found, expected):
                assert abs(a - b) <= 1e-6 * max(1, abs(b)), (stage, tag, a, b)
            seen += len(found)
        assert "loss" in reader.Tags()["scalars"] and seen > 20, (stage, seen)
        pictures = reader.Images("preview")
        assert [event.step for event in pictures] == [20, 30], pictures
        assert all(event.encoded_image_string.startswith(b"\x89PNG") and event.width > 10 and event.height > 10
                   for event in pictures)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data.safetensors"
        subprocess.run([str(BIN / "svgfusion-prepare"), "--input", str(SOURCE / "data/icons/manifest.tsv"), "--limit", "12",
                        "--output", str(data), "--quiet"], check=True)
        run = folder / "run"
        subprocess.run(command(run, data, ["--quiet"]), check=True)
        check_against_metrics(run)

        # Back to step 20: what was said of later steps is dropped, here and there.
        for stage in ("autoencoder", "denoiser"):
            newest = run / "checkpoints" / stage / "step-00000030"
            (newest / "weights.safetensors").write_bytes(b"")
        subprocess.run(command(run, data, ["--quiet"]), check=True)
        check_against_metrics(run)
        print("tensorboard: ok")

        torchrun = pathlib.Path(sys.executable).parent / "torchrun"
        if not torchrun.exists():
            print("torchrun: not installed")
            return
        shared = folder / "torchrun"
        done = subprocess.run([str(torchrun), "--standalone", "--no-python", "--nproc-per-node", "2", "--",
                               *command(shared, data)],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "process 0 of 2 (torchrun)" in done.stderr, done.stderr
        check_against_metrics(shared)
        print("torchrun: ok")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times engine_speed against a PyTorch program of the same models, alternately in one run, and prints their ratio.

    python3 tests/benchmarks/engine_speed.py --peer PEER.py [--rounds 5] [--json OUT.json] [ROW ...]

PEER.py takes a task (train-denoiser, sample-denoiser, train-autoencoder, encode, decode) with --batch, --steps, --threads and the
flags in ROWS below, and prints a JSON object with "ms_per_step_median". Build first: cmake --build --preset release
--target engine_speed. Each round runs ours and then the peer; the table has the medians over rounds and the spread.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LEAN = ["--lean"]
BFLOAT16 = ["--precision", "bfloat16"]
ROWS = {
    # name: (ours; the strongest Python of the same precision). Processors without products in bfloat16 only emulate them:
    # there the rows in bf16 say little.
    "train-denoiser-32-fp32": (["--task", "train-denoiser", "--batch", "32"], ["train-denoiser", "--batch", "32", "--optimizer", "fused", *LEAN]),
    "train-denoiser-32-bf16": (["--task", "train-denoiser", "--batch", "32", *BFLOAT16],
                               ["train-denoiser", "--batch", "32", "--optimizer", "fused", "--matmul-precision", "medium", *LEAN]),
    "train-denoiser-100-fp32": (["--task", "train-denoiser", "--batch", "100"], ["train-denoiser", "--batch", "100", "--optimizer", "fused", *LEAN]),
    "train-denoiser-100-bf16": (["--task", "train-denoiser", "--batch", "100", *BFLOAT16],
                                ["train-denoiser", "--batch", "100", "--optimizer", "fused", "--matmul-precision", "medium", *LEAN]),
    "sample-denoiser-64-fp32": (["--task", "sample-denoiser", "--batch", "64"], ["sample-denoiser", "--batch", "64", *LEAN]),
    "sample-denoiser-64-bf16": (["--task", "sample-denoiser", "--batch", "64", *BFLOAT16],
                                ["sample-denoiser", "--batch", "64", "--dtype", "bf16", *LEAN]),
    "train-autoencoder-60-fp32": (["--task", "train-autoencoder", "--batch", "60"],
                                  ["train-autoencoder", "--batch", "60", "--optimizer", "fused", *LEAN]),
    "encode-60-fp32": (["--task", "encode", "--batch", "60"], ["encode", "--batch", "60"]),
    "decode-60-fp32": (["--task", "decode", "--batch", "60"], ["decode", "--batch", "60"]),
    "decode-60-usual-fp32": (["--task", "decode", "--batch", "60", "--share", "0.4"], ["decode", "--batch", "60"]),
    "train-autoencoder-60-bf16": (["--task", "train-autoencoder", "--batch", "60", *BFLOAT16],
                                  ["train-autoencoder", "--batch", "60", "--optimizer", "fused", "--dtype", "bf16", *LEAN]),
    "encode-60-bf16": (["--task", "encode", "--batch", "60", *BFLOAT16], ["encode", "--batch", "60", "--dtype", "bf16"]),
    "decode-60-bf16": (["--task", "decode", "--batch", "60", *BFLOAT16], ["decode", "--batch", "60", "--dtype", "bf16"]),
    "decode-60-usual-bf16": (["--task", "decode", "--batch", "60", "--share", "0.4", *BFLOAT16], ["decode", "--batch", "60", "--dtype", "bf16"]),
}


def milliseconds(text):
    found = json.loads(text[text.index("{"):])
    for key in ("ms_median", "ms_per_step_median"):
        if isinstance(found.get(key), (int, float)):
            return found[key]
    raise SystemExit(f"engine_speed.py: no step time in {found}")


def run(command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"engine_speed.py: {' '.join(map(str, command))} failed:\n{result.stderr}")
    return milliseconds(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, type=pathlib.Path)
    parser.add_argument("--python", default=sys.executable, help="that has the peer's PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action="store_true", help="the peer's denoiser by torch.compile: stronger in bf16, and "
                        "slower to start")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], default=[])
    args = parser.parse_args()
    ours_program = ROOT / "build/release/bin/engine_speed"
    table = {}
    print("row | ours, ms | peer, ms | ours / peer (spread)")
    for name in args.rows or ROWS:
        ours_flags, peer_flags = ROWS[name]
        if args.compile and "denoiser" in name:
            peer_flags = [*peer_flags, "--compile"]
        ours, peer = [], []
        for _ in range(args.rounds):
            ours.append(run([ours_program, *ours_flags, "--steps", args.steps, "--threads", args.threads, "--quiet"]))
            peer.append(run([args.python, args.peer, *peer_flags, "--steps", args.steps, "--threads", args.threads]))
        ratios = sorted(a / b for a, b in zip(ours, peer))
        row = {"ours_ms": statistics.median(ours), "peer_ms": statistics.median(peer), "ratio": statistics.median(ratios),
               "ratio_min": ratios[0], "ratio_max": ratios[-1]}
        table[name] = row
        print(f"{name} | {row['ours_ms']:.1f} | {row['peer_ms']:.1f} | {row['ratio']:.2f} ({row['ratio_min']:.2f} to {row['ratio_max']:.2f})", flush=True)
    if args.json:
        args.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns weights of the reference programs into a model directory, and a model directory back into such weights.

    scripts/convert_checkpoint.py --kind deepsvg --weights hierarchical_ordered.pth.tar --output MODEL_DIR
    scripts/convert_checkpoint.py --kind dit --weights checkpoint.pt --output MODEL_DIR [--config FILE.json]
    scripts/convert_checkpoint.py --kind dit --export MODEL_DIR --weights OUT.pt

Kinds: deepsvg (every form of DeepSVG's SVGTransformer but the LSTM), dit (DiT, fast-DiT, the thesis's latent DiT). A
directory may get both, one after the other: an autoencoder and its denoiser.

--config gives what a checkpoint cannot tell, as JSON; every key may be left out:
    {"heads": 16, "latent_scale": 0.7128, "label_names": ["a", ...], "diffusion": {...}, "sampling": {...}, "limits": {...}}
The keys of "diffusion" (schedule, steps, prediction, ...) may also stand at the top, and num_heads or n_heads for heads.

Weights are loaded without running anything that the file says: classes other than tensors become inert stand-ins.
Needs PyTorch (scripts/setup.sh installs it: .venv/bin/python). Exit code 0 done, 1 the work failed, 2 the command is wrong.
"""
import argparse
import json
import os
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
try:
    import torch  # here for the message alone
except ImportError:
    sys.exit("convert_checkpoint: PyTorch is missing; run scripts/setup.sh and use .venv/bin/python")

from checkpoint import Failure
from checkpoint.deepsvg import OUTLINE, export_deepsvg, import_deepsvg
from checkpoint.dit import export_dit, import_dit
from checkpoint.pytorch import heads_of, load_checkpoint, state_dict_of
from checkpoint.safetensors import write_whole

FORMAT_VERSION = 1
BOX = 24
STEPS_ACROSS_BOX = [240, 256, 192, 288, 320, 264, 224, 216, 312, 280, 252, 300]  # icon/grid.h


def read_config(directory):
    path = directory / "config.json"
    return json.loads(path.read_text()) if path.exists() else None


def read_extra(path):
    extra = json.loads(pathlib.Path(path).read_text())
    for alias in ("num_heads", "n_heads"):
        if alias in extra:
            extra["heads"] = extra.pop(alias)
    for key in ("schedule", "steps", "beta_start", "beta_end", "prediction", "loss_weight", "variance"):
        if key in extra:
            extra.setdefault("diffusion", {})[key] = extra.pop(key)
    unknown = set(extra) - {"heads", "latent_scale", "label_names", "diffusion", "sampling", "limits"}
    if unknown:
        raise Failure(f"{path}: unknown keys {', '.join(sorted(unknown))}; see --help")
    return extra


def convert(args):
    checkpoint = load_checkpoint(args.weights)
    state = state_dict_of(checkpoint, args.weights)
    extra = read_extra(args.config) if args.config else {}
    if "heads" not in extra and (heads := heads_of(checkpoint)):
        extra["heads"] = heads
    config = read_config(args.output) or {"format_version": FORMAT_VERSION, "grid_steps": [BOX / n for n in STEPS_ACROSS_BOX]}
    (import_deepsvg if args.kind == "deepsvg" else import_dit)(state, args, extra, config)
    config.setdefault("limits", {"max_contours": 8, "max_commands_per_contour": 30, "max_commands": 240})
    config.setdefault("styles", [OUTLINE])
    config.setdefault("sampling", {})
    write_whole(args.output / "config.json", (json.dumps(config, indent=2) + "\n").encode())
    print(f"wrote {args.output}", file=sys.stderr)


def export(args):
    config = read_config(args.export)
    if config is None:
        raise Failure(f"{args.export}: is no model directory (it has no config.json)")
    weights = export_deepsvg(args.export, config) if args.kind == "deepsvg" else export_dit(args.export, config)
    out = pathlib.Path(args.weights)
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(out.name + ".tmp")
    torch.save(weights, temporary)
    os.replace(temporary, out)
    print(f"wrote {out}", file=sys.stderr)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", required=True, choices=["deepsvg", "dit"])
    parser.add_argument("--weights", required=True, help="the checkpoint to read, or with --export to write")
    parser.add_argument("--output", type=pathlib.Path, help="the model directory to write")
    parser.add_argument("--export", type=pathlib.Path, metavar="MODEL_DIR", help="the model directory to turn back")
    parser.add_argument("--config", help="JSON of what the checkpoint cannot tell")
    args = parser.parse_args(arguments)
    if (args.output is None) == (args.export is None):
        parser.error("give --output to convert weights, or --export to turn a model directory back")
    try:
        (export if args.export else convert)(args)
    except (Failure, OSError, json.JSONDecodeError) as error:
        print(f"convert_checkpoint: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

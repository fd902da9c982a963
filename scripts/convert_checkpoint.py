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
import ctypes
import json
import math
import os
import pathlib
import pickle
import re
import struct
import sys
import warnings

warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
try:
    import torch
except ImportError:
    sys.exit("convert_checkpoint: PyTorch is missing; run scripts/setup.sh and use .venv/bin/python")

FORMAT_VERSION = 1
BOX = 24
STEPS_ACROSS_BOX = [240, 256, 192, 288, 320, 264, 224, 216, 312, 280, 252, 300]  # icon/tokens.h
OUTLINE = {"kind": "stroke", "color": "000000ff", "width": 0.3, "cap": "butt", "join": "miter", "miterlimit": 4.0}
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64, "I64": torch.int64}
COMMANDS, ARGUMENTS, GRID = 7, 11, 256


class Failure(Exception):
    pass


# ---- files

class _Inert:
    """Stands for any class that a checkpoint names and this script does not need."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return _Inert()

    def __setstate__(self, state):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def __setitem__(self, key, value):
        pass


class _SafePickle:
    """What torch.load asks of a pickle module, with an unpickler that knows tensors and plain containers only."""

    ALLOWED = {("collections", "OrderedDict"), ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"),
               ("torch._utils", "_rebuild_parameter"), ("torch", "Size"), ("builtins", "set"), ("torch", "device")}
    __name__ = "safe_pickle"

    class Unpickler(pickle.Unpickler):
        def find_class(self, module, name):
            storage = module in ("torch", "torch.storage") and name.endswith("Storage")
            dtype = module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)
            if storage or dtype or (module, name) in _SafePickle.ALLOWED:
                return super().find_class(module, name)
            return _Inert

    @classmethod
    def load(cls, file, **kwargs):
        return cls.Unpickler(file, **kwargs).load()


def load_checkpoint(path):
    if not os.path.exists(path):
        raise Failure(f"{path}: does not exist")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:
        try:
            return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_SafePickle)
        except Exception as error:
            raise Failure(f"{path}: is no PyTorch checkpoint that can be read: {error}") from None


def state_dict_of(checkpoint, path):
    """The weights: the averaged ones where there are any, as DiT's own loader does."""
    for key in ("ema", "model", "state_dict", "model_state_dict"):
        if isinstance(checkpoint, dict) and isinstance(checkpoint.get(key), dict):
            checkpoint = checkpoint[key]
            break
    if not isinstance(checkpoint, dict) or not any(isinstance(v, torch.Tensor) for v in checkpoint.values()):
        raise Failure(f"{path}: holds no state dict; expected one, or a dict with 'ema', 'model' or 'state_dict'")
    return {k.removeprefix("_orig_mod.").removeprefix("module."): v for k, v in checkpoint.items() if isinstance(v, torch.Tensor)}


def write_whole(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def save_safetensors(path, tensors, metadata):
    names = {v: k for k, v in DTYPES.items()}
    header, parts, at = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        t = tensors[name].detach().contiguous()
        size = t.numel() * t.element_size()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + size]}
        parts.append(ctypes.string_at(t.data_ptr(), size))
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, struct.pack("<Q", len(text)) + text + b"".join(parts))


def load_safetensors(path):
    if not path.exists():
        raise Failure(f"{path}: does not exist")
    data = bytearray(path.read_bytes())
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(bytes(data[8:8 + size]))
    header.pop("__metadata__", None)
    out = {}
    for name, entry in header.items():
        begin, end = (8 + size + o for o in entry["data_offsets"])
        flat = torch.frombuffer(bytearray(data[begin:end]), dtype=DTYPES[entry["dtype"]]) if end > begin else torch.empty(0)
        out[name] = flat.reshape(entry["shape"])
    return out


def read_config(directory):
    path = directory / "config.json"
    return json.loads(path.read_text()) if path.exists() else None


# ---- names: lists of (reference, ours)

def linear(reference, ours):
    return [(f"{reference}.{part}", f"{ours}.{part}") for part in ("weight", "bias")]


def table(reference, ours):
    return [(f"{reference}.weight", f"{ours}.weight")]


def stack(reference, ours, layers, injects, labels):
    pairs = []
    for i in range(layers):
        a, b = f"{reference}.layers.{i}", f"{ours}.layers.{i}"
        pairs += [(f"{a}.self_attn.in_proj_weight", f"{b}.attention.qkv.weight"),
                  (f"{a}.self_attn.in_proj_bias", f"{b}.attention.qkv.bias")]
        pairs += linear(f"{a}.self_attn.out_proj", f"{b}.attention.out")
        pairs += linear(f"{a}.linear_global", f"{b}.inject") if injects else []
        pairs += linear(f"{a}.linear_global2", f"{b}.inject_label") if labels else []
        pairs += linear(f"{a}.linear1", f"{b}.up") + linear(f"{a}.linear2", f"{b}.down")
        pairs += linear(f"{a}.norm1", f"{b}.attention_norm") + linear(f"{a}.norm2", f"{b}.feed_forward_norm")
    return pairs + linear(f"{reference}.norm", f"{ours}.norm")


def embedding(reference, ours, contours):
    return (table(f"{reference}.command_embed", f"{ours}_command_table") +
            table(f"{reference}.arg_embed", f"{ours}_argument_table") +
            linear(f"{reference}.embed_fcn", f"{ours}_projection") +
            (table(f"{reference}.group_embed", f"{ours}_contour_table") if contours else []) +
            table(f"{reference}.pos_encoding.pos_embed", f"{ours}_position_table"))


def deepsvg_pairs(a):
    d, labels = a["deepsvg"], a["deepsvg"]["label_condition"]
    pairs = embedding("encoder.embedding", "encoder", d["encode_stages"] == 1)
    pairs += table("encoder.label_embedding.label_embedding", "encoder_label_table") if labels else []
    pairs += stack("encoder.encoder", "command_encoder", a["contour_encoder_layers"], False, labels)
    if d["encode_stages"] == 2:
        pairs += [] if d["self_match"] else table("encoder.hierarchical_PE.pos_embed", "encoder_slot_table")
        pairs += stack("encoder.hierarchical_encoder", "path_encoder", a["icon_encoder_layers"], False, labels)
    if d["residual"]:
        for i in range(4):
            pairs += linear(f"resnet.linear{i + 1}.0", f"residual.{i}")
    if a["variant"] == "vae":
        pairs += linear("vae.enc_mu_fcn", "bottleneck") + linear("vae.enc_sigma_fcn", "log_sigma2")
    else:
        pairs += linear("bottleneck.bottleneck", "bottleneck")
    pairs += table("decoder.label_embedding.label_embedding", "decoder_label_table") if labels else []
    if d["decode_stages"] == 2:
        pairs += table("decoder.hierarchical_embedding.PE.pos_embed", "decoder_slot_table")
        pairs += stack("decoder.hierarchical_decoder", "path_decoder", a["icon_decoder_layers"], True, labels)
        pairs += linear("decoder.hierarchical_fcn.visibility_fcn", "visibility_head")
        pairs += linear("decoder.hierarchical_fcn.z_fcn", "code_head")
    if d["prediction"] == "autoregressive":
        pairs += embedding("decoder.embedding", "decoder", True)
    else:
        pairs += table("decoder.embedding.PE.pos_embed", "decoder_position_table")
    pairs += stack("decoder.decoder", "command_decoder", a["contour_decoder_layers"], True, labels)
    return pairs + linear("decoder.fcn.command_fcn", "command_head") + linear("decoder.fcn.args_fcn", "argument_head")


def dit_pairs(depth, patches):
    pairs = [("pos_embed", "token_table")] + (linear("x_embedder.proj", "input") if patches else [])
    pairs += linear("t_embedder.mlp.0", "time_in") + linear("t_embedder.mlp.2", "time_out")
    pairs += table("y_embedder.embedding_table", "label_table.table")
    for i in range(depth):
        b = f"blocks.{i}"
        pairs += linear(f"{b}.attn.qkv", f"{b}.attention.qkv") + linear(f"{b}.attn.proj", f"{b}.attention.out")
        pairs += linear(f"{b}.mlp.fc1", f"{b}.up") + linear(f"{b}.mlp.fc2", f"{b}.down")
        pairs += linear(f"{b}.adaLN_modulation.1", f"modulation.{i}")
    return pairs + linear("final_layer.linear", "output") + linear("final_layer.adaLN_modulation.1", f"modulation.{depth}")


def join_modulation(tensors, depth):
    """Ours is one map for all blocks and the output: the rows of one after those of the other."""
    for part in ("weight", "bias"):
        tensors[f"modulation.{part}"] = torch.cat([tensors.pop(f"modulation.{i}.{part}") for i in range(depth + 1)])


def split_modulation(tensors, depth, width, where):
    for part in ("weight", "bias"):
        found = len(tensors.get(f"modulation.{part}", ()))
        if found != (6 * depth + 2) * width:
            raise Failure(f"{where}: 'modulation.{part}' has {found} rows; expected {(6 * depth + 2) * width}")
        parts = tensors.pop(f"modulation.{part}").split([6 * width] * depth + [2 * width])
        tensors.update({f"modulation.{i}.{part}": p.contiguous() for i, p in enumerate(parts)})


def renamed(tensors, pairs, where, ignored=()):
    """Every tensor under its new name; strict both ways."""
    known = dict(pairs)
    missing = [a for a in known if a not in tensors]
    unknown = [k for k in tensors if k not in known and k not in ignored]
    if missing or unknown:
        lines = [f"  '{k}' is missing" for k in missing] + [f"  '{k}' is unknown" for k in unknown]
        raise Failure(f"{where}: is not of this kind, {len(lines)} differences:\n" + "\n".join(lines[:40]))
    return {known[k]: v.float() for k, v in tensors.items() if k in known}


# ---- DeepSVG

def count_layers(state, prefix):
    numbers = [int(m.group(1)) for k in state if (m := re.match(re.escape(prefix) + r"\.layers\.(\d+)\.", k))]
    return max(numbers) + 1 if numbers else 0


def rows(state, key):
    return state[key].shape[0] if key in state else 0


def describe_deepsvg(state, where):
    if "encoder.embedding.command_embed.weight" not in state:
        raise Failure(f"{where}: is no DeepSVG model: it has no 'encoder.embedding.command_embed.weight'")
    if any(k.startswith(("encoder.encoder.weight_ih", "decoder.fc_hc")) for k in state):
        raise Failure(f"{where}: is DeepSVG's LSTM form, which is not supported; expected a transformer")
    encode = 2 if "encoder.hierarchical_encoder.norm.weight" in state else 1
    decode = 2 if "decoder.hierarchical_decoder.norm.weight" in state else 1
    autoregressive = "decoder.embedding.command_embed.weight" in state
    labels = "encoder.label_embedding.label_embedding.weight"
    head = "vae.enc_mu_fcn.weight" if "vae.enc_mu_fcn.weight" in state else "bottleneck.bottleneck.weight"
    positions = rows(state, "encoder.embedding.pos_encoding.pos_embed.weight") - 2
    contours = (rows(state, "encoder.hierarchical_PE.pos_embed.weight") or
                rows(state, "decoder.hierarchical_embedding.PE.pos_embed.weight") or
                rows(state, "encoder.embedding.group_embed.weight") - 2)
    shown = rows(state, "decoder.embedding.PE.pos_embed.weight") - 1
    per_contour = positions if encode == 2 else shown if decode == 2 else positions
    total = positions if encode == 1 else shown if decode == 1 and not autoregressive else contours * per_contour
    autoencoder = {
        "architecture": "deepsvg",
        "width": state["encoder.embedding.command_embed.weight"].shape[1],
        "heads": 8,
        "feed_forward": rows(state, "encoder.encoder.layers.0.linear1.weight"),
        "contour_encoder_layers": count_layers(state, "encoder.encoder"),
        "icon_encoder_layers": count_layers(state, "encoder.hierarchical_encoder"),
        "icon_decoder_layers": count_layers(state, "decoder.hierarchical_decoder"),
        "contour_decoder_layers": count_layers(state, "decoder.decoder"),
        "latent_tokens": 1,
        "latent_width": rows(state, head),
        "variant": "vae" if "vae.enc_mu_fcn.weight" in state else "deterministic",
        "kl_weight": 10.0,
        "deepsvg": {
            "encode_stages": encode,
            "decode_stages": decode,
            "prediction": "autoregressive" if autoregressive else "one_shot",
            "relative_arguments": rows(state, "decoder.fcn.args_fcn.weight") == ARGUMENTS * 2 * GRID,
            "label_condition": labels in state,
            "labels": rows(state, labels) or 100,
            "label_width": state[labels].shape[1] if labels in state else 64,
            "self_match": encode == 2 and "encoder.hierarchical_PE.pos_embed.weight" not in state,
            "residual": "resnet.linear1.0.weight" in state,
        },
    }
    return autoencoder, {"max_contours": contours, "max_commands_per_contour": per_contour, "max_commands": total}


def deepsvg_buffers(autoencoder, limits):
    """What the reference's state dict holds beside its parameters."""
    d = autoencoder["deepsvg"]
    mask = torch.zeros(COMMANDS, ARGUMENTS, dtype=torch.int64)
    mask[0, 9:] = mask[1, 9:] = mask[2, 5:] = mask[3, :5] = mask[3, 9:] = 1
    column = lambda n: torch.arange(n, dtype=torch.int64).unsqueeze(1)
    length = limits["max_commands_per_contour"] if d["encode_stages"] == 2 else limits["max_commands"]
    out = {"cmd_args_mask": mask, "encoder.embedding.pos_encoding.position": column(length + 2)}
    if d["encode_stages"] == 2 and not d["self_match"]:
        out["encoder.hierarchical_PE.position"] = column(limits["max_contours"])
    if d["decode_stages"] == 2:
        out["decoder.hierarchical_embedding.PE.position"] = column(limits["max_contours"])
    if d["prediction"] == "autoregressive":
        n = limits["max_commands"]
        out["decoder.embedding.pos_encoding.position"] = column(n + 2)
        out["decoder.square_subsequent_mask"] = torch.full((n + 1, n + 1), -math.inf).triu(1)
    else:
        n = limits["max_commands_per_contour"] if d["decode_stages"] == 2 else limits["max_commands"]
        out["decoder.embedding.PE.position"] = column(n + 1)
    return out


def import_deepsvg(state, args, extra, config):
    autoencoder, limits = describe_deepsvg(state, args.weights)
    autoencoder["heads"] = extra.get("heads", autoencoder["heads"])
    limits.update(extra.get("limits", {}))
    ours = renamed(state, deepsvg_pairs(autoencoder), args.weights, deepsvg_buffers(autoencoder, limits))
    config.update(autoencoder=autoencoder, limits=limits, styles=[OUTLINE])
    config.setdefault("label_names", extra.get("label_names", [str(i) for i in range(autoencoder["deepsvg"]["labels"])]))
    save_safetensors(args.output / "autoencoder.safetensors", ours, {"svgfusion_model": "autoencoder"})


def export_deepsvg(directory, config):
    a = config["autoencoder"]
    if a.get("architecture") != "deepsvg":
        raise Failure(f"{directory}: its autoencoder is not of DeepSVG's architecture, so DeepSVG cannot load it")
    tensors = load_safetensors(directory / "autoencoder.safetensors")
    out = renamed(tensors, [(b, c) for c, b in deepsvg_pairs(a)], directory)
    out.update(deepsvg_buffers(a, config["limits"]))
    return {"model": out}


# ---- DiT

def permutation(channels, patch, learns_variance):
    """Row of the reference's last layer (patch row, patch column, channel) for each of ours (mean, then variance; channel first)."""
    groups = 2 if learns_variance else 1
    return torch.tensor([(p * patch + q) * groups * channels + g * channels + c
                         for g in range(groups) for c in range(channels) for p in range(patch) for q in range(patch)])


def import_dit(state, args, extra, config):
    if "pos_embed" not in state or "final_layer.linear.weight" not in state:
        raise Failure(f"{args.weights}: is no DiT: it has no 'pos_embed' or no 'final_layer.linear.weight'")
    patches = "x_embedder.proj.weight" in state
    depth = max((int(k.split(".")[1]) for k in state if k.startswith("blocks.")), default=-1) + 1
    width, tokens = state["pos_embed"].shape[2], state["pos_embed"].shape[1]
    channels, patch = (state["x_embedder.proj.weight"].shape[1:3]) if patches else (width, 1)
    latent = channels * patch * patch
    learns_variance = rows(state, "final_layer.linear.weight") == 2 * latent
    if not learns_variance and rows(state, "final_layer.linear.weight") != latent:
        raise Failure(f"{args.weights}: its last layer has {rows(state, 'final_layer.linear.weight')} rows; expected {latent} or {2 * latent}")
    ours = renamed(state, dit_pairs(depth, patches), args.weights)
    join_modulation(ours, depth)
    ours["token_table"] = ours["token_table"].reshape(tokens, width)
    if patches:
        ours["input.weight"] = ours["input.weight"].reshape(width, latent)
        order = permutation(channels, patch, learns_variance)
        for part in ("weight", "bias"):
            ours[f"output.{part}"] = ours[f"output.{part}"][order]
    # The thesis divides its latents by 0.7128; DiT multiplies those of its image autoencoder by 0.18215.
    scale = extra.get("latent_scale", 1 / 0.18215 if patches else 0.7128)
    ours["latent_mean"] = torch.zeros(tokens, latent)
    ours["latent_std"] = torch.full((tokens, latent), float(scale))
    if patches:  # what its weights, once flat, no longer tell
        config["patch"] = {"channels": channels, "size": patch}
    labels = rows(state, "y_embedder.embedding_table.weight") - 1
    config["label_names"] = extra.get("label_names", [str(i) for i in range(labels)])
    if len(config["label_names"]) != labels:
        raise Failure(f"--config names {len(config['label_names'])} labels; the weights have {labels}")
    config["denoiser"] = {
        "width": width, "depth": depth, "heads": extra.get("heads", 16),
        "feed_forward_ratio": rows(state, "blocks.0.mlp.fc1.weight") / width,
        "input_projection": patches, "token_code": "sincos", "latent_scale": float(scale),
    }
    prediction = "noise" if patches else "sample"
    config["diffusion"] = {"schedule": "linear", "steps": 1000, "prediction": prediction, "loss_weight": prediction,
                           "variance": "learned_range" if learns_variance else "fixed", **extra.get("diffusion", {})}
    config["sampling"] = {"sampler": "ddpm", "steps": config["diffusion"]["steps"], "guidance": 4.0, "guidance_low": 0.0,
                          "guidance_high": 1.0, **extra.get("sampling", {})}
    known = config.get("autoencoder")
    if known and known.get("latent_tokens", 1) * known.get("latent_width", 256) != tokens * latent:
        raise Failure(f"{args.output}: its autoencoder has latents of {known.get('latent_width', 256)} numbers, the denoiser of {latent}")
    config.setdefault("autoencoder", {"latent_tokens": tokens, "latent_width": latent})
    save_safetensors(args.output / "denoiser.safetensors", ours, {"svgfusion_model": "denoiser"})


def export_dit(directory, config):
    d = config.get("denoiser")
    if not d:
        raise Failure(f"{directory}: has no denoiser")
    tensors = load_safetensors(directory / "denoiser.safetensors")
    patches = d["input_projection"]
    if "token_table" not in tensors:
        if patches or config["autoencoder"].get("latent_tokens", 1) != 1:
            raise Failure(f"{directory}: its denoiser is of another form than DiT's")
        # One token without a code of its own: DiT's code of a single place is added to the latent, so it cannot be absent.
        raise Failure(f"{directory}: its denoiser has no token code; train it with denoiser.token_code sincos to export it")
    for statistic in ("latent_mean", "latent_std"):
        tensors.pop(statistic)
    split_modulation(tensors, d["depth"], d["width"], directory)
    out = renamed(tensors, [(b, a) for a, b in dit_pairs(d["depth"], patches)], directory)
    out["pos_embed"] = out["pos_embed"].unsqueeze(0)
    if patches:
        if "patch" not in config:
            raise Failure(f"{directory}: its denoiser did not come from a DiT of images (config.json has no 'patch')")
        width, channels, patch = out["x_embedder.proj.weight"].shape[0], config["patch"]["channels"], config["patch"]["size"]
        out["x_embedder.proj.weight"] = out["x_embedder.proj.weight"].reshape(width, channels, patch, patch)
        order = permutation(channels, patch, config["diffusion"].get("variance") == "learned_range")
        for part in ("weight", "bias"):
            moved = torch.empty_like(out[f"final_layer.linear.{part}"])
            moved[order] = out[f"final_layer.linear.{part}"]
            out[f"final_layer.linear.{part}"] = moved
    return out


# ---- the command

def heads_of(checkpoint):
    """The number of heads where a checkpoint's own configuration tells it; the weights do not."""
    for part in ("cfg", "args", "config", "model_cfg"):
        found = checkpoint.get(part) if isinstance(checkpoint, dict) else None
        if isinstance(found, dict):
            for key in ("n_heads", "num_heads"):
                if isinstance(found.get(key), int):
                    return found[key]
            if inner := heads_of(found):
                return inner
    return None


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

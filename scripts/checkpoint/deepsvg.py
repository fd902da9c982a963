# SPDX-License-Identifier: MIT
"""DeepSVG's SVGTransformer, every form but the LSTM."""
import math
import re

import torch

from checkpoint import Failure
from checkpoint.names import linear, renamed, rows, table
from checkpoint.safetensors import load_safetensors, save_safetensors

OUTLINE = {"kind": "stroke", "color": "000000ff", "width": 0.3, "cap": "butt", "join": "miter", "miterlimit": 4.0}
COMMANDS, ARGUMENTS, GRID = 7, 11, 256


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


def count_layers(state, prefix):
    numbers = [int(m.group(1)) for k in state if (m := re.match(re.escape(prefix) + r"\.layers\.(\d+)\.", k))]
    return max(numbers) + 1 if numbers else 0


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

# SPDX-License-Identifier: MIT
"""DiT: the original, fast-DiT, and the thesis's, whose tokens are latents."""
import torch

from checkpoint import Failure
from checkpoint.names import linear, renamed, rows, table
from checkpoint.safetensors import load_safetensors, save_safetensors


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

# SPDX-License-Identifier: MIT
"""The reference architectures in PyTorch, with the reference's parameter names: what converted weights are held against."""
import math

import torch
from torch import nn
from torch.nn import functional as F

EOS, SOS = 4, 5


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) / math.sqrt(width))
        self.in_proj_bias = nn.Parameter(0.1 * torch.randn(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x, hidden=None):  # x [B, S, W]; hidden [B, S] or [B, S, S]: keys that are not seen
        b, s, w = x.shape
        q, k, v = F.linear(x, self.in_proj_weight, self.in_proj_bias).view(b, s, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / math.sqrt(w // self.heads)
        if hidden is not None:
            scores = scores.masked_fill(hidden[:, None, None] if hidden.dim() == 2 else hidden[:, None], -math.inf)
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, s, w))


class Layer(nn.Module):
    def __init__(self, width, heads, inner, code=0, label=0):
        super().__init__()
        self.self_attn = Attention(width, heads)
        if code:
            self.linear_global = nn.Linear(code, width)
        if label:
            self.linear_global2 = nn.Linear(label, width)
        self.linear1, self.linear2 = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, code=None, label=None, hidden=None):
        x = x + self.self_attn(self.norm1(x), hidden)
        if code is not None:
            x = x + self.linear_global(code)[:, None]
        if label is not None:
            x = x + self.linear_global2(label)[:, None]
        return x + self.linear2(F.relu(self.linear1(self.norm2(x))))


class Stack(nn.Module):
    def __init__(self, layers, *sizes, **more):
        super().__init__()
        self.layers = nn.ModuleList(Layer(*sizes, **more) for _ in range(layers))
        self.norm = nn.LayerNorm(sizes[0])

    def forward(self, x, **more):
        for layer in self.layers:
            x = layer(x, **more)
        return self.norm(x)


class Positions(nn.Module):
    def __init__(self, width, count):
        super().__init__()
        self.register_buffer("position", torch.arange(count, dtype=torch.long).unsqueeze(1))
        self.pos_embed = nn.Embedding(count, width)

    def forward(self, count):
        return self.pos_embed(self.position[:count, 0])


class Embedding(nn.Module):
    def __init__(self, width, positions, groups=0, values=257):
        super().__init__()
        self.command_embed, self.arg_embed = nn.Embedding(7, width), nn.Embedding(values, 64)
        self.embed_fcn = nn.Linear(64 * 11, width)
        if groups:
            self.group_embed = nn.Embedding(groups + 2, width)
        self.pos_encoding = Positions(width, positions + 2)

    def forward(self, commands, args):
        x = self.command_embed(commands) + self.embed_fcn(self.arg_embed(args + 1).flatten(-2))
        if hasattr(self, "group_embed"):
            x = x + self.group_embed((commands == 0).cumsum(-1))
        return x + self.pos_encoding(commands.shape[-1])


def module(**children):
    out = nn.Module()
    for name, child in children.items():
        setattr(out, name, child)
    return out


class SvgTransformer(nn.Module):
    """DeepSVG: hierarchical (stages 2) or one-stage; ordered; with or without labels and VAE heads."""

    def __init__(self, stages=2, labels=False, vae=False, autoregressive=False, width=256, heads=8, inner=512, layers=4, z=256,
                 groups=8, length=30, total=50):
        super().__init__()
        self.stages, self.labels, self.vae_head, self.autoregressive, self.groups = stages, labels, vae, autoregressive, groups
        label = 64 if labels else 0
        sizes = (width, heads, inner)
        encoder = dict(embedding=Embedding(width, length if stages == 2 else total, groups if stages == 1 else 0))
        if labels:
            encoder["label_embedding"] = module(label_embedding=nn.Embedding(100, 64))
        encoder["encoder"] = Stack(layers, *sizes, label=label)
        if stages == 2:
            encoder["hierarchical_PE"] = Positions(width, groups)
            encoder["hierarchical_encoder"] = Stack(layers, *sizes, label=label)
        self.encoder = module(**encoder)
        self.resnet = module(**{f"linear{i}": nn.Sequential(nn.Linear(width, width), nn.ReLU()) for i in range(1, 5)})
        if vae:
            self.vae = module(enc_mu_fcn=nn.Linear(width, z), enc_sigma_fcn=nn.Linear(width, z))
        else:
            self.bottleneck = module(bottleneck=nn.Linear(width, z))
        decoder = {}
        if labels:
            decoder["label_embedding"] = module(label_embedding=nn.Embedding(100, 64))
        if stages == 2:
            decoder["hierarchical_embedding"] = module(PE=Positions(width, groups))
            decoder["hierarchical_decoder"] = Stack(layers, *sizes, code=z, label=label)
            decoder["hierarchical_fcn"] = module(visibility_fcn=nn.Linear(width, 2), z_fcn=nn.Linear(width, z))
        if autoregressive:
            decoder["embedding"] = Embedding(width, total, total, 512)
        else:
            decoder["embedding"] = module(PE=Positions(width, (length if stages == 2 else total) + 1))
        decoder["decoder"] = Stack(layers, *sizes, code=z, label=label)
        values = 512 if autoregressive else 257
        decoder["fcn"] = module(command_fcn=nn.Linear(width, 7), args_fcn=nn.Linear(width, 11 * values))
        self.decoder = module(**decoder)
        if autoregressive:
            self.decoder.register_buffer("square_subsequent_mask", torch.full((total + 1, total + 1), -math.inf).triu(1))
        mask = torch.zeros(7, 11, dtype=torch.long)
        mask[0, 9:] = mask[1, 9:] = mask[2, 5:] = mask[3, :5] = mask[3, 9:] = 1
        self.register_buffer("cmd_args_mask", mask)

    def encode(self, commands, args, label=None):  # [N, G, S], [N, G, S, 11]
        n, g, s = commands.shape
        e = self.encoder
        flat, flat_args = commands.flatten(0, 1), args.flatten(0, 1)
        code = e.label_embedding.label_embedding(label) if self.labels else None
        over = (flat == EOS).cumsum(-1) > 0
        x = e.embedding(flat, flat_args)
        x = e.encoder(x, hidden=over, label=code.repeat_interleave(g, 0) if self.labels else None)
        seen = (~over).float().unsqueeze(-1)
        x = (x * seen).sum(1) / seen.sum(1)
        if self.stages == 2:
            empty = (commands == EOS).sum(-1) >= s - 1
            x = e.hierarchical_encoder(x.view(n, g, -1) + e.hierarchical_PE(g), hidden=empty, label=code)
            seen = (~empty).float().unsqueeze(-1)
            x = (x * seen).sum(1) / seen.sum(1)
        for i in range(1, 5):
            x = x + getattr(self.resnet, f"linear{i}")(x)
        return self.vae.enc_mu_fcn(x) if self.vae_head else self.bottleneck.bottleneck(x)

    def decode(self, z, label=None):
        d = self.decoder
        code = d.label_embedding.label_embedding(label) if self.labels else None
        visible = None
        if self.stages == 2:
            x = d.hierarchical_decoder(d.hierarchical_embedding.PE(self.groups).expand(len(z), -1, -1), code=z, label=code)
            visible = d.hierarchical_fcn.visibility_fcn(x)
            z = d.hierarchical_fcn.z_fcn(x).flatten(0, 1)
            code = code.repeat_interleave(self.groups, 0) if self.labels else None
        positions = d.embedding.PE.position.shape[0]
        x = d.decoder(d.embedding.PE(positions).expand(len(z), -1, -1), code=z, label=code)
        return d.fcn.command_fcn(x), d.fcn.args_fcn(x).unflatten(-1, (11, -1)), visible


def square_sines(tokens, width):
    side = math.isqrt(tokens)
    frequencies = 10000 ** -(torch.arange(width // 4, dtype=torch.double) / (width / 4))
    def code(at):
        angles = at[:, None] * frequencies[None]
        return torch.cat([angles.sin(), angles.cos()], 1)
    place = torch.arange(tokens, dtype=torch.double)
    return torch.cat([code(place % side), code(place.div(side, rounding_mode="floor"))], 1).float()


class DitBlock(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.heads = heads
        self.attn = module(qkv=nn.Linear(width, 3 * width), proj=nn.Linear(width, width))
        self.mlp = module(fc1=nn.Linear(width, ratio * width), fc2=nn.Linear(ratio * width, width))
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))

    def forward(self, x, c):
        b, t, w = x.shape
        s1, m1, g1, s2, m2, g2 = (p[:, None] for p in self.adaLN_modulation(c).chunk(6, 1))
        h = F.layer_norm(x, (w,), eps=1e-6) * (1 + m1) + s1
        q, k, v = self.attn.qkv(h).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = ((q @ k.transpose(-1, -2) / math.sqrt(w // self.heads)).softmax(-1) @ v).transpose(1, 2).reshape(b, t, w)
        x = x + g1 * self.attn.proj(mixed)
        h = F.layer_norm(x, (w,), eps=1e-6) * (1 + m2) + s2
        return x + g2 * self.mlp.fc2(F.gelu(self.mlp.fc1(h), approximate="tanh"))


class Dit(nn.Module):
    """The thesis's (patch 0: one token, the latent itself) or DiT's own, over images of `side` in patches."""

    def __init__(self, classes, depth, width=256, heads=16, patch=0, channels=4, side=8):
        super().__init__()
        self.patch, self.channels, self.width = patch, channels, width
        tokens = (side // patch) ** 2 if patch else 1
        self.pos_embed = nn.Parameter(square_sines(tokens, width)[None], requires_grad=False)
        if patch:
            self.x_embedder = module(proj=nn.Conv2d(channels, width, patch, patch))
        self.t_embedder = module(mlp=nn.Sequential(nn.Linear(256, width), nn.SiLU(), nn.Linear(width, width)))
        self.y_embedder = module(embedding_table=nn.Embedding(classes + 1, width))
        self.blocks = nn.ModuleList(DitBlock(width, heads, 4) for _ in range(depth))
        out = patch * patch * channels * 2 if patch else 2 * width
        self.final_layer = module(linear=nn.Linear(width, out), adaLN_modulation=nn.Sequential(nn.SiLU(), nn.Linear(width, 2 * width)))

    def forward(self, x, t, y):
        """x [B, 1, W], or images [B, C, H, H] -> mean and variance of the same shape."""
        frequencies = torch.exp(-math.log(10000) * torch.arange(128) / 128)
        angles = t[:, None].float() * frequencies
        c = self.t_embedder.mlp(torch.cat([angles.cos(), angles.sin()], 1)) + self.y_embedder.embedding_table(y)
        h = (self.x_embedder.proj(x).flatten(2).transpose(1, 2) if self.patch else x) + self.pos_embed
        for block in self.blocks:
            h = block(h, c)
        shift, scale = (p[:, None] for p in self.final_layer.adaLN_modulation(c).chunk(2, 1))
        h = self.final_layer.linear(F.layer_norm(h, (self.width,), eps=1e-6) * (1 + scale) + shift)
        if not self.patch:
            return h.view(len(x), 2, self.width).split(1, 1)
        p, side = self.patch, x.shape[-1] // self.patch
        h = h.view(len(x), side, side, p, p, 2 * self.channels)
        return torch.einsum("nhwpqc->nchpwq", h).reshape(len(x), 2 * self.channels, side * p, side * p).chunk(2, 1)


def ddim(model, x, y, timesteps, guidance, null, predicts_noise=False, guides_variance=True):
    """DDIM with eta 0 over ascending timesteps of linear-1000, guided."""
    bars = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.double), 0)
    none = torch.full_like(y, null)
    for i in range(len(timesteps) - 1, -1, -1):
        t = torch.full((len(x),), timesteps[i])
        with_label, without = model(x, t, y)[0], model(x, t, none)[0]
        said = without + guidance * (with_label - without)
        a, before = bars[timesteps[i]].item(), bars[timesteps[i - 1]].item() if i else 1.0
        x0 = (x - math.sqrt(1 - a) * said) / math.sqrt(a) if predicts_noise else said
        noise = (x - math.sqrt(a) * x0) / math.sqrt(1 - a)
        x = math.sqrt(before) * x0 + math.sqrt(1 - before) * noise
    return x

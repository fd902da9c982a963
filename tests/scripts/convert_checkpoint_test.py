#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/convert_checkpoint.py against the reference architectures in PyTorch, through the tools and back again.

    python3 tests/scripts/convert_checkpoint_test.py BIN_DIR
"""
import contextlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import torch
except ImportError:
    print("PyTorch is not installed: skipped")
    sys.exit(77)  # ctest counts it as skipped

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "scripts")]
import convert_checkpoint as converter  # noqa: E402
import reference_models as models  # noqa: E402
from checkpoint.safetensors import load_safetensors, save_safetensors  # noqa: E402

BIN = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else ROOT / "build/release/bin"
DRAWINGS = {"a": "M2 2 L20 3 L18 20 L3 19 L2 2 Z M8 8 C10 4 14 4 16 8 L12 15 L8 8 Z", "b": "M4 12 C4 4 20 4 20 12 S4 20 4 12",
            "c": "M3 3h10v5H4V20", "d": "M5 5 L19 5 L12 18 L5 5 Z"}


def run(*command, code=0):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert result.returncode == code, f"{command}: exit code {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stdout + result.stderr


def convert(*arguments, code=0):
    """The converter in this process: another would first import PyTorch, which takes longer than all else."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            found = converter.main([str(a) for a in arguments])
    except SystemExit as stopped:  # argparse's
        found = stopped.code
    assert found == code, f"{arguments}: exit code {found}\n{said.getvalue()}"
    return said.getvalue()


def tool(name, *arguments):
    return run(BIN / f"svgfusion-{name}", *arguments, "--quiet")


def tensors(path):
    return load_safetensors(pathlib.Path(path))


def randomise(model, seed):
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name == "pos_embed":
                continue
            scale = 0.5 / p.shape[-1] ** 0.5 if p.dim() > 1 and "embed" not in name else 0.3
            p.copy_(scale * torch.randn_like(p) + (1 if re.search(r"norm\w*\.weight", name) else 0))
    return model.eval()


def sequences(dataset, stages, groups=8, length=30, total=50):
    """The padded sequences that DeepSVG's own data set would make of a dataset file."""
    d = tensors(dataset)
    contours, offsets = d["contour_offsets"].tolist(), d["command_offsets"].tolist()
    n = len(contours) - 1
    rows, size = (groups, length + 2) if stages == 2 else (1, total + 2)
    commands = torch.full((n, rows, size), models.EOS)
    args = torch.full((n, rows, size, 11), -1)
    commands[:, :, 0] = models.SOS
    for i in range(n):
        at = 1
        for g, c in enumerate(range(contours[i], contours[i + 1])):
            at = 1 if stages == 2 else at
            for k in range(offsets[c], offsets[c + 1]):
                row = g if stages == 2 else 0
                command = d["commands"][k].item()
                commands[i, row, at] = command
                first = 5 if command == 2 else 9
                args[i, row, at, first:] = d["arguments"][k].long()[first - 5:]
                at += 1
    return commands, args


def paths_of(commands, args, shown):
    """Path data, in the box of 24, of greedy sequences."""
    out = []
    for g in range(commands.shape[0]):
        if not shown[g]:
            continue
        path, open_path = [], False
        for s in range(commands.shape[1]):
            c, a = commands[g, s].item(), [max(v, 0) for v in args[g, s].tolist()]
            if c == models.EOS:
                break
            if c == 0:
                path.append([tuple(a[9:11])])
                open_path = True
            elif c in (1, 2) and open_path:
                path[-1].append(tuple(a[9:11] if c == 1 else a[5:11]))
        out += [p for p in path if len(p) > 1]
    return out


def paths_of_svg(text):
    out = []
    for data in re.findall(r' d="([^"]*)"', text):
        for piece in re.findall(r"M[^M]*", data):
            path = []
            for letter, numbers in re.findall(r"([MLCHVQZ])([^A-Z]*)", piece):
                values = [float(v) for v in re.findall(r"-?\d*\.?\d+", numbers)]
                step = {"M": 2, "L": 2, "C": 6}[letter]
                path += [tuple(round(v * 256 / 24) for v in values[i:i + step]) for i in range(0, len(values), step)]
            out.append(path)
    return out


class ConvertTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def dataset(self):
        for name, data in DRAWINGS.items():
            (self.folder / "in").mkdir(exist_ok=True)
            (self.folder / "in" / f"{name}.svg").write_text(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{data}"/></svg>')
        tool("prepare", "--format", "deepsvg", "--input", self.folder / "in", "--output", self.folder / "data")
        return self.folder / "data"

    def check_there_and_back(self, kind, model, checkpoint, directory):
        convert("--kind", kind, "--export", directory, "--weights", self.folder / "back.pt")
        back = torch.load(self.folder / "back.pt", weights_only=True)
        back = back.get("model", back)
        expected = model.state_dict()
        self.assertEqual(set(back), set(expected))
        for name, value in expected.items():
            self.assertTrue(torch.equal(back[name], value), name)
            self.assertEqual(back[name].dtype, value.dtype, name)
        model.load_state_dict(back, strict=True)

    def test_deepsvg_forms_encode_alike_and_come_back_bit_equal(self):
        data = self.dataset()
        for seed, form in enumerate([dict(), dict(labels=True), dict(vae=True), dict(stages=1), dict(stages=1, autoregressive=True)]):
            with self.subTest(form):
                model = randomise(models.SvgTransformer(width=64, heads=4, inner=96, layers=2, z=48, **form), seed)
                directory = self.folder / f"model{seed}"
                cfg = {"model_cfg": {"n_heads": 4}}
                torch.save({"model": model.state_dict(), "stats": {"step": 3}, "cfg": cfg}, self.folder / "in.pth.tar")
                convert("--kind", "deepsvg", "--weights", self.folder / "in.pth.tar", "--output", directory)
                tool("encode", "--model", directory, "--data", data, "--output", self.folder / "latents")
                found = tensors(self.folder / "latents")
                commands, args = sequences(data, form.get("stages", 2))
                with torch.no_grad():
                    expected = model.encode(commands, args, found["labels"].long())
                torch.testing.assert_close(found["latents"][:, 0], expected, rtol=1e-5, atol=1e-5)
                self.check_there_and_back("deepsvg", model, self.folder / "in.pth.tar", directory)

    def test_deepsvg_at_its_own_size_has_every_key_and_decodes_alike(self):
        data = self.dataset()
        model = randomise(models.SvgTransformer(), 5)
        with torch.no_grad():  # heads that say different things at different places
            for head in (model.decoder.fcn.command_fcn, model.decoder.fcn.args_fcn):
                head.weight.mul_(20)
            model.decoder.fcn.command_fcn.bias[3:] = -99  # moves, lines and cubics
            model.decoder.hierarchical_fcn.visibility_fcn.bias.copy_(torch.tensor([-2.0, 2.0]))
        listed = (ROOT / "tests/reference/deepsvg_hierarchical_ordered_keys.txt").read_text().split("\n")
        listed = {line.split()[0] for line in listed if line and not line.startswith("#")}
        self.assertEqual(listed, set(model.state_dict()))
        directory = self.folder / "model"
        torch.save(model.state_dict(), self.folder / "in.pth.tar")
        convert("--kind", "deepsvg", "--weights", self.folder / "in.pth.tar", "--output", directory)
        tool("encode", "--model", directory, "--data", data, "--output", self.folder / "latents")
        tool("decode", "--model", directory, "--latents", self.folder / "latents", "--output", self.folder / "out")
        z = tensors(self.folder / "latents")["latents"][:, 0]
        with torch.no_grad():
            commands, args, visible = model.decode(z)
        commands = commands.argmax(-1).view(len(z), 8, -1)
        args = (args.argmax(-1) - 1).view(len(z), 8, -1, 11)
        shown = visible.softmax(-1)[..., 1] > 0.7
        files = sorted((self.folder / "out").rglob("*.svg"))
        self.assertEqual(len(files), len(z))
        drawn = 0
        for i, file in enumerate(files):
            expected = paths_of(commands[i], args[i], shown[i])
            drawn += len(expected)
            self.assertEqual(paths_of_svg(file.read_text()), expected, file)
        self.assertGreater(drawn, 0)
        self.check_there_and_back("deepsvg", model, None, directory)

    def test_dit_samples_alike_and_comes_back_bit_equal(self):
        model = randomise(models.Dit(classes=5, depth=3), 7)
        directory = self.folder / "model"
        torch.save({"model": {"unused": torch.zeros(1)}, "ema": model.state_dict(), "args": object}, self.folder / "in.pt")
        convert("--kind", "dit", "--weights", self.folder / "in.pt", "--output", directory)
        noise = torch.randn(4, 1, 256)
        save_safetensors(self.folder / "noise", {"noise": noise}, {})
        labels = torch.tensor([2, 0, 4, 2])
        timesteps = [round(i * 999 / 9) for i in range(10)]
        for guidance in (1, 3):
            tool("sample", "--model", directory, "--output-latents", self.folder / "out", "--labels", "2,0,4,2", "--count", 1,
                 "--noise", self.folder / "noise", "--sampler", "ddim", "--steps", 10, "--guidance", guidance)
            with torch.no_grad():
                expected = 0.7128 * models.ddim(model, noise, labels, timesteps, guidance, 5)
            torch.testing.assert_close(tensors(self.folder / "out")["latents"], expected, rtol=1e-4, atol=1e-4)
        tool("sample", "--model", directory, "--output-latents", self.folder / "out", "--labels", "2,0,4,2", "--count", 1,
             "--noise", self.folder / "noise", "--sampler", "ddim", "--steps", 10, "--guidance", 4, "--compat", "thesis")
        with torch.no_grad():
            expected = models.ddim(model, noise, labels, timesteps, 4, 4)  # none is the number of samples
        torch.testing.assert_close(tensors(self.folder / "out")["latents"], expected / expected.std() * 0.7, rtol=1e-4, atol=1e-4)
        self.check_there_and_back("dit", model, None, directory)

    def test_dit_of_images(self):
        model = randomise(models.Dit(classes=3, depth=2, width=64, heads=4, patch=2, channels=3), 8)
        directory = self.folder / "model"
        torch.save(model.state_dict(), self.folder / "in.pt")
        config = self.folder / "config.json"
        config.write_text(json.dumps({"num_heads": 4, "schedule": "linear"}))
        convert("--kind", "dit", "--weights", self.folder / "in.pt", "--output", directory, "--config", config)
        images = torch.randn(2, 3, 8, 8)

        def tokens(x):  # [B, C, H, H] -> [B, T, (C, p, p)]
            return x.unfold(2, 2, 2).unfold(3, 2, 2).permute(0, 2, 3, 1, 4, 5).reshape(len(x), 16, 12).contiguous()

        save_safetensors(self.folder / "noise", {"noise": tokens(images)}, {})
        tool("sample", "--model", directory, "--output-latents", self.folder / "out", "--labels", "1,2", "--count", 1,
             "--noise", self.folder / "noise", "--sampler", "ddim", "--steps", 5, "--guidance", 2)
        with torch.no_grad():
            expected = models.ddim(model, images, torch.tensor([1, 2]), [0, 250, 500, 749, 999], 2, 3, predicts_noise=True)
        torch.testing.assert_close(tensors(self.folder / "out")["latents"], tokens(expected) / 0.18215, rtol=1e-3, atol=1e-2)
        self.check_there_and_back("dit", model, None, directory)

    def test_an_autoencoder_and_its_denoiser_in_one_directory(self):
        directory = self.folder / "model"
        for kind, model in (("deepsvg", models.SvgTransformer()), ("dit", models.Dit(classes=4, depth=1))):
            torch.save(randomise(model, 9).state_dict(), self.folder / "in.pt")
            convert("--kind", kind, "--weights", self.folder / "in.pt", "--output", directory)
        tool("sample", "--model", directory, "--output", self.folder / "out", "--count", 1, "--steps", 4, "--sampler", "ddim")
        self.assertEqual(len(list((self.folder / "out").rglob("*.svg"))), 4)

    def test_what_is_wrong_is_said(self):
        self.assertIn("does not exist", convert("--kind", "dit", "--weights", self.folder / "no", "--output", self.folder / "m", code=1))
        (self.folder / "bad").write_text("hello")
        self.assertIn("no PyTorch checkpoint", convert("--kind", "dit", "--weights", self.folder / "bad", "--output", self.folder / "m", code=1))
        torch.save({"a": torch.zeros(1)}, self.folder / "other")
        self.assertIn("is no DiT", convert("--kind", "dit", "--weights", self.folder / "other", "--output", self.folder / "m", code=1))
        state = models.Dit(classes=2, depth=1).state_dict()
        state["blocks.0.more"] = torch.zeros(1)
        del state["blocks.0.mlp.fc2.bias"]
        torch.save(state, self.folder / "changed")
        said = convert("--kind", "dit", "--weights", self.folder / "changed", "--output", self.folder / "m", code=1)
        self.assertIn("'blocks.0.mlp.fc2.bias' is missing", said)
        self.assertIn("'blocks.0.more' is unknown", said)
        convert("--kind", "dit", "--weights", self.folder / "changed", code=2)

    def test_as_a_program(self):
        program = [sys.executable, ROOT / "scripts/convert_checkpoint.py", "--kind", "dit", "--weights", self.folder / "in.pt",
                   "--output", self.folder / "m"]
        self.assertIn("does not exist", run(*program, code=1))
        torch.save(randomise(models.Dit(classes=2, depth=1), 2).state_dict(), self.folder / "in.pt")
        run(*program)
        self.assertTrue((self.folder / "m/denoiser.safetensors").exists())

    def test_a_checkpoint_runs_nothing(self):
        marker = self.folder / "ran"

        class Bad:
            def __reduce__(self):
                return (open, (str(marker), "w"))

        model = randomise(models.Dit(classes=2, depth=1), 1)
        torch.save({"model": model.state_dict(), "cfg": Bad()}, self.folder / "in.pt")
        convert("--kind", "dit", "--weights", self.folder / "in.pt", "--output", self.folder / "m")
        self.assertFalse(marker.exists())
        self.check_there_and_back("dit", model, None, self.folder / "m")


if __name__ == "__main__":
    torch.set_num_threads(2)
    unittest.main(verbosity=2)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/sweep.py as a process: trials, a table, and going on after being stopped.

    python3 tests/scripts/sweep_test.py BIN_DIR
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import optuna
except ImportError:
    print("optuna is not installed: skipped")
    sys.exit(77)  # ctest counts it as skipped

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(sys.argv.pop(1)).resolve()
TINY = {
    "autoencoder": {"width": 16, "heads": 2, "feed_forward": 16, "contour_encoder_layers": 1, "icon_encoder_layers": 1,
                    "icon_decoder_layers": 1, "contour_decoder_layers": 1, "argument_width": 4, "latent_width": 8},
    "denoiser": {"width": 16, "heads": 2, "depth": 1, "input_projection": True},
    "training": {stage: {"steps": 4, "batch_size": 4, "warmup_steps": 1, "log_every": 2, "validate_every": 0, "preview_every": 0, "checkpoint_every": 2}
                 for stage in ("autoencoder", "denoiser")},
    "sampling": {"steps": 2},
}


def run(*command, code=0):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    assert result.returncode == code, f"{command}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stdout + result.stderr


class SweepTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        run(BIN / "svgfusion-prepare", "--input", ROOT / "data/icons/one_each.tsv", "--limit", 6, "--output", self.folder / "data")
        (self.folder / "c.json").write_text(json.dumps({**TINY, "data": {"dataset": str(self.folder / "data")}}))
        (self.folder / "space.json").write_text(json.dumps(
            {"training.denoiser.learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}, "diffusion.schedule": ["linear", "path"]}))
        for stage in ("autoencoder", "encode"):
            run(BIN / "svgfusion-train", "--config", self.folder / "c.json", "--run", self.folder / "base", "--stage", stage)

    def tearDown(self):
        self.temporary.cleanup()

    def sweep(self, trials, *more, code=0):
        return run(sys.executable, ROOT / "scripts/sweep.py", "--config", self.folder / "c.json", "--base", self.folder / "base",
                   "--output", self.folder / "out", "--trials", trials, "--space", self.folder / "space.json",
                   "--train", BIN / "svgfusion-train", *more, code=code)

    def table(self):
        return [line.split("\t") for line in (self.folder / "out/sweep.tsv").read_text().splitlines()]

    def test_trials_a_table_and_going_on(self):
        self.sweep(2)
        self.assertEqual(len(self.table()), 3)
        # A process that ends in the middle of a trial leaves it running: it comes back with the same values.
        study = optuna.load_study(storage=f"sqlite:///{self.folder / 'out/study.db'}", study_name="sweep")
        lost = study.ask()
        lost.suggest_float("training.denoiser.learning_rate", 1e-4, 1e-2, log=True)
        lost.suggest_categorical("diffusion.schedule", ["linear", "path"])
        said = self.sweep(3)
        self.assertIn(f"{lost.params['training.denoiser.learning_rate']}", said)
        rows = self.table()
        self.assertEqual(len(rows), 4)
        values = [float(row[0]) for row in rows[1:]]
        self.assertEqual(values, sorted(values))
        self.assertIn("learning_rate", rows[0][3])
        folders = {row[2] for row in rows[1:]}
        self.assertEqual(len(folders), 3)
        for name in folders:
            self.assertTrue((self.folder / "out" / name / "model/denoiser.safetensors").exists())
        self.assertNotIn("trial 4", self.sweep(3))  # nothing is left to do

    def test_what_is_wrong_is_said(self):
        (self.folder / "space.json").write_text(json.dumps({"denoiser.widht": [16]}))
        self.assertIn("denoiser.widht", self.sweep(1, code=1))
        (self.folder / "base/train.latents.safetensors").unlink()
        self.assertIn("has no train.latents.safetensors", self.sweep(1, code=1))


if __name__ == "__main__":
    unittest.main(verbosity=2)

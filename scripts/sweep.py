#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Searches settings of the denoiser: an Optuna study whose trials are runs of svgfusion-train.

    scripts/sweep.py --config configs/quickstart.json --base runs/quickstart --output runs/sweep --trials 20

--base is a run whose autoencoder and latents are there (svgfusion-train --stage autoencoder, then --stage encode); every
trial trains a denoiser on them in OUTPUT/trial-NAME. What is compared is the loss over its floor (loss_over_floor of
the last validation), which means the same for every noise schedule. The study is OUTPUT/study.db: the same command goes on
where it was stopped, a trial cut short too. OUTPUT/sweep.tsv and sweep.png show all trials.

--space FILE.json changes what is searched: {key: [choices]} or {key: {"low": a, "high": b, "log": true}}, keys as in a
configuration. Default: the thesis's axes (rate, depth, heads, label dropout, batch, noise schedule).

Needs optuna, and matplotlib for the picture: scripts/setup.sh --sweep installs both into .venv.
Exit code 0 done, 1 the work failed, 2 the command is wrong.
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

SPACE = {
    "training.denoiser.learning_rate": {"low": 3e-5, "high": 3e-3, "log": True},
    "denoiser.depth": [2, 4, 8, 16, 28, 34],
    "denoiser.heads": [2, 4, 8, 16],
    "denoiser.label_dropout": [0.0, 0.1, 0.2, 0.4],
    "training.denoiser.batch_size": [32, 100, 256, 512],
    "diffusion.schedule": ["linear", "scaled_linear", "cosine", "path"],
}
METRIC = "train_loss_over_floor"


class Failure(Exception):
    pass


def suggest(trial, space):
    values = {}
    for key, axis in space.items():
        if isinstance(axis, list):
            values[key] = trial.suggest_categorical(key, axis)
        elif isinstance(axis.get("low"), int) and isinstance(axis.get("high"), int):
            values[key] = trial.suggest_int(key, axis["low"], axis["high"], log=axis.get("log", False))
        else:
            values[key] = trial.suggest_float(key, axis["low"], axis["high"], log=axis.get("log", False))
    return values


def folder_of(output, values):
    """The same values, the same folder: a trial that was cut short resumes its own run."""
    return output / f"trial-{hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]}"


def prepare_folder(folder, base):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("model", "train.latents.safetensors"):
        source, target = base / name, folder / name
        if not source.exists():
            raise Failure(f"{base}: has no {name}; run svgfusion-train --stage autoencoder and --stage encode there first")
        if target.exists():
            continue
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("denoiser.safetensors"))
        else:
            shutil.copy2(source, target)


def last_metric(folder):
    """(value, steps) of the last validation of the denoiser."""
    found = None
    path = folder / "metrics.jsonl"
    if path.exists():
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if entry.get("stage") == "denoiser" and METRIC in entry:
                found = (entry[METRIC], entry["step"])
    if found is None:
        raise Failure(f"{path}: has no {METRIC}; the run did not come to a validation")
    return found


def run_trial(args, values):
    folder = folder_of(args.output, values)
    prepare_folder(folder, args.base)
    command = [str(args.train), "--config", str(args.config), "--run", str(folder), "--stage", "denoiser", "--quiet"]
    for key, value in [*values.items(), *(s.split("=", 1) for s in args.set)]:
        text = value if isinstance(value, str) else json.dumps(value)
        command += ["--set", f"{key}={text}"]
    if args.device:
        command += ["--device", args.device]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode in (129, 130, 143):  # stopped by a signal: so are we
        raise KeyboardInterrupt
    if result.returncode == 2:
        raise Failure(f"svgfusion-train refused {values}:\n{result.stderr}")
    return folder, result


def again(study, optuna):
    """Trials that were running when the last process ended get their turn once more, with the same values."""
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.enqueue_trial(trial.params)
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)


def write_results(args, study, space):
    rows = []
    for trial in study.trials:
        if trial.value is not None:
            rows.append([trial.value, trial.number, trial.user_attrs.get("folder", ""), *(trial.params.get(k, "") for k in space)])
    rows.sort(key=lambda row: row[0])
    lines = ["\t".join([METRIC, "trial", "folder", *space])]
    lines += ["\t".join(f"{v:.6g}" if isinstance(v, float) else str(v) for v in row) for row in rows]
    (args.output / "sweep.tsv").write_text("\n".join(lines) + "\n")
    print("\n".join(lines[:11]))
    try:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        print("sweep: no picture without matplotlib", file=sys.stderr)
        return
    figure, axes = pyplot.subplots(1, len(space), figsize=(3 * len(space), 3), sharey=True, squeeze=False)
    for i, (axis, key) in enumerate(zip(axes[0], space)):
        values = [row[3 + i] for row in rows]
        texts = any(isinstance(v, str) for v in values)
        axis.scatter([str(v) for v in values] if texts else values, [row[0] for row in rows], s=14)
        axis.set_title(key.split(".")[-1], fontsize=9)
        if isinstance(space[key], dict) and space[key].get("log"):
            axis.set_xscale("log")
        axis.set_yscale("log")
    axes[0][0].set_ylabel(METRIC.removeprefix("train_").replace("_", " "))
    figure.tight_layout()
    figure.savefig(args.output / "sweep.png", dpi=120)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, type=pathlib.Path)
    parser.add_argument("--base", required=True, type=pathlib.Path, help="a run with an autoencoder and its latents")
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=20, help="in all, those of earlier calls included")
    parser.add_argument("--space", type=pathlib.Path)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for every trial")
    parser.add_argument("--device", help="handed to svgfusion-train")
    parser.add_argument("--seed", type=int, default=0, help="of the search")
    parser.add_argument("--train", type=pathlib.Path, default=root / "build/release/bin/svgfusion-train")
    args = parser.parse_args()
    try:
        import optuna
    except ImportError:
        print("sweep: optuna is missing; run scripts/setup.sh --sweep and use .venv/bin/python", file=sys.stderr)
        return 1
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        space = json.loads(args.space.read_text()) if args.space else SPACE
        args.output.mkdir(parents=True, exist_ok=True)
        study = optuna.create_study(storage=f"sqlite:///{args.output / 'study.db'}", study_name="sweep", load_if_exists=True,
                                    direction="minimize", sampler=optuna.samplers.TPESampler(seed=args.seed))
        again(study, optuna)
        done = optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED
        while (count := len(study.get_trials(states=done))) < args.trials:
            trial = study.ask()
            values = suggest(trial, space)
            folder, result = run_trial(args, values)
            trial.set_user_attr("folder", folder.name)
            if result.returncode != 0:  # diverged, or out of memory: no value, but part of the table's account
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                print(f"trial {trial.number}: {result.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            value, steps = last_metric(folder)
            study.tell(trial, value)
            print(f"trial {count + 1}/{args.trials}: {value:.4f} after {steps} steps, {values}", file=sys.stderr)
        write_results(args, study, space)
    except (Failure, OSError, json.JSONDecodeError) as error:
        print(f"sweep: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sweep: stopped; the same command goes on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

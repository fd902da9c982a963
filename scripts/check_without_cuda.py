#!/usr/bin/env python3
"""Compiles what knows of CUDA as a build without it would: syntax and warnings, no code.

    scripts/check_without_cuda.py [BUILD]      default: build/release; does nothing where that has no CUDA

A machine with CUDA else never sees the other half of each #ifdef.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

MACROS = ("SVGFUSION_WITH_CUDA", "SVGFUSION_WITH_CUDA_KERNELS")
root = pathlib.Path(__file__).resolve().parent.parent


def knows_of_cuda(path, seen):
    """Whether the file, or what it includes of this project by a path relative to itself, has one of the macros."""
    if path in seen or not path.exists():
        return False
    seen.add(path)
    text = path.read_text()
    if any(macro in text for macro in MACROS):
        return True
    return any(knows_of_cuda(path.parent / name, seen) for name in re.findall(r'#include "([^"/]+)"', text))


def each_alone(entries):
    """The entries; one that compiles several sources together, by including them, becomes one for each."""
    for entry in entries:
        if pathlib.Path(entry["file"]).parent.name != "Unity":
            yield entry
            continue
        for source in re.findall(r'#include "([^"]+)"', pathlib.Path(entry["file"]).read_text()):
            yield {**entry, "file": source, "command": entry["command"].replace(entry["file"], source)}


def check(entry):
    words = shlex.split(entry["command"])
    words = words[1:] if pathlib.Path(words[0]).name == "ccache" else words
    # Without the precompiled header, which was made with these macros: the file must find all by its own includes.
    dropped = ("-c", "-o", "-include", "-Winvalid-pch", "-fpch-preprocess")
    kept = [w for i, w in enumerate(words) if w not in dropped and words[i - 1] not in ("-o", "-include")]
    done = subprocess.run([*kept, *(f"-U{m}" for m in MACROS), "-fsyntax-only"], cwd=entry["directory"],
                          capture_output=True, text=True)
    return entry["file"], done.returncode, done.stderr


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/release"
    entries = [e for e in each_alone(json.loads((build / "compile_commands.json").read_text()))
               if any(f"-D{m}" in e["command"] for m in MACROS) and e["file"].endswith(".cpp")
               and knows_of_cuda(pathlib.Path(e["file"]), set())]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, code, errors in pool.map(check, entries):
            if code != 0:
                failed += 1
                print(f"{file}:\n{errors}", file=sys.stderr)
    print(f"{len(entries)} files without CUDA, {failed} with problems")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())

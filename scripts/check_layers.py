#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that each room includes only the rooms it may, and that torch stays out of the lower ones.

    python3 scripts/check_layers.py [SOURCE_DIR]

The table is the one of src/README.md, lowest room first; a room may include itself and what is listed for it.
"""
import pathlib
import re
import sys

ALLOWED = {
    "base": set(),
    "config": {"base"},
    "svg": {"base"},
    "icon": {"base", "config", "svg"},
    "render": {"base", "svg", "icon"},
    "deepsvg": {"base", "svg"},
    "dataset": {"base", "config", "svg", "icon", "deepsvg", "render"},
    "kernels": set(),
    "nn": {"base", "kernels"},
    "diffusion": {"base", "config", "nn"},
    "model": {"base", "config", "svg", "icon", "dataset", "nn", "diffusion"},
    "training": {"base", "config", "svg", "icon", "render", "dataset", "nn", "diffusion", "model"},
    "pipeline": {"base", "config", "svg", "icon", "render", "dataset", "nn", "diffusion", "model"},
    "evaluation": {"base", "config", "svg", "icon", "render", "dataset", "nn", "diffusion", "model", "pipeline"},
}
TORCH_FREE = {"base", "config", "svg", "icon", "deepsvg", "render", "dataset", "kernels"}
# Third-party headers that one place owns, so that they can be replaced there.
OWNERS = {"tinyxml2.h": ["src/svg/xml_tree.cpp"], "cxxopts.hpp": ["apps/app.cpp"], "spdlog/": ["src/base/log.cpp"],
          "cairo.h": ["src/render/cairo_draw.h"], "nccl.h": ["src/training/nccl_communicator.cpp"],
          "nvtx3/": ["src/training/trace.cpp"]}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def room_of(path, root):
    parts = path.relative_to(root).parts
    if parts[0] == "include" and len(parts) > 3:
        return parts[2]
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    return None


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    problems = []
    files = sorted(p for d in ("include", "src", "apps") for p in (root / d).rglob("*") if p.suffix in (".h", ".cpp", ".cu", ".cuh"))
    for path in files:
        room = room_of(path, root)
        name = path.relative_to(root).as_posix()
        for target in INCLUDE.findall(path.read_text()):
            if room is not None:
                if room not in ALLOWED:
                    problems.append(f"{name}: '{room}' is no room of the table")
                match = re.match(r"svgfusion/(\w+)/", target)
                if match and match.group(1) != room and match.group(1) not in ALLOWED.get(room, set()):
                    problems.append(f"{name}: includes {target}; {room} may use {', '.join(sorted(ALLOWED.get(room, set()))) or 'nothing'}")
                if room in TORCH_FREE and re.match(r"(torch|ATen|c10)/", target):
                    problems.append(f"{name}: includes {target}; {room} is torch-free")
            if target == "torch/torch.h":
                problems.append(f"{name}: includes torch/torch.h; include the headers that are needed")
            for header, owners in OWNERS.items():
                if target.startswith(header) and name not in owners:
                    problems.append(f"{name}: includes {target}; only {', '.join(owners)} may")
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env bash
# The whole npm package through svgfusion-prepare, from JSON to tokens, on one thread; and usvg and svgo on 4,000 of its icons,
# with svgfusion on the same files.
#   NODE_PATH=DIR/node_modules tests/benchmarks/iconify_speed.sh PACKAGE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prepare=${SVGFUSION_PREPARE:-$here/../../build/release/bin/svgfusion-prepare}
package=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$prepare" "$package" "$work" <<'PY'
import json, resource, statistics, subprocess, sys
prepare, package, work = sys.argv[1:]
rates = []
for _ in range(3):
    subprocess.run([prepare, "--quiet", "--input", package + "/json", "--output", work + "/d", "--jobs", "1",
                    "--report", work + "/r.json"], check=True)
    report = json.load(open(work + "/r.json"))
    rates.append(report["read"] / report["read_seconds"])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
skipped = sum(report["reasons"].values())
assert report["kept"] + skipped == report["read"]
print(f"read {report['read']} (with hidden ones), kept {report['kept']}, left out with a reason {skipped}")
print(f"svgfusion, JSON to tokens: {statistics.median(rates):.0f} icons/s on one thread, at most {peak:.0f} MB")
PY
node "$here/sample_iconify.cjs" "$package" "$work/sample" 2000 1 >/dev/null
rm -r "$work/sample/mask" "$work/sample/color"
"$prepare" --quiet --input "$work/sample" --output "$work/d" --jobs 1 --report "$work/r.json"
python3 -c "
import json, sys
r = json.load(open(sys.argv[1]))
print(f\"svgfusion, SVG files to tokens: {r['read'] / r['read_seconds']:.0f} icons/s\")" "$work/r.json"
node "$here/svg_fidelity.cjs" speed "$work/sample"

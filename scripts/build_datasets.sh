#!/usr/bin/env bash
# Builds the recommended datasets from the npm package @iconify/json (installed by npm where it is missing) and, for
# `fonts`, from the fonts of this machine.
#
#   scripts/build_datasets.sh [--package DIR] [--fonts DIR] [--output DIR] [DATASET ...]
#
#   icons-mono   icons filled in one colour; label: the broad category of its set's own, as data/labels/categories.json says
#   icons-line   the same for icons stroked in one colour
#   concept50    filled icons of 50 concepts (bell, heart, star …); label: the concept
#   names500     filled icons of the 500 commonest names, two to four of each from different sets; label: the name (the
#                thesis's second experiment)
#   fonts        A to Z, a to z, 0 to 9 of every .ttf and .otf below the fonts' folder; label: the character
#
# What is held out, left out and dropped is written in configs/datasets/: whole icon sets for validation and test, copies of
# other sets, sets without a permissive licence, logos and flags, sets kept for out-of-distribution tests, near duplicates,
# and icons for training that look like one held out. Licences of what is kept are printed and stand in each dataset.
set -euo pipefail
cd "$(dirname "$0")/.."

package=out/npm/node_modules/@iconify/json
fonts=/usr/share/fonts
output=out/datasets
while [ $# -gt 0 ]; do
  case "$1" in
    --package) package=$2; shift 2 ;;
    --fonts) fonts=$2; shift 2 ;;
    --output) output=$2; shift 2 ;;
    -*) echo "build_datasets: unknown option '$1'; see the head of $0" >&2; exit 2 ;;
    *) break ;;
  esac
done
datasets=("$@")
[ ${#datasets[@]} -gt 0 ] || datasets=(icons-mono icons-line concept50 names500 fonts)

prepare=build/release/bin/svgfusion-prepare
[ -x "$prepare" ] || prepare=build/without-torch/bin/svgfusion-prepare
[ -x "$prepare" ] || { echo "build_datasets: svgfusion-prepare is not built; see README.md" >&2; exit 1; }
mkdir -p "$output"
for name in "${datasets[@]}"; do
  config=configs/datasets/$name.json
  [ -f "$config" ] || { echo "build_datasets: no dataset '$name'; there are icons-mono icons-line concept50 names500 fonts" >&2; exit 2; }
  if [ "$name" = fonts ]; then
    input=$fonts
  else
    if [ ! -d "$package/json" ]; then
      command -v npm >/dev/null || { echo "build_datasets: npm is missing; install it, or give --package DIR" >&2; exit 1; }
      npm install --silent --no-audit --no-fund --prefix out/npm @iconify/json
    fi
    input=$package/json
  fi
  echo "== $name" >&2
  "$prepare" --config "$config" --input "$input" --output "$output/$name.dataset.safetensors" \
    --report "$output/$name.json" 2>&1 | grep -v '^left out [^0-9]' >&2
done

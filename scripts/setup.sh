#!/usr/bin/env bash
# Installs what a build needs and is missing: system packages by apt, LibTorch by pip into .venv.
#
#   scripts/setup.sh            everything
#   scripts/setup.sh --no-torch only what the torch-free rooms and svgfusion-prepare need
#   scripts/setup.sh --sweep    everything, and what scripts/sweep.py needs
#   scripts/setup.sh --tests    that, and what only the tests need
#
# Environment:
#   LIBTORCH=DIR            use this LibTorch (a folder with include/ and lib/) and install none
#   SVGFUSION_TORCH=cpu|cuda  choose the build instead of looking for a driver or a toolkit
#   PIP_INDEX_URL, PIP_FIND_LINKS, ...  are pip's own and are passed through; where the default index has only
#                           the CUDA build, point PIP_INDEX_URL at PyTorch's CPU index for a smaller download
set -euo pipefail
cd "$(dirname "$0")/.."

want_torch=1
extras=()
case "${1:-}" in
  "") ;;
  --no-torch) want_torch=0 ;;
  --sweep) extras=(sweep) ;;
  --tests) extras=(sweep tests) ;;
  -h|--help) sed -n '2,13p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
  *) echo "setup: unknown option '$1'; try --help" >&2; exit 2 ;;
esac

packages=(g++ cmake ninja-build ccache git pkg-config python3 python3-venv ca-certificates
  libcxxopts-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libtinyxml2-dev libgtest-dev libcairo2-dev libfreetype-dev fonts-dejavu-core)
# a|b: either; where neither is there, the first that this distribution has
[[ " ${extras[*]} " != *" tests "* ]] || packages+=("clang-tidy-14|clang-tidy")

is_installed() {
  local package
  for package in ${1//|/ }; do
    if dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then return 0; fi
  done
  return 1
}

first_known() {
  local package
  for package in ${1//|/ }; do
    if apt-cache show "$package" >/dev/null 2>&1; then break; fi
  done
  echo "$package"
}

install_packages() {
  local missing=()
  local package
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local run=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "setup: these packages are missing and neither root nor sudo is at hand: ${missing[*]}" >&2
      exit 1
    }
    run=(sudo)
  fi
  echo "setup: installing ${missing[*]}" >&2
  "${run[@]}" apt-get update -qq
  local i
  for i in "${!missing[@]}"; do missing[i]=$(first_known "${missing[i]}"); done
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# cuda where a driver answers or a toolkit is installed, else cpu.
torch_build() {
  if [ -n "${SVGFUSION_TORCH:-}" ]; then
    case "$SVGFUSION_TORCH" in
      cpu|cuda) echo "$SVGFUSION_TORCH" ;;
      *) echo "setup: SVGFUSION_TORCH is '$SVGFUSION_TORCH'; expected cpu or cuda" >&2; exit 2 ;;
    esac
  elif nvidia-smi -L >/dev/null 2>&1 || command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ]; then
    echo cuda
  else
    echo cpu
  fi
}

install_torch() {
  local build requirement
  build=$(torch_build)
  requirement=$(sed -n "s/^\([^#]*[^# ]\) *# build: $build\$/\1/p" requirements.txt)
  [ -n "$requirement" ] || { echo "setup: requirements.txt has no line for the $build build" >&2; exit 1; }
  [ -x .venv/bin/python ] || python3 -m venv .venv
  if [ "$(cat .venv/.svgfusion-torch 2>/dev/null)" != "$requirement" ]; then
    echo "setup: installing $requirement ($build build) into .venv" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$requirement"
    echo "$requirement" > .venv/.svgfusion-torch
  fi
}

# What the lines of requirements.txt with this comment name.
install_extra() {
  local requirements
  mapfile -t requirements < <(sed -n "s/^\([^#]*[^# ]\) *# $1\$/\1/p" requirements.txt)
  [ -x .venv/bin/python ] || python3 -m venv .venv
  if [ "$(cat ".venv/.svgfusion-$1" 2>/dev/null)" != "${requirements[*]}" ]; then
    echo "setup: installing ${requirements[*]} into .venv" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "${requirements[@]}"
    echo "${requirements[*]}" > ".venv/.svgfusion-$1"
  fi
}

command -v apt-get >/dev/null || {
  echo "setup: this script installs packages by apt (Debian, Ubuntu); install by hand: ${packages[*]}" >&2
  exit 1
}
install_packages
if [ "$want_torch" -eq 1 ] && [ -z "${LIBTORCH:-}" ]; then install_torch; fi
for extra in "${extras[@]}"; do install_extra "$extra"; done

# shellcheck shell=bash disable=SC2034
# common.sh - what the scripts share; sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(gcc libc6-dev cmake ninja-build pkg-config libsodium-dev libjansson-dev libcsv-dev
  libevent-dev libssl-dev libsqlite3-dev libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libprotobuf-dev libhiredis-dev libseccomp-dev zlib1g-dev libhpdf-dev)
# For the web application. A machine may have node from elsewhere, which Debian's would get in the way of.
command -v npm >/dev/null || build_packages+=(nodejs npm)
test_packages=(check redis-server python3 git openssl chromium)
lint_packages=(clang clang-format clang-tidy shellcheck)
fuzz_packages=(clang libclang-rt-14-dev)

say() {
  printf '\n== %s\n' "$*"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "this needs root, or sudo: $*" >&2
    return 1
  fi
}

# Installs the Debian packages that are not there yet; says nothing when all are.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  as_root apt-get update -q >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
}

# build_preset PRESET [TARGET...]: configures and builds a preset, or some targets of it; quiet unless something is wrong.
build_preset() {
  local log preset=$1 targets=("${@:2}")
  log=$(mktemp)
  say "building ($preset)"
  if ! { cmake --preset "$preset" && cmake --build --preset "$preset" --target "${targets[@]:-all}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# Makes `buf` (lint, format and calls for protobuf APIs) available as $buf; a package of npm's registry.
need_buf() {
  buf=build/tools/node_modules/.bin/buf
  [ -x "$buf" ] && return 0
  command -v npm >/dev/null || need_packages nodejs npm
  say "installing buf"
  npm install --no-save --no-audit --no-fund --loglevel=error --prefix build/tools @bufbuild/buf@1.75.0 >/dev/null
}

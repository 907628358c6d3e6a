#!/usr/bin/env bash
# Runs fuzz targets, each for so many seconds: fuzz/run.sh [SECONDS] [TARGET…]. Needs the nightly
# toolchain and cargo-fuzz. Stops at the first find, which lies in fuzz/artifacts/TARGET/.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-600}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo +nightly fuzz list)
# Checks write small files: in memory, if there is such a place.
[ -d /dev/shm ] && export TMPDIR=/dev/shm
for target in "${targets[@]}"; do
  printf '\n== %s\n' "$target"
  more=()
  case $target in
    # The lexicon of the program is a seed too.
    lexicon) more=(../lexicons) ;;
  esac
  mkdir -p "corpus/$target"
  find="../tests/data/regressions/$target"
  [ -d "$find" ] && more+=("$find")
  cargo +nightly fuzz run "$target" "corpus/$target" "seeds/$target" "${more[@]}" -- \
    -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1
done

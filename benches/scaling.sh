#!/usr/bin/env bash
# How time and memory grow with input, threads and lexicon. Prints Markdown tables on standard output.
#
#   benches/scaling.sh [MEGABYTES ...]      default: 100; the issue's sizes are 100 1000 5000
#
# Files are made under target/scaling (as large as asked for) and kept; outputs are removed. The larger
# lexicons are measured on the first size. Needs GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=("$@")
if [ ${#sizes[@]} -eq 0 ]; then sizes=(100); fi
target=${CARGO_TARGET_DIR:-target}
work=$target/scaling
mkdir -p "$work"
gnu_time=$(command -v time || true)
if [ -z "$gnu_time" ] || ! "$gnu_time" -f %e true 2>/dev/null; then gnu_time=/usr/bin/time; fi

cargo build --quiet --release --no-default-features
program=$target/release/throughline
generate() { cargo bench --quiet --no-default-features --bench generate -- "$@" 2>/dev/null; }

# Prints the cells of a row: time, start, run, narratives a second, megabytes a second, peak memory.
measure() {
  local input=$1 megabytes=$2
  shift 2
  rm -rf "$work/out"
  "$gnu_time" -v -o "$work/time.txt" "$program" scan "$input" --out "$work/out" --format csv --quiet "$@"
  python3 - "$work" "$megabytes" <<'PY'
import json, pathlib, sys
work, megabytes = pathlib.Path(sys.argv[1]), float(sys.argv[2])
told = dict(line.strip().rsplit(": ", 1) for line in (work / "time.txt").read_text().splitlines() if ": " in line)
wall = 0.0
for part in told["Elapsed (wall clock) time (h:mm:ss or m:ss)"].split(":"):
    wall = wall * 60 + float(part)
memory = int(told["Maximum resident set size (kbytes)"]) / 1024
manifest = json.loads((work / "out" / "manifest.json").read_text())
n, run = manifest["counts"]["records_read"], manifest["time"]["seconds"]
user = float(told["User time (seconds)"]) + float(told["System time (seconds)"])
written = sum(f.stat().st_size for f in (work / "out").rglob("*") if f.is_file()) / 1e6
print(f"{n:,} | {wall:.1f} s | {wall - run:.1f} s | {run:.1f} s | {user:.1f} s | {n / run:,.0f} | {megabytes / run:.1f} | {memory:,.0f} MB | {written:,.0f} MB", end="")
PY
  rm -rf "$work/out"
}

processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -1)
printf '%s, %s, %s cores, release build, 40%% of narratives planted, all tables as CSV.\n\n' "$(date +%F)" "${processor:-unknown}" "$(nproc)"
columns='narratives | wall | start | run | CPU | narratives/s of run | MB/s of run | peak memory | written |'
printf '| text | threads | %s\n|---|---|---|---|---|---|---|---|---|---|---|\n' "$columns"
for size in "${sizes[@]}"; do
  file=$work/$size.csv
  [ -s "$file" ] || generate corpus "$file" --megabytes "$size"
  for threads in 1 2; do
    printf '| %s MB | %s | %s |\n' "$size" "$threads" "$(measure "$file" "$size" --jobs "$threads")"
  done
done

first=${sizes[0]}
printf '\nLarger lexicons, %s MB, two threads:\n\n' "$first"
printf '| lexicon | words of the copies | %s\n|---|---|---|---|---|---|---|---|---|---|---|\n' "$columns"
printf '| ×1 | | %s |\n' "$(measure "$work/$first.csv" "$first" --jobs 2)"
for times in 2 4 8 16; do
  for words in new known; do
    folder=$work/lexicon-$words-$times
    rm -rf "$folder"
    generate lexicon "$folder" --times "$times" --words "$words"
    printf '| ×%s | %s | %s |\n' "$times" "$words" "$(measure "$work/$first.csv" "$first" --jobs 2 --lexicon "$folder")"
    rm -rf "$folder"
  done
done

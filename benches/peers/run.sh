#!/usr/bin/env bash
# throughline beside its peers: the same generated narratives, the same lexicon as far as each can hold it.
# Run by hand; needs Rust, Python 3.9 to 3.12 and the package registries.
#
#   benches/peers/run.sh [ROWS [ROWS_FOR_SPACY [ROWS_FOR_MEDSPACY]]]      default: 20000 2000 300
#
# Leaves what it made under target/peers; prints a Markdown table on standard output.
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-20000}
slow=${2:-2000}
slowest=${3:-300}
if [ "$slow" -gt "$rows" ]; then slow=$rows; fi
if [ "$slowest" -gt "$rows" ]; then slowest=$rows; fi
target=${CARGO_TARGET_DIR:-target}
work=$target/peers
mkdir -p "$work"

echo "building" >&2
cargo build --quiet --release --no-default-features
throughline=$target/release/throughline

if [ ! -x "$work/venv/bin/python" ]; then
  echo "making a virtual environment" >&2
  python3 -m venv "$work/venv"
fi
"$work/venv/bin/pip" install --quiet --requirement benches/peers/requirements.txt
if command -v rg >/dev/null 2>&1; then
  rg=$(command -v rg)
else
  rg=$work/rg/bin/rg
  if [ ! -x "$rg" ]; then
    echo "building ripgrep" >&2
    cargo install --quiet --locked ripgrep --version 15.1.0 --root "$work/rg"
  fi
fi

echo "making $rows narratives" >&2
cargo bench --quiet --no-default-features --bench generate -- corpus "$work/corpus.csv" --rows "$rows"
"$throughline" lexicon export --format terms --out "$work/terms.tsv" 2>"$work/terms.notes"
"$throughline" lexicon export --format medspacy --out "$work/medspacy.json" 2>"$work/medspacy.notes"

"$work/venv/bin/python" benches/peers/peers.py --program "$throughline" --rg "$rg" --work "$work" --slow "$slow" --slowest "$slowest"

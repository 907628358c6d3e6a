#!/usr/bin/env bash
# Prints the first table of benches/README.md: end to end, stages and larger lexicons, as ratios to a
# yardstick that is measured by turns with them.
#
#   benches/run.sh              a few minutes
#   benches/run.sh --full       with 200,000 narratives and the lexicon sixteen times over
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --quiet --no-default-features --bench table -- "$@"

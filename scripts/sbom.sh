#!/usr/bin/env bash
# Writes a bill of materials (CycloneDX, JSON): every crate that goes into the program, with version,
# licence and checksum. Without arguments for the default features; with --no-default-features for the
# build without Parquet. The file lies in sbom/, which git ignores: it is made for a release, from its
# Cargo.lock.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-cyclonedx >/dev/null 2>&1; then
  cargo install cargo-cyclonedx --locked --quiet
fi
mkdir -p sbom
name=throughline
[ "${1:-}" = --no-default-features ] && name=throughline-no-parquet
# The tool writes beside Cargo.toml.
cargo cyclonedx --format json --describe binaries --override-filename "$name.cdx" "$@"
mv "$name.cdx.json" sbom/
count=$(grep -c '"bom-ref"' "sbom/$name.cdx.json")
echo "sbom/$name.cdx.json: $count components"

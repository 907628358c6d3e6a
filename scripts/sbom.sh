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
# The same commit gives the same file.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
# The tool writes beside Cargo.toml, and names the folder that it ran in.
cargo cyclonedx --quiet --format json --spec-version 1.5 --override-filename "$name.cdx" "$@"
sed "s|path+file://$PWD|path+file:///$name|g" "$name.cdx.json" >"sbom/$name.cdx.json"
rm "$name.cdx.json"
count=$(grep -c '"type": "library"' "sbom/$name.cdx.json")
echo "sbom/$name.cdx.json: $count components"

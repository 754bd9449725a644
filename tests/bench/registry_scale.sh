#!/bin/sh
# SPDX-License-Identifier: MIT
# A registry of PACKAGES packages with ten versions each is built from index lines: seconds, and the
# greatest memory. registry_scale.sh X07_PKG [PACKAGES]; needs 1.5 GB of disk for 100 000.
set -eu
program=${1:?path of x07-pkg}
packages=${2:-100000}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in"
awk -v n="$packages" 'BEGIN { for (p = 0; p < n; p++) for (v = 0; v < 10; v++)
	printf "{\"schema_version\":\"x07.index-entry@0.1.0\",\"name\":\"%c%05d-pkg\",\"version\":\"1.%d.0\"," \
		"\"cksum\":\"%064d\",\"yanked\":false,\"dependencies\":[]}\n", 97 + p % 26, p, v, p * 10 + v }' \
	>"$dir/in/all.ndjson"
"$program" registry key --out "$dir/key" >"$dir/report"
start=$(date +%s)
"$program" registry build "$dir/in" --out "$dir/site" --key "$dir/key" >"$dir/report" &
pid=$!
peak=0
while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
	peak=$now
	sleep 0.2
done
wait "$pid"
cat "$dir/report"
echo "packages $packages, seconds $(($(date +%s) - start)), peak KiB $peak"

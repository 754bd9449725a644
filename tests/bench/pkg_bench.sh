#!/bin/sh
# SPDX-License-Identifier: MIT
# pkg_bench.sh BUILD_DIR: 100 packages of 12 files of 8 KiB each, installed by x07 and, where they
# are there, by npm, cargo and bun: nothing to do, warm (all in the cache, offline), cold over
# loopback with 20 ms added to each request, from a registry without and one with signatures. The
# tools take turns on the same machine in one run; each run has folders of its own, removed at the
# end, because ext4 is slow to make files where some were just deleted. For the same reason root
# gets a new ext4 in a file; BENCH_FS=here measures where TMPDIR is instead. Medians; BENCH_RUNS (5).
# BENCH_PEERS=0 leaves the others out.
# The commands of time_of are for the shell that it starts.
# shellcheck disable=SC2016
set -eu
# shellcheck source-path=SCRIPTDIR source=../support/package_tree.sh
. "$(dirname "$0")/../support/package_tree.sh"
build=$(cd "${1:?build directory}" && pwd)
runs=${BENCH_RUNS:-5}
T=$(mktemp -d "${TMPDIR:-/tmp}/x07-bench.XXXXXX")
export T build
servers=
# shellcheck disable=SC2317
finish() {
	cd /
	for pid in $servers; do
		kill "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || :
	done
	[ ! -e "$T.ext4" ] || umount "$T" || :
	rm -rf "$T" "$T.ext4"
}
trap finish EXIT
trap 'exit 1' INT TERM

new_ext4() {
	[ "$(id -u)" -eq 0 ] && truncate -s 8G "$T.ext4" &&
		mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$T.ext4" &&
		mount -o loop "$T.ext4" "$T" && return
	rm -f "$T.ext4"
	return 1
}
if [ "${BENCH_FS:-new}" = new ] && new_ext4 2>/dev/null; then
	echo "on a new ext4 in a file"
else
	echo "on the $(stat -f -c %T "$T") of $(dirname "$T"), as it is"
fi
PATH="$build/bin:$PATH"
unset X07_PKG_INDEX_URL X07_OFFLINE CI || :
time_of() { "$build/tests/time_of" "$@"; }
has() { command -v "$1" >/dev/null 2>&1; }

# serve DIR DELAY_MS: the address of a server, in $url.
serve() {
	"$build/tests/file_server" "$1" "$2" >"$T/port.$2.${1##*/}" &
	servers="$servers $!"
	until [ -s "$T/port.$2.${1##*/}" ]; do sleep 0.05; done
	url="http://127.0.0.1:$(cat "$T/port.$2.${1##*/}")"
}

# ---- the packages, a word for each ----
# shellcheck disable=SC2046
"$build/tests/mkregistry" "$T/reg" 11 8192 $(package_tree 100)
names=$(cd "$T/reg/dl" && echo *)
row() { printf '%-34s %10s %12s\n' "$1" "$2" "$3"; }
result() {
	row "$1" "$(echo "$2" | cut -d' ' -f1)" "$(echo "$2" | cut -d' ' -f2)"
}
row "" "wall ms" "peak KiB"

# ---- x07 ----
export X07_PKG_HOME="$T/x07-home"
mkdir "$T/x07"
cd "$T/x07"
x07 init >/dev/null
x07 pkg add pk000 --sync --index "sparse+file://$T/reg/index/" >/dev/null
[ "$(find .x07/deps -type f | wc -l)" -eq 1200 ] || exit 1
nothing=$(time_of "$((runs * 4))" : x07 pkg sync)
result "x07 pkg sync, nothing to do" "$nothing"
fresh='mkdir -p "$T/x07-$W-$RUN" && cd "$T/x07-$W-$RUN" && cp ../x07/x07.json ../x07/x07.lock.json . && sync -f .'
warm_x07() {
	W=warm time_of "$runs" "export W=warm; $fresh" sh -c \
		'cd "$T/x07-warm-$RUN" && exec x07 pkg sync --offline'
}
serve "$T/reg" 20
export x07_url="$url/index/"
cold_x07() {
	W=$1 time_of "$runs" "export W=$1; $fresh" sh -c \
		'cd "$T/x07-$W-$RUN" && X07_PKG_HOME=$T/x07-home-$W-$RUN exec x07 pkg sync --index "$x07_url"'
}
warm=$(warm_x07)
result "x07 pkg sync --offline, warm" "$warm"
cold=$(cold_x07 cold)
result "x07 pkg sync, cold, 20 ms" "$cold"
# The same packages in a signed registry: snapshot, buckets and a signature for each version.
mkdir "$T/archives"
for n in $names; do cp "$T/reg/dl/$n/1.0.0/download" "$T/archives/$n-1.0.0.x07pkg"; done
x07 registry key --out "$T/key" >/dev/null
x07 registry build --quiet --key "$T/key" --out "$T/signed" "$T/archives" >/dev/null
serve "$T/signed" 20
export x07_url="$url/index/"
(cd "$T/x07" && rm x07.lock.json && x07 pkg lock --index "$x07_url" >/dev/null)
signed=$(cold_x07 signed)
result "x07 pkg sync, cold, 20 ms, signed" "$signed"

# ratio OURS THEIRS
ratio() {
	awk -v a="${1%% *}" -v b="${2%% *}" 'BEGIN { printf "%.3f", a / b }'
}

# ---- npm: the same files as tarballs, a lock with addresses and digests ----
tarballs() {
	mkdir -p "$T/tgz" "$T/npm"
	for n in $names; do
		mkdir -p "$T/npm-src/$n/package"
		tar -xf "$T/reg/dl/$n/1.0.0/download" -C "$T/npm-src/$n/package"
		printf '{"name":"%s","version":"1.0.0"}\n' "$n" >"$T/npm-src/$n/package/package.json"
		tar -czf "$T/tgz/$n.tgz" -C "$T/npm-src/$n" package
	done
	serve "$T/tgz" 20
	tarballs_url=$url
	{
		printf '{"name":"bench","version":"1.0.0","dependencies":{'
		sep=
		for n in $names; do printf '%s"%s":"1.0.0"' "$sep" "$n" && sep=,; done
		printf '}}\n'
	} >"$T/npm/package.json"
}
integrity() {
	printf 'sha512-%s' "$(openssl dgst -sha512 -binary "$T/tgz/$1.tgz" | base64 -w0)"
}

npm_peer() {
	{
		printf '{"name":"bench","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":'
		cat "$T/npm/package.json"
		for n in $names; do
			printf ',"node_modules/%s":{"version":"1.0.0","resolved":"%s/%s.tgz","integrity":"%s"}' \
				"$n" "$tarballs_url" "$n" "$(integrity "$n")"
		done
		printf '}}\n'
	} >"$T/npm/package-lock.json"
	export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
	setup='mkdir -p "$T/npm-$RUN" && cp "$T/npm/"*.json "$T/npm-$RUN/"'
	# shellcheck disable=SC2016
	npm_cold=$(time_of "$runs" "$setup" sh -c \
		'cd "$T/npm-$RUN" && exec npm ci --cache "$T/npm-cache-$RUN" --ignore-scripts')
	result "npm ci, cold, 20 ms" "$npm_cold"
	setup='mkdir -p "$T/npmw-$RUN" && cp "$T/npm/"*.json "$T/npmw-$RUN/"'
	# shellcheck disable=SC2016
	npm_warm=$(time_of "$runs" "$setup" sh -c \
		'cd "$T/npmw-$RUN" && exec npm ci --offline --cache "$T/npm-cache-0" --ignore-scripts')
	result "npm ci --offline, warm" "$npm_warm"
	warm2=$(W=again time_of "$runs" "export W=again; $fresh" sh -c \
		'cd "$T/x07-again-$RUN" && exec x07 pkg sync --offline')
	result "x07 pkg sync --offline, warm again" "$warm2"
	row "ratio warm, x07 / npm ci --offline" "$(ratio "$warm2" "$npm_warm")" ""
	row "ratio cold, x07 / npm ci" "$(ratio "$cold" "$npm_cold")" ""
}

# ---- bun: the same tarballs, from a registry of static files ----
bun_peer() {
	for n in $names; do
		printf '{"name":"%s","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"%s","version":"1.0.0","dist":{"tarball":"%s/%s.tgz","integrity":"%s"}}}}\n' \
			"$n" "$n" "$tarballs_url" "$n" "$(integrity "$n")" >"$T/tgz/$n"
	done
	export BUN_CONFIG_REGISTRY="$tarballs_url/" DO_NOT_TRACK=1
	mkdir "$T/bun"
	cp "$T/npm/package.json" "$T/bun"
	(cd "$T/bun" && BUN_INSTALL_CACHE_DIR="$T/bun-cache" bun install >/dev/null 2>&1)
	bun_nothing=$(BUN_INSTALL_CACHE_DIR="$T/bun-cache" time_of "$((runs * 4))" : sh -c \
		'cd "$T/bun" && exec bun install --frozen-lockfile')
	result "bun install, nothing to do" "$bun_nothing"
	setup='mkdir -p "$T/bun-$W-$RUN" && cp "$T/bun/package.json" "$T/bun/"bun.lock* "$T/bun-$W-$RUN" && sync -f "$T"'
	bun_warm=$(W=warm BUN_INSTALL_CACHE_DIR="$T/bun-cache" time_of "$runs" "export W=warm; $setup" sh -c \
		'cd "$T/bun-warm-$RUN" && exec bun install --frozen-lockfile')
	result "bun install, warm" "$bun_warm"
	[ "$(find "$T/bun-warm-0/node_modules" -type f | wc -l)" -ge 1200 ] || exit 1
	bun_cold=$(W=cold time_of "$runs" "export W=cold; $setup" sh -c \
		'cd "$T/bun-cold-$RUN" && BUN_INSTALL_CACHE_DIR="$T/bun-cache-$RUN" exec bun install --frozen-lockfile')
	result "bun install, cold, 20 ms" "$bun_cold"
	row "ratio nothing to do, x07 / bun" "$(ratio "$nothing" "$bun_nothing")" ""
	row "ratio warm, x07 / bun" "$(ratio "$warm" "$bun_warm")" ""
	row "ratio cold, x07 / bun" "$(ratio "$cold" "$bun_cold")" ""
}

# ---- cargo: the same files as crates in a sparse registry ----
cargo_peer() {
	for n in $names; do
		mkdir -p "$T/crate-src/$n-1.0.0/src" "$T/crates/dl/$n"
		tar -xf "$T/reg/dl/$n/1.0.0/download" -C "$T/crate-src/$n-1.0.0/src"
		: >"$T/crate-src/$n-1.0.0/src/lib.rs"
		printf '[package]\nname = "%s"\nversion = "1.0.0"\n' "$n" >"$T/crate-src/$n-1.0.0/Cargo.toml"
		tar -czf "$T/crates/dl/$n/1.0.0" -C "$T/crate-src" "$n-1.0.0"
		sum=$(sha256sum <"$T/crates/dl/$n/1.0.0" | cut -d' ' -f1)
		shard=$(echo "$n" | sed 's/^\(..\)\(..\).*/\1\/\2/')
		mkdir -p "$T/crates/index/$shard"
		printf '{"name":"%s","vers":"1.0.0","deps":[],"cksum":"%s","features":{},"yanked":false}\n' \
			"$n" "$sum" >"$T/crates/index/$shard/$n"
	done
	serve "$T/crates" 20
	printf '{"dl":"%s/dl/{crate}/{version}"}\n' "$url" >"$T/crates/index/config.json"
	mkdir -p "$T/cargo/src" "$T/cargo/.cargo"
	: >"$T/cargo/src/lib.rs"
	{
		printf '[package]\nname = "bench"\nversion = "1.0.0"\n[dependencies]\n'
		for n in $names; do printf '%s = { version = "1.0.0", registry = "bench" }\n' "$n"; done
	} >"$T/cargo/Cargo.toml"
	printf '[registries.bench]\nindex = "sparse+%s/index/"\n' "$url" >"$T/cargo/.cargo/config.toml"
	(cd "$T/cargo" && CARGO_HOME="$T/cargo-home" cargo fetch >/dev/null 2>&1)
	# shellcheck disable=SC2016
	cargo_nothing=$(CARGO_HOME="$T/cargo-home" time_of "$runs" : sh -c \
		'cd "$T/cargo" && exec cargo fetch --locked --offline')
	result "cargo fetch --offline, nothing to do" "$cargo_nothing"
	setup='cp -a "$T/cargo-home" "$T/cargo-home-$RUN" && rm -rf "$T/cargo-home-$RUN/registry/src"'
	# shellcheck disable=SC2016
	cargo_warm=$(time_of "$runs" "$setup" sh -c \
		'cd "$T/cargo" && CARGO_HOME=$T/cargo-home-$RUN exec cargo fetch --locked --offline')
	result "cargo fetch --offline, warm" "$cargo_warm"
	# shellcheck disable=SC2016
	cargo_cold=$(time_of "$runs" : sh -c \
		'cd "$T/cargo" && CARGO_HOME=$T/cargo-cold-$RUN exec cargo fetch --locked')
	result "cargo fetch, cold, 20 ms" "$cargo_cold"
	row "ratio nothing to do, x07 / cargo" "$(ratio "$nothing" "$cargo_nothing")" ""
	row "ratio warm, x07 / cargo" "$(ratio "$warm" "$cargo_warm")" ""
	row "ratio cold, x07 / cargo" "$(ratio "$cold" "$cargo_cold")" ""
}

[ "${BENCH_PEERS:-1}" != 0 ] || exit 0
if has npm || has bun; then tarballs; fi
if has bun; then bun_peer; else echo "bun: not here, left out"; fi
if has npm; then npm_peer; else echo "npm: not here, left out"; fi
if has cargo; then cargo_peer; else echo "cargo: not here, left out"; fi

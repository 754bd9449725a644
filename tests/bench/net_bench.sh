#!/bin/sh
# SPDX-License-Identifier: MIT
# The network of a sandboxed program against bare libcurl and bare connect(), in one run, on the
# loopback device of a namespace: added latency for each request, speed of a large body, many
# connections. `cmake --build build/release --target bench_net`.
# shellcheck source-path=SCRIPTDIR source=../net/lib.sh
. "$(dirname "$0")/../net/lib.sh"
prlimit --pid $$ --nofile="$(prlimit --pid $$ --noheadings --nofile --output HARD)"
zone_ttl=60
net_start
head -c 67108864 /dev/zero >"$net_tmp/www/body64"
nginx_start
cd "$TEST_TMP"
net_project bench
bare="$X07_BUILD_DIR/tests/net_bench"
base=.x07/policies/base/http-client.sandbox.base.policy.json
sed -i 's/"fds": 256/"fds": 1024/' "$base"

# ours COUNT: microseconds of the run; every operation must have worked.
ours() {
	printf '%s' "$url" >url.bin
	expect 0 x07 run --profile sandbox --input url.bin --opt full --max-memory-bytes 400000000 \
		--solve-fuel 4000000000 --allow-host example.com:80,443 --allow-host 93.184.216.34:80
	[ "$(output)" = "$1" ] || fail "$(output) of $1 worked"
	field /timing/run_us
}

# least OLD NEW
least() {
	if [ -n "$1" ] && [ "$1" -le "$2" ]; then echo "$1"; else echo "$2"; fi
}

# both KIND NAME FEW MANY: time of one operation, from the difference of a short and a long run, so
# that start-up does not count; in turns, the least time of each.
both() {
	kind=$1 name=$2 few=$3 many=$4 ours_few='' ours_many='' bare_few='' bare_many=''
	for _ in 1 2 3 4 5; do
		case $kind in
		get) set -- get "$url" ;;
		connect) set -- connect "$public4" 80 ;;
		esac
		for count in "$few" "$many"; do
			b=$("$bare" "$@" "$count") || fail "bare $* $count"
			case $kind in get) getter "$count" ;; *) connector "$count" ;; esac
			a=$(ours "$count")
			if [ "$count" = "$few" ]; then
				bare_few=$(least "$bare_few" "${b%% *}")
				ours_few=$(least "$ours_few" "$a")
			else
				bare_many=$(least "$bare_many" "${b%% *}")
				ours_many=$(least "$ours_many" "$a")
			fi
		done
	done
	awk -v n="$name" -v a="$((ours_many - ours_few))" -v b="$((bare_many - bare_few))" \
		-v k="$((many - few))" 'BEGIN {
		printf "| %s | %.3f ms | %.3f ms | %+.3f ms | %.2f |\n", n, a / k / 1e3, b / k / 1e3,
			(a - b) / k / 1e3, b / a }'
}

printf '| one operation | x07 | bare | added | speed (bare / x07) |\n| --- | --- | --- | --- | --- |\n'
url=http://example.com/
both get 'GET, small, http' 1 "301"
url=https://example.com/
both get 'GET, small, https' 1 "301"
url=http://example.com/body64
both get 'GET, 64 MiB, http' 1 5
both connect 'TCP connect, up to 1000 open' 1 1000

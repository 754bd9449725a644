#!/bin/sh
# SPDX-License-Identifier: MIT
# The broker as a process: confined, alone with its descriptors, gone with its run; without it there
# is no network and no run that pretends to have one.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
head -c 200000 /dev/zero >"$net_tmp/www/slow"
printf 'location = /slow { limit_rate 1; }\n' >"$net_tmp/locations"
nginx_start
cd "$TEST_TMP"
net_project demo
fetcher '["std.net.http.spec.caps_v1", 0, 20, 0, 4096, 64, 65536000]'

# Of this run, not of whatever else is going on: the confined child of $run.
find_broker() {
	# shellcheck disable=SC2013
	for status in $(grep -l "^PPid:	$run\$" /proc/[0-9]*/status 2>/dev/null); do
		if grep -q '^Name:	x07-broker' "$status" && grep -q '^Seccomp:	2' "$status"; then
			pid=${status#/proc/}
			pid=${pid%/status}
			return 0
		fi
	done 2>/dev/null
	return 1
}
broker_pid() {
	tries=0
	until find_broker; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || fail "no confined broker is running"
		sleep 0.02
	done
}
gone() {
	tries=0
	while [ -d "/proc/$pid" ] && grep -q '^Name:	x07-broker' "/proc/$pid/status" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || fail "the broker outlived its run"
		sleep 0.02
	done
}
slow() {
	printf http://example.com/slow >url.bin
	x07 run --profile sandbox --input url.bin --allow-host example.com:80 >"$TEST_TMP/out" \
		2>"$TEST_TMP/err" &
	run=$!
	broker_pid
}

# A sanitizer makes calls of its own, so that build has no filter.
seccomp='Seccomp:	2'
! grep -q '^X07_SANITIZE:[A-Z]*=ON' "$X07_BUILD_DIR/CMakeCache.txt" || seccomp='NoNewPrivs:	1'

# From outside: no privileges, no way to get any, nothing open that is not its own.
slow
cp "/proc/$pid/status" "$TEST_TMP/status"
for line in 'NoNewPrivs:	1' 'CapEff:	0000000000000000' 'CapPrm:	0000000000000000' \
	"$seccomp"; do
	grep -q "^$line" "$TEST_TMP/status" || fail "no '$line' in the status of the broker"
done
[ "$(tr '\0' '\n' <"/proc/$pid/environ")" = PATH=/nonexistent ] || fail "environment of the broker"
for fd in "/proc/$pid/fd"/*; do
	case $(readlink "$fd") in
	socket:* | anon_inode:\[eventpoll\] | /dev/null) ;;
	*) fail "the broker has $(readlink "$fd") open" ;;
	esac
done
grep -q 'Max processes  *0' "/proc/$pid/limits" || fail "the broker may start processes"

# Killed in the middle: the program is told, and the run goes on.
kill -9 "$pid"
wait "$run" || fail "the run failed"
gives http_error_code=8
gone

# x07 killed: nothing stays behind.
slow
kill -9 "$run"
wait "$run" 2>/dev/null || true
gone

# The program is stopped by its policy: so is the broker.
sed 's/"wall_ms": 300000/"wall_ms": 500/' .x07/policies/base/http-client.sandbox.base.policy.json \
	>short.json
fetch 1 http://example.com/slow --policy short.json --allow-host example.com:80
is /solve/trap 'timed out'
gone

# An installation without a broker, and with one that does not work: no run.
mkdir -p "$TEST_TMP/inst/lib/x07"
cp -rL "$X07_BIN" "$TEST_TMP/inst/bin"
cp -r "$X07_BUILD_DIR/lib/x07/rt" "$TEST_TMP/inst/lib/x07/rt"
cp -rL "$X07_BUILD_DIR/share" "$TEST_TMP/inst/share"
PATH="$TEST_TMP/inst/bin:$PATH"
fetch 2 http://example.com/ --allow-host example.com:80
says err 'x07-broker is not installed'
silent out
printf '#!/bin/sh\nexit 3\n' >"$TEST_TMP/inst/lib/x07/x07-broker"
chmod +x "$TEST_TMP/inst/lib/x07/x07-broker"
fetch 2 http://example.com/ --allow-host example.com:80
says err 'the network broker could not confine itself'
silent out
chmod -x "$TEST_TMP/inst/lib/x07/x07-broker"
fetch 2 http://example.com/ --allow-host example.com:80
says err 'starting the network broker'
silent out
# A program that has no use for it runs without.
module '["view.to_bytes", "b"]'
fetch 0 x --allow-host example.com:80
gives x

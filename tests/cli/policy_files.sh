#!/bin/sh
# SPDX-License-Identifier: MIT
# Policies and host files that are no files, too large, links, or changed while they are read: a clear
# refusal in bounded time, nothing half written, nothing outside the project.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
x07 policy init --template http-client >/dev/null
http=.x07/policies/base/http-client.sandbox.base.policy.json
run() { x07 run --profile sandbox --input-b64 '' "$@" </dev/null; }

mkfifo pipe
mkdir dir
truncate -s 3G huge.json
ln -s /dev/zero endless
ln -s loop loop
for file in pipe /dev/zero /dev/null dir huge.json endless loop missing.json /proc/self/mem; do
	expect 2 run --policy "$file"
	silent out
	got=0
	x07 policy check "$file" >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null || got=$?
	case $got in 2 | 3) ;; *) fail "policy check $file: $got" ;; esac
	is /ok false
done
# A list of denials that cannot be read is not an empty one.
for file in pipe /dev/zero dir huge.json endless loop missing.txt; do
	for flag in --allow-host-file --deny-host-file; do
		expect 2 run --policy $http $flag "$file"
		silent out
	done
done
printf 'example.com:443\n\377\n' >bytes.txt
expect 2 run --policy $http --deny-host-file bytes.txt
says err bytes.txt:2
printf 'example.com:443\n*.example.com:*\n' >star.txt
expect 2 run --policy $http --deny-host-file star.txt
says err star.txt:2
# 4096 hosts are read, one more is refused, as is a list that fills the policy.
awk 'BEGIN { for (i = 0; i < 4097; i++) print "h" i ".example:443" }' >many.txt
expect 2 run --policy $http --deny-host-file many.txt
awk 'BEGIN { for (i = 0; i < 257; i++) print "h" i ".example:443" }' >many.txt
expect 2 run --policy $http --allow-host-file many.txt
says err 256
expect 0 run --policy $http --deny-host-file many.txt

# What is written replaces files only.
ln -s /dev/null null
ln -s "$TEST_TMP/precious" link.json
printf precious >"$TEST_TMP/precious"
for out in pipe null; do
	expect 2 x07 policy init --template cli --out $out --force
	expect 2 x07 policy observe --profile sandbox --input-b64 '' --out $out --force
	expect 2 x07 run --profile sandbox --input-b64 '' --report-out $out
done
{ [ -p pipe ] && [ -c null ]; } || fail "a device or a pipe was replaced"
expect 0 x07 policy init --template cli --out link.json --force
[ "$(cat "$TEST_TMP/precious")" = precious ] || fail "written through a link"
expect 2 x07 policy init --template cli --out dir --force
expect 2 x07 policy init --template cli --out no/such/dir/p.json
[ ! -e no ] || fail "a folder was made without --mkdir-out"
# The project folder of policies is a link out of the project: nothing is derived or observed there.
mkdir "$TEST_TMP/elsewhere"
cp $http http.json
for folder in _generated _observed base; do
	rm -rf ".x07/policies/$folder"
	ln -s "$TEST_TMP/elsewhere" ".x07/policies/$folder"
done
expect 2 run --policy http.json --allow-host example.com:443
says err "leads out"
expect 2 x07 policy observe --policy http.json --input-b64 '' --profile sandbox
says err "leads out"
expect 2 x07 policy init --template fs-tool
says err "leads out"
[ -z "$(ls -A "$TEST_TMP/elsewhere")" ] || fail "written outside the project"
rm .x07/policies/_generated .x07/policies/_observed .x07/policies/base

# The policy is read once: a file that changes all the time gives one of its two states, whole.
expect 0 run --policy http.json --allow-host a.example:1
derived=$(sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err")
cp "$derived" a.json
sed 's/"cpu_ms": 180000/"cpu_ms": 170000/' a.json >b.json
(
	i=0
	while [ $i -lt 400 ] && [ ! -e stop ]; do
		cp a.json t.json && mv t.json live.json
		cp b.json t.json && mv t.json live.json
		i=$((i + 1))
	done
) &
swapper=$!
cp a.json live.json
for _ in 1 2 3 4 5 6 7 8 9 10; do
	expect 0 run --policy live.json --attest-runtime att.json
	digest=$(jsonq /effective_policy_digest <att.json)
	[ "$digest" = "sha256:$(sha256sum a.json | cut -d' ' -f1)" ] ||
		[ "$digest" = "sha256:$(sha256sum b.json | cut -d' ' -f1)" ] || fail "neither of the two"
done
touch stop
wait "$swapper"
# Eight runs derive the same policy at once: one file, whole, no leftovers.
rm -rf .x07/policies/_generated
for i in 1 2 3 4 5 6 7 8; do
	run --policy http.json --allow-host b.example:1,2,3 >"$TEST_TMP/out.$i" 2>"$TEST_TMP/err.$i" &
done
wait
for i in 1 2 3 4 5 6 7 8; do
	[ -s "$TEST_TMP/out.$i" ] || fail "run $i: $(cat "$TEST_TMP/err.$i")"
done
set -- .x07/policies/_generated/* .x07/policies/_generated/.[!.]*
{ [ $# -eq 2 ] && [ ! -e "$2" ]; } || fail "left behind: $*"
expect 0 x07 policy check "$1"

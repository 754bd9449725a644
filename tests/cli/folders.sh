#!/bin/sh
# SPDX-License-Identifier: MIT
# Relative roots belong to the project of the policy, or to --root, never to the caller's folder; of
# nested roots the innermost decides. run, x07-os-runner, observe, explain and check say the same.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
use_os

# The caller's folder has the same names as the project, with what must not be seen or touched.
mkdir caller
new_project proj
proj=$PWD
mkdir data out
printf project >data/a
cd "$TEST_TMP/caller"
here=$PWD
mkdir data out
printf secret >data/a
printf in >in.bin
legacy='["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/w"], ["bytes.lit", "w"]]],
  ["std.os.fs.read_file", ["bytes.lit", "data/a"]]]'
v1='["begin", ["let", "rc", ["std.os.fs.write_all_v1", ["bytes.lit", "out/w"], ["bytes.lit", "w"], ["std.os.fs.spec.caps_pack_v1", 0, 0, 0, 0, 8]]],
  ["result_bytes.unwrap_or", ["std.os.fs.read_all_v1", ["bytes.lit", "data/a"], ["std.os.fs.spec.caps_default_v1"]], ["bytes.lit", "none"]]]'
echo_input='["view.to_bytes", "input"]'
# program FOLDER BODY: FOLDER/src/one.x07.json
program() {
	mkdir -p "$1/src"
	printf '%s' '{ "schema_version": "x07.x07ast@0.4.0", "kind": "entry", "module_id": "main",
	  "imports": ["std.os.fs", "std.os.fs.spec"], "decls": [], "solve": ' "$2" ' }' >"$1/src/one.x07.json"
}
gives() { is /solve/solve_output_b64 "$(printf %s "$1" | base64)"; }
written() { # written FOLDER: out/w was made there and nowhere else
	[ -f "$1/out/w" ] || fail "$1/out/w is not there"
	rm "$1/out/w"
	for other in "$proj" "$here" "$TEST_TMP/lone" "$TEST_TMP/place"; do
		[ ! -e "$other/out/w" ] || fail "$other/out/w was written"
	done
}

# With a profile: the folder of its x07.json, also as working folder (the *_v1 calls).
for body in "$legacy" "$v1"; do
	program "$proj" "$body"
	expect 0 x07 run --program ../proj/src/one.x07.json --profile sandbox
	gives project
	is /sandbox/roots/0/path "$proj"
	written "$proj"
	# A bare policy: the nearest x07.json above the program.
	expect 0 x07 run --program ../proj/src/one.x07.json --profile sandbox --policy "$policy"
	gives project
	written "$proj"
	expect 0 x07-os-runner --program ../proj/src/one.x07.json --world run-os-sandboxed --policy "../proj/$policy"
	gives project
	written "$proj"
done
expect 0 x07 policy explain fs.read data/a --program ../proj/src/one.x07.json
is /answers/1/resolved "$proj/data/a"
expect 0 x07 policy explain fs.read data/a --project ../proj
is /answers/1/resolved "$proj/data/a"
expect 0 x07 policy explain fs.read data/a --policy "../proj/$policy" --program ../proj/src/one.x07.json
is /answers/1/resolved "$proj/data/a"
# What observe proposes speaks of the project too.
expect 0 x07 policy observe --program ../proj/src/one.x07.json --profile sandbox
written "$proj"
[ "$(jsonq /fs/read_roots <"$proj/.x07/policies/_observed/observed.sandbox.cli.base.policy.json")" = '["data"]' ] ||
	fail "observed another folder"
# The roots of flags belong to the same folder; files that the caller names are the caller's.
mkdir "$proj/extra"
program "$proj" '["std.os.fs.read_file", ["bytes.lit", "extra/x"]]'
printf project >"$proj/extra/x"
mkdir extra
printf secret >extra/x
expect 0 x07 run --program ../proj/src/one.x07.json --profile sandbox --allow-read-root extra --report-out r.json
gives project
[ -f r.json ] || fail "the report is not the caller's"
program "$proj" "$echo_input"
expect 0 x07 run --program ../proj/src/one.x07.json --profile sandbox --input in.bin
gives in

# No x07.json above the program: --root, else relative roots are refused.
mkdir -p "$TEST_TMP/lone/out" "$TEST_TMP/lone/data" "$TEST_TMP/place/out" "$TEST_TMP/place/data"
printf place >"$TEST_TMP/place/data/a"
printf lone >"$TEST_TMP/lone/data/a"
cp "$proj/$policy" p.json
one="--program ../lone/src/one.x07.json --world run-os-sandboxed --policy p.json"
for body in "$legacy" "$v1"; do
	program "$TEST_TMP/lone" "$body"
	for runner in "x07 run" x07-os-runner; do
		# shellcheck disable=SC2086 # several words each
		expect 2 $runner $one
		silent out
		says err "the root '.' is relative"
		says err "--root DIR"
		# shellcheck disable=SC2086
		expect 0 $runner $one --root ../place
		gives place
		written "$TEST_TMP/place"
	done
done
expect 2 x07 policy explain fs.read data/a --policy p.json
says err "--root DIR"
expect 0 x07 policy explain fs.read data/a --policy p.json --root ../place
is /answers/1/resolved "$TEST_TMP/place/data/a"
expect 1 x07 policy explain net example.com:443 --policy p.json --root ../place
# shellcheck disable=SC2086
expect 2 x07 policy observe $one
says err "--root DIR"
# shellcheck disable=SC2086
expect 2 x07 policy observe $one --root ../nowhere
says err "../nowhere"
# Absolute roots belong to nobody's folder.
sed "s|^      \"\\.\"|      \"$TEST_TMP/place\"|; s|^      \"out\"|      \"$TEST_TMP/place/out\"|" p.json >abs.json
program "$TEST_TMP/lone" "$v1"
expect 0 x07 run --program ../lone/src/one.x07.json --world run-os-sandboxed --policy abs.json
gives none # the working folder is the program's own, which no root holds
# --root where it means nothing.
expect 2 x07 run --program ../proj/src/one.x07.json --profile sandbox --root .
says err "--root is for --policy FILE"
expect 2 x07 run --program ../lone/src/one.x07.json --root .
says err "--root: only for world run-os-sandboxed"
# shellcheck disable=SC2086
expect 2 x07 run $one --root p.json
says err "is no folder"

# Nested roots: out may be written, out/kept inside it is for reading, out/kept/back for writing.
cd "$proj"
mkdir -p out/kept/back
printf kept >out/kept/file
jsonq --sorted <"$policy" || fail "not sorted"
sed 's|^      "\."|      ".", "out/kept"|; s|^      "out"|      "out", "out/kept/back"|' "$policy" >nested.json
say_rc() {
	module '["begin", ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "'"$1"'"], ["bytes.lit", "w"]]],
	  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "refused"]]]' '"std.os.fs"'
}
nested() { x07 run --profile sandbox --input-b64 '' --policy nested.json "$@"; }
for path in out/x:ok:0 out/kept/file:refused:1 out/kept/new:refused:1 out/kept/back/x:ok:0 kept/new:refused:1; do
	file=${path%%:*}
	say_rc "$file"
	expect 0 nested
	is /solve_output_b64 "$(x=${path#*:} && printf %s "${x%:*}" | base64)"
	expect "${path##*:}" x07 policy explain fs.write "$file" --policy nested.json
done
[ "$(cat out/kept/file)" = kept ] || fail "out/kept/file was written"
is /answers/0/rule /fs/read_roots/1
say_rc out/kept/new
expect 0 nested
is /sandbox/denials/0/rule /fs/read_roots/1
is /sandbox/denials/0/flag '--allow-write-root out/kept'
is /sandbox/denials/0/errno 30
expect 0 nested --allow-write-root out/kept
is /solve_output_b64 "$(printf ok | base64)"
expect 0 x07 policy check nested.json
is /meta/files/0/runs true

# What the kernel cannot hold is refused by all of them, with the same reason.
rm -r out/kept
for reason in "could make it" "is reached through a link"; do
	expect 2 nested
	says err "$reason"
	expect 0 x07 policy check nested.json
	is /meta/files/0/runs false
	says err "X07-POLICY-ROOTS-0001"
	says err "$reason"
	expect 3 x07 policy check --strict nested.json
	expect 1 x07 policy explain fs.read out/x --policy nested.json
	is /answers/0/patch null
	says out "$reason"
	mkdir -p out/real/back
	ln -s real out/kept 2>/dev/null || :
done

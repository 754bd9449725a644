#!/bin/sh
# SPDX-License-Identifier: MIT
# The patch and the flag that stand beside a denial, taken at their word: the patch applied to the
# policy, or the flag given to a shell, and the same program is refused nothing. patches.sh [N]: one of
# N operations.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
patch() { "${X07_BUILD_DIR:?}/tests/jsonpatch" "$@"; }
now=$PWD/now.json
export GREETING=hi

# Everything off or empty, but what a denial cannot say: the files are switched on without roots.
x07 policy init --template worker --out base.json >/dev/null
sed -i -e 's/"allow_sleep": true/"allow_sleep": false/' -e 's/"allow_exit": true/"allow_exit": false/' \
	-e 's/"max_sleep_ms": 5000/"max_sleep_ms": 0/' base.json
# The same with every section on and nothing in it.
sed -e '/"fs": {/,/"read_roots"/s/"enabled": false/"enabled": true/' \
	-e '/"env": {/,/}/s/"enabled": false/"enabled": true/' base.json >open.json

reset() {
	rm -rf data out made
	mkdir -p data/sub/deep out
	printf alpha >data/a.txt
	printf beta >data/sub/b.txt
	printf gamma >data/sub/deep/c.txt
	printf secret >data/.hidden
	ln -s a.txt data/link
}

program() {
	cat >src/app.x07.json <<JSON
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.bytes", "std.fmt", "std.os.env", "std.os.fs", "std.os.fs.spec", "std.os.process", "std.os.time"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.caps", "params": [{ "name": "flags", "ty": "i32" }], "result": "bytes",
      "body": ["std.os.fs.spec.caps_pack_v1", 0, 0, 0, 0, "flags"] },
    { "kind": "defn", "name": "app.rb", "params": [{ "name": "r", "ty": "result_bytes" }], "result": "bytes",
      "body": ["if", ["result_bytes.is_ok", "r"], ["result_bytes.unwrap_or", "r", ["bytes.empty"]],
        ["std.fmt.u32_to_dec", ["result_bytes.err_code", "r"]]] },
    { "kind": "defn", "name": "app.ri", "params": [{ "name": "r", "ty": "result_i32" }], "result": "bytes",
      "body": ["if", ["result_i32.is_ok", "r"], ["bytes.lit", "ok"],
        ["std.fmt.u32_to_dec", ["result_i32.err_code", "r"]]] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": $1 } ] }
JSON
}

sample=${1:-1}
operation=0
cases=0
# patched BASE ROUNDS BODY: refused under BASE; after at most ROUNDS patches nothing is refused.
patched() {
	cp "$1" now.json
	program "$3"
	rounds=0
	cases=$((cases + 1))
	while :; do
		reset
		x07 run --profile sandbox --opt=fast --input in.bin --policy "$now" \
			>"$TEST_TMP/out" 2>"$TEST_TMP/err" || :
		[ "$(field /sandbox/denials)" != '[]' ] || break
		[ "$rounds" -lt "$2" ] || fail "case $cases: still refused after $rounds patches"
		rounds=$((rounds + 1))
		field /sandbox/denials/0/patch >"$TEST_TMP/patch"
		grep -qF "$(cat "$TEST_TMP/patch")" "$TEST_TMP/err" || fail "case $cases: not the patch that people see"
		patch now.json <"$TEST_TMP/patch" >patched.json || fail "case $cases: $(cat "$TEST_TMP/patch")"
		mv patched.json now.json
		expect 0 x07 policy check now.json
	done
	[ "$rounds" -gt 0 ] || fail "case $cases: nothing was refused"
	is /solve/trap ''
}
# jsonq prints null for "no trap".
is() {
	value=$(field "$1")
	[ "$value" = "${2:-null}" ] || fail "$1 is '$value', not '$2'"
}

lit() { printf '["bytes.lit", "%s"]' "$1"; }
rb() { printf '["app.rb", ["std.os.fs.%s", %s, ["app.caps", %s]]]' "$1" "$2" "$3"; }
ri() { printf '["app.ri", ["std.os.fs.%s", %s, ["app.caps", %s]]]' "$1" "$2" "$3"; }

# operation_is BASE ROUNDS BODY: patched, unless it is not this operation's turn.
operation_is() {
	operation=$((operation + 1))
	[ $((operation % sample)) -ne 0 ] || patched "$@"
}

for base in base.json open.json; do
	operation_is $base 1 "[\"std.os.fs.read_file\", $(lit data/a.txt)]"
	operation_is $base 1 "[\"std.fmt.u32_to_dec\", [\"std.os.fs.write_file\", $(lit out/x), $(lit w)]]"
	operation_is $base 1 "$(rb read_all_v1 "$(lit data/sub/b.txt)" 0)"
	operation_is $base 1 "$(ri write_all_v1 "$(lit out/n.txt), $(lit text)" 0)"
	operation_is $base 2 "$(ri write_all_v1 "$(lit out/n.txt), $(lit text)" 24)"
	operation_is $base 2 "$(ri mkdirs_v1 "$(lit out/made/a)" 0)"
	operation_is $base 2 "$(rb list_dir_sorted_text_v1 "$(lit data/sub)" 0)"
	operation_is $base 3 "$(rb walk_glob_sorted_text_v1 "$(lit data/sub), $(lit '**/*.txt')" 0)"
	operation_is $base 2 "$(ri remove_file_v1 "$(lit data/sub/b.txt)" 0)"
	operation_is $base 3 "$(ri rename_v1 "$(lit data/a.txt), $(lit data/sub/z.txt)" 0)"
	operation_is $base 2 "[\"std.os.fs.read_file\", $(lit data/.hidden)]"
	operation_is $base 2 "[\"std.os.fs.read_file\", $(lit data/link)]"
	operation_is $base 1 "[\"std.os.env.get\", $(lit GREETING)]"
	operation_is $base 1 "[\"begin\", [\"let\", \"t\", [\"std.os.time.now_unix_ms\"]], $(lit now)]"
	operation_is $base 2 "[\"std.fmt.u32_to_dec\", [\"os.time.sleep_ms_v1\", 7]]"
	operation_is $base 1 '["os.time.local_tzid_v1"]'
done
patched base.json 1 "[\"begin\", [\"std.os.process.exit\", 7], $(lit x)]"
# A list of denials wins over the list of what is allowed, and its line goes.
sed -e 's/"allow_keys": \[\]/"allow_keys": ["GREETING"]/' -e 's/"deny_keys": \[\]/"deny_keys": ["A", "GREETING"]/' open.json >deny.json
patched deny.json 1 "[\"std.os.env.get\", $(lit GREETING)]"
[ "$(jsonq /env/deny_keys <now.json)" = '["A"]' ] || fail "more than one line was taken away"
# Limits.
sed -e 's/"read_roots": \[\]/"read_roots": ["."]/' -e 's/"write_roots": \[\]/"write_roots": ["out"]/' \
	-e 's/"allow_walk": false/"allow_walk": true/' -e 's/"max_blocking": 4/"max_blocking": 0/' \
	-e 's/"\(max_read_bytes\|max_write_bytes\|max_entries\)": 0/"\1": 1/' open.json >tight.json
patched tight.json 1 "[\"std.os.fs.read_file\", $(lit data/a.txt)]"
patched tight.json 1 "$(rb read_all_v1 "$(lit data/sub/b.txt)" 0)"
patched tight.json 1 "$(ri write_all_v1 "$(lit out/n.txt), $(lit text)" 0)"
# How many there are is not known: the bound is doubled.
patched tight.json 3 "$(rb list_dir_sorted_text_v1 "$(lit data)" 0)"

# A flag is one word of a shell, whatever the program calls its folder.
x07 policy init --template cli --force >/dev/null
flagged() {
	mkdir -p -- "$1"
	program "[\"begin\", [\"let\", \"rc\", [\"std.os.fs.write_file\", $(lit "$2/x"), $(lit w)]],
	  [\"std.fmt.u32_to_dec\", \"rc\"]]"
	expect 0 x07 run --profile sandbox --input in.bin
	flag=$(field /sandbox/denials/0/flag)
	says err "to allow it: $flag, or"
	(eval "expect 0 x07 run --profile sandbox --input in.bin $flag")
	is /sandbox/denials '[]'
	[ -f "$1/x" ] || fail "nothing was written into $1"
}
# shellcheck disable=SC2016
flagged 'a b $(touch pwned) `touch pwned`' 'a b $(touch pwned) `touch pwned`'
# shellcheck disable=SC1003
flagged "it's" "it's"
flagged -x -x
[ ! -e pwned ] || fail "a shell ran what a program wrote"
# What no policy can hold has neither; what no terminal shows has no flag.
program "[\"begin\", [\"let\", \"rc\", [\"std.os.fs.write_file\", $(lit 'a;touch pwned;/x'), $(lit w)]], $(lit ok)]"
expect 0 x07 run --profile sandbox --input in.bin
is /sandbox/denials/0/patch null
is /sandbox/denials/0/flag null
says err 'no grant allows it'
program "[\"begin\", [\"let\", \"rc\", [\"std.os.fs.write_file\", $(lit 'a\nb/x'), $(lit w)]], $(lit ok)]"
expect 0 x07 run --profile sandbox --input in.bin
is /sandbox/denials/0/patch/0/path /fs/write_roots/-
is /sandbox/denials/0/flag null
[ $((operation / sample)) -ge 6 ] || fail "only $operation operations, one of $sample tried"
printf '%s cases\n' "$cases"

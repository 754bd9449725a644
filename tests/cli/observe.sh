#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy observe: for the tutorial's programs and for a sample of every kind of operation, one
# observed run gives a policy under which the program does the same with nothing refused, and
# without any one of its grants it does not. observe.sh [N]: one of N operations.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
printf outside >"$TEST_TMP/outside.txt"
new=$TEST_TMP/new.policy.json
variant=$TEST_TMP/variant.policy.json
export GREETING=hi UNUSED=no

# A wide policy for the runs that are not permissive: nothing of it may be granted unless it is used.
x07 policy init --template fs-tool --out wide.json --mkdir-out >/dev/null
sed -i -e 's/"allow_remove": false/"allow_remove": true/' -e 's/"allow_symlinks": false/"allow_symlinks": true/' \
	-e 's/"allow_sleep": false/"allow_sleep": true/' -e 's/"max_sleep_ms": 0/"max_sleep_ms": 1000/' \
	-e 's/"allow_local_tzid": false/"allow_local_tzid": true/' -e 's/"deny_hidden": true/"deny_hidden": false/' \
	-e '/"env": {/,/}/s/"enabled": false/"enabled": true/' \
	-e 's/"allow_keys": \[\]/"allow_keys": ["GREETING", "UNUSED", "NOT_SET"]/' \
	-e 's/^      "src"/      "."/' wide.json
# And one that gives nothing at all.
x07 policy init --template worker --out none.json >/dev/null
sed -i -e 's/"allow_sleep": true/"allow_sleep": false/' -e 's/"allow_exit": true/"allow_exit": false/' none.json

# The same files before every run.
reset() {
	rm -rf data out cfg made
	mkdir -p data/sub/deep out cfg
	printf alpha >data/a.txt
	printf beta >data/sub/b.txt
	printf gamma >data/sub/deep/c.txt
	printf secret >data/.hidden
	printf conf >cfg/c.ini
	printf top >top.txt
	ln -s ../data/a.txt cfg/link
}

# program BODY: an expression of bytes; ri, rb and caps make results and capabilities short.
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

# run_under POLICY: "STATUS EXIT OUTPUT DENIALS" of a run, to standard output.
run_under() {
	reset
	status=0
	x07 run --profile sandbox --opt=fast --input in.bin --policy "$1" >"$TEST_TMP/r" 2>/dev/null || status=$?
	denials=$(jsonq /sandbox/denials <"$TEST_TMP/r" 2>/dev/null || echo none)
	printf '%s %s %s %s' "$status" "$(jsonq /solve/exit_status <"$TEST_TMP/r" 2>/dev/null || echo none)" \
		"$(jsonq /solve_output_b64 <"$TEST_TMP/r" 2>/dev/null || echo none)" "$denials"
}

# Take the grant on line $1 of the policy, which is $2, away; false when the line grants nothing.
without_line() {
	case $2 in
	*'_ms": 0'* | *'": 0'*) return 1 ;;
	*'"allow_'*': true'* | *'"enabled": true'*) sed "$1s/true/false/" "$new" >"$variant" ;;
	*'"deny_hidden": false'*) sed "$1s/false/true/" "$new" >"$variant" ;;
	*'"max_blocking": '* | *'"max_sleep_ms": '*) sed "$1s/: [0-9]*/: 0/" "$new" >"$variant" ;;
	*'"max_depth": 1'[,]* | *'"max_entries": 1'[,]* | *'_bytes": 1'[,]*) return 1 ;;
	*'"max_depth": '* | *'"max_entries": '* | *'"max_read_bytes": '* | *'"max_write_bytes": '*)
		sed "$1s/: [0-9]*/: 1/" "$new" >"$variant" ;;
	'      "'*'"' | '      "'*'",') sed "$1s/\"[^\"]*\"/\"not_there\"/" "$new" >"$variant" ;;
	*) return 1 ;;
	esac
}

every=${1:-1}
operations=0
chosen=yes
samples=0
want=0 exit_status=0 # of the program in the samples that follow
# sample BASE BODY [OPTIONS]: observe, run, and run without each grant.
sample() {
	base=$1
	program "$2"
	shift 2
	samples=$((samples + 1))
	reset
	expect "$want" x07 policy observe --profile sandbox --opt=fast --input in.bin --policy "$base" --out "$new" --force "$@"
	[ "$(field /lost_operations)" = 0 ] || fail "sample $samples: operations were lost"
	output=$(field /solve_output_b64)
	[ -s "${new%.json}.review.md" ] || fail "sample $samples: no review"
	got=$(run_under "$new")
	same="$want $exit_status $output []"
	[ "$got" = "$same" ] || {
		cat "$new" >&2
		fail "sample $samples: under its policy '$got', not '$same'"
	}
	n=0
	grants=0
	cp "$new" "$TEST_TMP/lines"
	while IFS= read -r line <&3; do
		n=$((n + 1))
		without_line "$n" "$line" || continue
		grants=$((grants + 1))
		[ "$(run_under "$variant" 3<&-)" != "$same" ] || {
			cat "$new" >&2
			fail "sample $samples: nothing changes without line $n: $line"
		}
	done 3<"$TEST_TMP/lines"
}
granted() { [ $chosen = no ] || grep -qF -- "$1" "$new" || fail "sample $samples: no '$1' in the policy"; }

read_a='["std.os.fs.read_file", ["bytes.lit", "data/a.txt"]]'
all() { printf '["app.%s", ["std.os.fs.%s", %s]]' "$1" "$2" "$3"; }
lit() { printf '["bytes.lit", "%s"]' "$1"; }
caps() { printf '["app.caps", %s]' "$1"; }
both() { printf '["bytes.concat", %s, %s]' "$1" "$2"; }

# The tutorial's programs: the echo of step 2 and the file output of step 3.
sample "$policy" '["view.to_bytes", "b"]'
[ "$grants" -eq 0 ] || fail "the echo program was granted something"
sample "$policy" '["begin", ["let", "data", ["view.to_bytes", "b"]],
  ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/input.bin"], "data"]],
  ["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]]'
granted '"out"'

for base in wide.json none.json; do
	mode=
	[ $base = wide.json ] || mode='--permissive --env GREETING'
	s() {
		operations=$((operations + 1))
		chosen=no
		[ $((operations % every)) -eq 0 ] || return 0
		chosen=yes
		# shellcheck disable=SC2086
		sample "$base" "$1" $mode
	}

	s "$read_a"
	granted '"data"'
	s "$(both "$read_a" '["std.os.fs.read_file", ["bytes.lit", "data/sub/b.txt"]]')"
	s "$(both "$read_a" '["std.os.fs.read_file", ["bytes.lit", "cfg/c.ini"]]')"
	granted '"cfg"'
	s '["std.os.fs.read_file", ["bytes.lit", "top.txt"]]'
	granted '"."'
	s '["std.os.fs.read_file", ["bytes.lit", "data/.hidden"]]'
	granted '"deny_hidden": false'
	s '["std.os.fs.read_file", ["bytes.lit", "cfg/link"]]'
	granted '"allow_symlinks": true'
	s "$(both '["std.fmt.u32_to_dec", ["std.os.fs.write_file", ["bytes.lit", "out/x"], ["bytes.lit", "w"]]]' \
		'["std.fmt.u32_to_dec", ["std.os.fs.write_file", ["bytes.lit", "none/x"], ["bytes.lit", "w"]]]')"
	s "$(all rb read_all_v1 "$(lit data/sub/b.txt), $(caps 0)")"
	granted '"data/sub"'
	s "$(all ri write_all_v1 "$(lit out/n.txt), $(lit text), $(caps 0)")"
	s "$(all ri write_all_v1 "$(lit out/new/dir/n.txt), $(lit text), $(caps 4)")"
	granted '"allow_mkdir": true'
	s "$(all ri write_all_v1 "$(lit out/n.txt), $(lit text), $(caps 24)")"
	granted '"allow_rename": true'
	s "$(both "$(all ri mkdirs_v1 "$(lit made/a/b), $(caps 0)")" "$(all ri write_all_v1 "$(lit made/a/b/f), $(lit xyz), $(caps 0)")")"
	granted '"."'
	s "$(all rb list_dir_sorted_text_v1 "$(lit data), $(caps 0)")"
	granted '"allow_walk": true'
	s "$(all rb list_dir_sorted_text_v1 "$(lit cfg), $(caps 0)")"
	granted '"deny_hidden": true'
	s "$(all rb walk_glob_sorted_text_v1 "$(lit data), $(lit '**/*.txt'), $(caps 0)")"
	granted '"allow_glob": true'
	s "$(both "$(all ri rename_v1 "$(lit data/a.txt), $(lit data/sub/z.txt), $(caps 0)")" "$(all ri remove_file_v1 "$(lit data/sub/b.txt), $(caps 0)")")"
	granted '"allow_remove": true'
	s "$(all ri remove_dir_all_v1 "$(lit data/sub), $(caps 0)")"
	granted '"data"'
	s "[\"begin\", [\"let\", \"f\", $(all rb stat_v1 "$(lit data/sub/b.txt), $(caps 0)")],
	  [\"std.fmt.u32_to_dec\", [\"std.os.fs.spec.stat_size_u32_v1\", \"f\"]]]"
	s '["std.os.env.get", ["bytes.lit", "GREETING"]]'
	granted '"GREETING"'
	s '["begin", ["let", "t", ["std.os.time.now_unix_ms"]], ["bytes.lit", "now"]]'
	granted '"allow_wall_clock": true'
	s '["std.fmt.u32_to_dec", ["os.time.sleep_ms_v1", 7]]'
	granted '"max_sleep_ms": 7'
	s '["os.time.local_tzid_v1"]'
	granted '"allow_local_tzid": true'
	want=1 exit_status=7
	s '["begin", ["std.os.process.exit", 7], ["bytes.empty"]]'
	want=0 exit_status=0
	granted '"allow_exit": true'
done
[ $((samples * every)) -ge 46 ] || fail "only $samples samples of $operations operations"
printf '%s samples\n' "$samples"

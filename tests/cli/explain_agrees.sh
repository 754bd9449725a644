#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 policy explain` says is what a run does, for every pair of a policy and a question of a
# matrix: files by both kinds of calls, variables, the clock and the end. Where both say no, they
# offer the same patch and the same flag, or none for the same reason. explain_agrees.sh [N]: one of N
# pairs.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
mkdir -p data/sub out both "sp ace"
printf alpha >data/a.txt
printf beta >data/sub/b.txt
printf secret >data/.hidden
printf own >out/o.txt
printf gap >"sp ace/s"
mkdir data/.d
printf deep >data/.d/x
ln -s a.txt data/link
ln -s ../out data/to-out
ln -s /etc data/to-etc
ln -s nowhere data/dangling
x07 policy init --template cli --out base.json >/dev/null

# Policies: each line changes the base.
variant() { sed "$2" base.json >"p$1.json"; }
variant 0 ''
variant 1 's/"deny_hidden": true/"deny_hidden": false/'
variant 2 's/"allow_symlinks": false/"allow_symlinks": true/'
variant 3 's/^      "\."/      "data", "sp ace"/; s/^      "out"/      "data\/sub", "both", "not-there"/'
variant 4 '/"fs": {/,/"max_depth"/s/"enabled": true/"enabled": false/'
variant 5 's/"max_blocking": 4/"max_blocking": 0/'
variant 6 "s|^      \"\\.\"|      \"$PWD/data\"|; s/^      \"out\"/      \".\"/"
variant 7 '/"read_roots": \[/,/\]/s/^      "."$//'
variant 8 's/"deny_hidden": true/"deny_hidden": false/; s/"allow_symlinks": false/"allow_symlinks": true/; s/^      "\."/      "data"/'

sample=${1:-1}
pair=0
checked=0
denied=0
patches=0
# chosen: whether this pair is one that is tried.
chosen() {
	pair=$((pair + 1))
	[ $((pair % sample)) -eq 0 ]
}
# compare POLICY OPERATION SUBJECT ANSWER: the last run refused something exactly when ANSWER (the
# index in explain's answers) is "deny".
compare() {
	got=$(jsonq /sandbox/denials <"$TEST_TMP/report") || fail "no report: $*"
	said=0
	x07 policy explain "$2" "$3" --policy "$1" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || said=$?
	[ $said -le 1 ] || fail "explain: $*"
	decision=$(field "/answers/$4/decision")
	checked=$((checked + 1))
	case $decision in
	allow) [ "$got" = '[]' ] || fail "explain allows, the run refused: $*: $got" ;;
	deny)
		denied=$((denied + 1))
		[ "$got" != '[]' ] || fail "explain denies, the run did not refuse: $*"
		# the same line decides (a run names the list or the flag)
		rule=$(field "/answers/$4/rule")
		refused=$(jsonq /sandbox/denials/0/rule <"$TEST_TMP/report")
		[ "${rule%/[0-9]*}" = "${refused%/[0-9]*}" ] || fail "explain: $rule, the run: $refused: $*"
		for member in patch flag opens withheld; do
			offered=$(field "/answers/$4/$member")
			ran=$(jsonq "/sandbox/denials/0/$member" <"$TEST_TMP/report")
			[ "$offered" = "$ran" ] || fail "$member: explain: $offered, the run: $ran: $*"
		done
		case $offered in null) patches=$((patches + 1)) ;; esac
		;;
	*) fail "decision $decision" ;;
	esac
}

# A program may well overwrite the project; then it is put back.
cp x07.json x07.saved
ask() {
	x07 run --profile sandbox --opt=fast --input subject --policy "$1" >"$TEST_TMP/report" 2>/dev/null || :
	cmp -s x07.json x07.saved || cp x07.saved x07.json
}

paths='data/a.txt
data/sub/b.txt
data/.hidden
data/.d/x
.x07/policies/base/cli.sandbox.base.policy.json
data/link
data/to-out/o.txt
data/to-etc/hostname
data/dangling
out/o.txt
out/new
both/new
sp ace/s
a.txt
missing/file
data
data/
data//a.txt
./data/a.txt
data/../data/a.txt
../demo/data/a.txt
.x07_x
/etc/hostname
x07.json
data\a.txt
not-there/x'
programs='fs.read 0 ["std.os.fs.read_file", ["view.to_bytes", "b"]]
fs.write 0 ["std.fmt.u32_to_dec", ["std.os.fs.write_file", ["view.to_bytes", "b"], ["bytes.lit", "w"]]]
fs.read 1 ["result_bytes.unwrap_or", ["std.os.fs.read_all_v1", ["view.to_bytes", "b"], ["std.os.fs.spec.caps_default_v1"]], ["bytes.empty"]]
fs.write 1 ["std.fmt.u32_to_dec", ["result_i32.unwrap_or", ["std.os.fs.write_all_v1", ["view.to_bytes", "b"], ["bytes.lit", "w"], ["std.os.fs.spec.caps_pack_v1", 0, 0, 0, 0, 8]], 9]]'

printf '%s\n' "$programs" >programs
printf '%s\n' "$paths" >paths
while read -r operation answer body; do
	module "$body" '"std.os.fs", "std.os.fs.spec", "std.fmt"'
	while IFS= read -r subject; do
		printf %s "$subject" >subject
		for p in 0 1 2 3 4 5 6 7 8; do
			chosen || continue
			ask p$p.json
			compare p$p.json "$operation" "$subject" "$answer"
		done
	done <paths
done <programs

# Variables.
on='/"env": {/,/}/s/"enabled": false/"enabled": true/'
variant 10 ''
variant 11 "$on"
variant 12 "$on; s/\"allow_keys\": \\[\\]/\"allow_keys\": [\"GREETING\", \"A=B\", \"lower\"]/"
variant 13 "$on; s/\"allow_keys\": \\[\\]/\"allow_keys\": [\"GREETING\", \"PATH\"]/; s/\"deny_keys\": \\[\\]/\"deny_keys\": [\"GREETING\", \"HOME\"]/"
module '["std.os.env.get", ["view.to_bytes", "b"]]' '"std.os.env"'
export GREETING=hi lower=x
for key in GREETING greeting GREETING2 PATH HOME LOWER lower A=B "G R"; do
	printf %s "$key" >subject
	for p in 10 11 12 13; do
		chosen || continue
		ask p$p.json
		compare p$p.json env "$key" 0
	done
done

# The clock, and the end that a program chooses.
variant 20 ''
variant 21 's/"allow_wall_clock": true/"allow_wall_clock": false/; s/"allow_exit": true/"allow_exit": false/'
variant 22 '/"time": {/,/}/s/"enabled": true/"enabled": false/; /"process": {/,/}/s/"enabled": true/"enabled": false/'
variant 23 's/"allow_sleep": false/"allow_sleep": true/; s/"allow_local_tzid": false/"allow_local_tzid": true/; s/"max_sleep_ms": 0/"max_sleep_ms": 9/'
: >subject
while read -r operation subject body; do
	module "$body" '"std.os.time", "std.os.process", "std.fmt"'
	for p in 20 21 22 23; do
		chosen || continue
		ask p$p.json
		compare p$p.json "$operation" "$subject" 0
	done
done <<'PROGRAMS'
time now_unix_ms ["begin", ["let", "t", ["std.os.time.now_unix_ms"]], ["bytes.lit", "x"]]
time sleep_ms_v1:7 ["std.fmt.u32_to_dec", ["os.time.sleep_ms_v1", 7]]
time sleep_ms_v1:10 ["std.fmt.u32_to_dec", ["os.time.sleep_ms_v1", 10]]
time local_tzid_v1 ["os.time.local_tzid_v1"]
time now_instant_v1 ["os.time.now_instant_v1"]
process exit ["begin", ["std.os.process.exit", 0], ["bytes.lit", "x"]]
PROGRAMS

# Switches of the files: what lists, makes, removes and renames.
while read -r operation subject body; do
	module "$body" '"std.os.fs", "std.os.fs.spec", "std.fmt"'
	for p in 0 1 3 4 6 7; do
		chosen || continue
		rm -rf out/made data/gone
		printf gone >data/gone
		ask p$p.json
		printf gone >data/gone
		rm -rf out/made
		compare p$p.json "$operation" "$subject" 0
	done
done <<'PROGRAMS'
fs.list data/sub ["result_bytes.unwrap_or", ["std.os.fs.list_dir_sorted_text_v1", ["bytes.lit", "data/sub"], ["std.os.fs.spec.caps_default_v1"]], ["bytes.empty"]]
fs.glob data ["result_bytes.unwrap_or", ["std.os.fs.walk_glob_sorted_text_v1", ["bytes.lit", "data"], ["bytes.lit", "*"], ["std.os.fs.spec.caps_default_v1"]], ["bytes.empty"]]
fs.mkdir out/made/a ["std.fmt.u32_to_dec", ["result_i32.unwrap_or", ["std.os.fs.mkdirs_v1", ["bytes.lit", "out/made/a"], ["std.os.fs.spec.caps_default_v1"]], 9]]
fs.remove data/gone ["std.fmt.u32_to_dec", ["result_i32.unwrap_or", ["std.os.fs.remove_file_v1", ["bytes.lit", "data/gone"], ["std.os.fs.spec.caps_default_v1"]], 9]]
PROGRAMS
# least COUNT N: there were so many, or half of it in the share of a sample.
least() { [ $(($1 * sample)) -ge $((sample > 1 ? $2 / 2 : $2)) ]; }
least "$checked" 900 || fail "only $checked questions"
least "$patches" 200 || fail "only $patches patches were compared"
{ least "$denied" 300 && least $((checked - denied)) 150; } || fail "$denied of $checked denied"
printf '%s questions, %s denied, %s patches\n' "$checked" "$denied" "$patches"

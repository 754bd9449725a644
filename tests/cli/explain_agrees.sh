#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 policy explain` says is what a run does, for every pair of a policy and a question of a
# matrix: files by both kinds of calls, and variables.
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

checked=0
denied=0
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
		ask p$p.json
		compare p$p.json env "$key" 0
	done
done
[ "$checked" -ge 900 ] || fail "only $checked questions"
{ [ "$denied" -ge 300 ] && [ $((checked - denied)) -ge 150 ]; } || fail "$denied of $checked denied"
printf '%s questions, %s denied\n' "$checked" "$denied"

#!/bin/sh
# SPDX-License-Identifier: MIT
# All faults of a program are told in one run, with their places, on standard error and in the
# report; none that only follows from another; twenty are told and the rest is counted.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

program() { printf '{"schema_version":"x07.x07ast@0.8.0","module_id":"main","kind":"entry","imports":[],"decls":[%s],\n"solve":%s}\n' "$2" "$1" >p.x07.json; }
run() { x07 run --world run-os --program p.x07.json; }
# told COUNT: that many faults stand on standard error, and in the report.
told() {
	count=$(grep -c ': error\[' "$TEST_TMP/err")
	[ "$count" -eq "$1" ] || fail "$count faults on standard error, not $1"
	field "/compile/diagnostics/$(($1 - 1))/code" >/dev/null
	! jsonq "/compile/diagnostics/$1/code" <"$TEST_TMP/out" >/dev/null 2>&1 ||
		fail "more than $1 faults in the report"
}

# Each statement has its own fault, in a loop body (walked twice) and in called functions too.
program '["begin",
["let","a",["bytes.lot","x"]],
["set","nn",1],
["for","i",0,["main.f",1],["begin",
["let","k",["main.g"]],
["if",1,["begin",["let","z","gone"],"z"],0]]],
["main.h"],
["bytes.empty"]]' '
{"kind":"defn","name":"main.f","params":[{"name":"n","ty":"i32"}],"result":"i32","body":["+","n","w"]},
{"kind":"defn","name":"main.g","params":[],"result":"i32","body":["bytes.empty"]}'
expect 1 run
told 6
says err 'p.x07.json:5:12: error[X07-HEAD-0001]: Unsupported: unsupported head: "bytes.lot"'
says err 'p.x07.json:6:1: error[X07-TYPE-SET-0001]'
says err 'p.x07.json:9:29: error[X07-TYPE-NAME-0001]: Typing: unknown identifier: "gone"'
says err 'p.x07.json:10:1: error[X07-HEAD-0001]: Unsupported: unsupported head: "main.h"'
says err 'p.x07.json:2:98: error[X07-TYPE-NAME-0001]: Typing: unknown identifier: "w"'
says err 'p.x07.json:3:66: error[X07-TYPE-RET-0001]'
is /compile/compile_error 'Unsupported: unsupported head: "bytes.lot" (fn=solve ptr=/solve/1/2)'
is /compile/diagnostics/1/data/line 6
is /compile/diagnostics/1/loc/ptr /solve/2

# What follows from a let that failed is not told: uses of the name, of names made from it, and
# what was moved or borrowed by then. A name that it hides keeps nothing of its old type.
program '["begin",["let","o",["bytes.lit","o"]],["let","v",["bytes.view","o"]],
["begin",["let","v",["nosuch","o"]],["+","v",1],["let","w","v"],["bytes.len","w"],["bytes.view","v"],["set","v",1]],
["bytes.concat","o","o"]]' ''
expect 1 run
told 1
says err 'unsupported head: "nosuch"'

# A let that failed in one branch or in a loop leaves the code around it whole.
program '["begin",["let","n",0],
["while",["<","n",3],["begin",["let","t",["nosuch"]],["set","n",["+","n","t"]]]],
["if","n",["begin",["return",["nosuch2"]]],0],
["set","n",["bytes.empty"]],["bytes.empty"]]' ''
expect 1 run
told 3
says err 'type mismatch in set for variable "n"'

# Twenty are told, all are counted, and a thousand end the check.
many() { awk -v n="$1" 'BEGIN { printf "[\"begin\""; for (i = 0; i < n; i++) printf ",[\"nosuch\",%d]", i; printf ",[\"bytes.empty\"]]" }'; }
program "$(many 33)" ''
expect 1 run
told 20
says err '... and 13 more'
awk 'BEGIN { printf "{\"schema_version\":\"x07.x07ast@0.8.0\",\"module_id\":\"main\",\"kind\":\"entry\",\"imports\":[],\"decls\":[],\"solve\":[\"begin\""; for (i = 0; i < 3000; i++) printf ",[\"nosuch\",%d]", i; printf ",[\"bytes.empty\"]]}" }' >p.x07.json
expect 1 run
told 20
says err '... and 980 more'

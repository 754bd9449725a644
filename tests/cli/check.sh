#!/bin/sh
# SPDX-License-Identifier: MIT
# `x07 check` tells the faults of every function of every module of a project, called or not, runs
# nothing, and says the same to people and to programs.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

# mod ID IMPORTS DECLS: a module at its place below src, which exports what it declares.
mod() {
	names=$(printf %s "$3" | grep -o '"name":"[^"]*"' | sed 's/"name"://' | paste -sd, -)
	printf '{"schema_version":"x07.x07ast@0.8.0","module_id":"%s","kind":"module","imports":[%s],"decls":[\n%s,{"kind":"export","names":[%s]}]}\n' \
		"$1" "$2" "$3" "$names" >"src/$(printf %s "$1" | tr . /).x07.json"
}
defn() { printf '{"kind":"defn","name":"%s","params":[],"result":"i32","body":%s}' "$1" "$2"; }
count() { [ "$(grep -c ': error\[' "$TEST_TMP/out")" -eq "$1" ] || fail "not $1 faults in the text"; }

mkdir p
cd p
x07 init >/dev/null
expect 0 x07 check
is /schema_version x07.check.report@0.1.0
is /ok true
is /exit 0
is /errors 0
is /code null
silent err
expect 0 x07 check --emit text
says out 'no errors in '
cd ..
expect 0 x07 check p
expect 0 x07 check p/x07.json
cd p

# Two faults in one uncalled function, one in a module that nobody imports, in a folder of its own.
mkdir src/deep
mod deep.two '' "$(defn deep.two.f '["+",1,"gone"]'),
$(defn deep.two.ok 1)"
mod one '' "$(defn one.f '["begin",["let","a",["nosuch"]],
["set","q",1],0]'),
$(defn one.g '["one.f"]')"
# Another program in the same folder is no module; neither is a file that no import can name.
cp src/main.x07.json src/other.x07.json
echo nonsense >src/not-a-module.x07.json
mkdir src/.hidden
echo nonsense >src/.hidden/x.x07.json
expect 1 x07 check
is /ok false
is /exit 1
is /errors 3
is /dropped 0
is /diagnostics/0/code X07-TYPE-NAME-0001
is /diagnostics/0/data/file "$PWD/src/deep/two.x07.json"
is /diagnostics/0/data/line 2
is /diagnostics/1/code X07-HEAD-0001
is /diagnostics/1/data/file "$PWD/src/one.x07.json"
is /diagnostics/2/code X07-TYPE-SET-0001
is /diagnostics/2/data/line 3
is /diagnostics/2/loc/kind x07ast
is /code X07-TYPE-NAME-0001
expect 1 x07 check --emit text
count 3
says out 'src/one.x07.json:3:1: error[X07-TYPE-SET-0001]'
grep -qx '     3 | \["set","q",1\],0\]},.*' "$TEST_TMP/out" || fail "no line of the source"
grep -qx '       | ^' "$TEST_TMP/out" || fail "no mark"
says out '3 errors; nothing was run'
# A run compiles what the entry reaches, and nothing of that has a fault.
expect 0 x07 run

# The signature of an uncalled function, and a fault that an uncalled function reaches.
mod one '' "$(defn one.g '["bytes.empty"]')"
rm src/deep/two.x07.json
expect 1 x07 check
is /errors 1
is /diagnostics/0/code X07-TYPE-RET-0001

# Each file that cannot be read is told, once, and others beside it.
echo '{' >src/one.x07.json
mod two '"one"' "$(defn two.f 1)"
mod three '"one","missing"' "$(defn three.f 1)"
mod four '' "$(defn five.f 1)"
expect 1 x07 check
is /modules 0
is /diagnostics/0/data/file "$PWD/src/four.x07.json"
is /diagnostics/1/data/file "$PWD/src/one.x07.json"
is /diagnostics/2/data/file "$PWD/src/three.x07.json"
is /errors 3
rm src/one.x07.json src/two.x07.json src/three.x07.json src/four.x07.json

# Text of a program does not reach a terminal as control; a long line is cut around the place.
long=$(awk 'BEGIN { for (i = 0; i < 60; i++) printf "[\"+\",%d,1],", i }')
mod one '' "$(defn one.f "[\"begin\",${long}[\"set\",\"q\",1],$long 0]")"
printf '\302\233' >>src/one.x07.json
expect 1 x07 check --emit text
says_not out "$(printf '\302\233')"
mod one '' "$(defn one.f "[\"begin\",${long}[\"set\",\"q\",1],$long 0]")"
expect 1 x07 check --emit text
[ "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' "$TEST_TMP/out")" -lt 200 ] || fail "a line is not cut"
at=$(awk '/^ +2 \|/ { line = $0; next } /\^$/ { print substr(line, length($0), 6) }' "$TEST_TMP/out")
[ "$at" = '["set"' ] || fail "the mark is at '$at'"
says_not out "$(printf '\033')"

# A program file alone: its own functions, and not the folder.
expect 0 x07 check src/main.x07.json
sed 's/"decls":\[/&{"kind":"defn","name":"main.unused","params":[],"result":"i32","body":"gone"}/' src/main.x07.json >src/other.x07.json
expect 1 x07 check src/other.x07.json
is /errors 1
is /diagnostics/0/code X07-TYPE-NAME-0001

# What is no fault of the program.
cd ..
mkdir empty
expect 2 x07 check empty
is /ok false
is /exit 2
says err 'x07 check: '
expect 2 x07 check p --profile nosuch
is /ok false
expect 2 x07 check a b

#!/bin/sh
# SPDX-License-Identifier: MIT
# Every way to give a program its input reaches it byte for byte.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
run() { x07 run --profile sandbox "$@"; }
output() { field /solve_output_b64 | base64 -d; }

printf 'a\000b\377' >in.bin
want=$(base64 -w0 <in.bin)
expect 0 run --input in.bin
is /solve_output_b64 "$want"
expect 0 run --input-b64 "$want"
is /solve_output_b64 "$want"
expect 0 run --input-b64 ' aGVsbG8= '
is /solve_output_b64 aGVsbG8=
expect 2 run --input-b64 'aGVsbG8'
says err "base64"
expect 0 run --stdin <in.bin
is /solve_output_b64 "$want"
# Piped standard input counts without a flag; an explicit input wins over it.
expect 0 run <in.bin
is /solve_output_b64 "$want"
# shellcheck disable=SC2002
cat in.bin | expect 0 run
is /solve_output_b64 "$want"
printf other | expect 0 run --input in.bin
is /solve_output_b64 "$want"
expect 0 run </dev/null
is /solve_output_b64 ''
expect 0 run <&-
is /solve_output_b64 ''
# A file read up to the middle gives its rest.
(dd bs=1 count=1 of=/dev/null 2>/dev/null && expect 0 run --stdin) <in.bin
is /solve_output_b64 "$(tail -c 3 in.bin | base64)"
# argv_v1: count, then length and bytes of each argument.
expect 0 run -- ab '' --x
[ "$(output | od -An -tx1 | tr -d ' \n')" = 030000000200000061620000000003000000"2d2d78" ] ||
	fail "argv_v1 is $(output | od -An -tx1)"
expect 0 run --
is /solve_output_b64 AAAAAA==
# The profile's own input, relative to the project, from any folder.
sed -i 's|"policy"|"input": "in.bin", "policy"|' x07.json
(cd src && expect 0 run)
is /solve_output_b64 "$want"
mkfifo pipe
(printf fifo >pipe &)
expect 0 run --input pipe
is /solve_output_b64 "$(printf fifo | base64)"

expect 2 run --input missing.bin
says err "missing.bin"
expect 2 run --input -
says err "--stdin"
expect 2 run --input src
says err "directory"
head -c 2000000 /dev/zero >big.bin
expect 1 run --input big.bin
is /solve/ok false
expect 0 run --input big.bin --max-output-bytes 2000000

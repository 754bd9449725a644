#!/bin/sh
# SPDX-License-Identifier: MIT
# --compiled-out writes an executable that answers like the run, and replaces the file whole.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
printf hello >in.bin
expect 0 x07 run --input in.bin --compiled-out app
is /compile/compiled_exe app
is /compile/compiled_exe_size "$(wc -c <app)"
printf '\005\000\000\000hello' >frame
expect 0 ./app <frame
cmp -s "$TEST_TMP/out" frame || fail "the executable did not echo its framed input"
expect 2 x07 run --input in.bin --compiled-out none/app

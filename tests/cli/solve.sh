#!/bin/sh
# SPDX-License-Identifier: MIT
# The solve worlds: nothing but the fixture is there, in the layers of the backend os, and nobody accepts
# anything for it. A fixture that is no tree of files is refused before anything runs.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

unset X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION
# program EXPRESSION: p.x07.json
program() {
	printf '{"schema_version":"x07.x07ast@0.8.0","kind":"entry","module_id":"main","imports":[],"decls":[],"solve":%s}\n' "$1" >p.x07.json
}
run() { x07 run --program p.x07.json "$@"; }
files() { run --world solve-fs --fixtures fx; }

program '["bytes.lit","pure"]'
expect 0 run --world solve-pure
is /world solve-pure
is /solve_output_b64 cHVyZQ==
is /sandbox/backend os
is /sandbox/policy null
is /sandbox/layers/landlock true
is /sandbox/layers/net_ns true
is /sandbox/layers/seccomp true
is /sandbox/notes/0 "a solve world grants nothing"

# Values, from the sheet: names sorted by byte, each with a line feed; our own names are left out.
mkdir -p fx/root/d fx/root/none
printf hello >fx/root/a.txt
printf zz >fx/root/d/z
printf y >fx/root/d/.y
printf x >fx/root/d/.x07_x
printf outside >fx/outside
program '["fs.read",["bytes.lit","a.txt"]]'
expect 0 files
is /solve_output_b64 aGVsbG8=
is /solve/fs_read_file_calls 1
is /solve/fs_list_dir_calls 0
is /sandbox/notes/0 "a solve world grants nothing but the files of its fixture, read-only"
program '["fs.list_dir",["bytes.lit","d"]]'
expect 0 files
is /solve_output_b64 LnkKego=
is /solve/fs_list_dir_calls 1
program '["fs.list_dir",["bytes.lit","none"]]'
expect 0 files
is /solve_output_b64 ""
program '["io.read",["fs.open_read",["bytes.lit","d/z"]],1]'
expect 0 files
is /solve_output_b64 eg==
program '["fs.read_async",["bytes.lit","d/z"]]'
expect 0 files
is /solve_output_b64 eno=
# `root` is the whole world: what lies beside it is not there.
program '["fs.read",["bytes.lit","outside"]]'
expect 1 files
is /solve/trap "fs.read open failed path=outside"
program '["fs.read",["bytes.lit","d"]]'
expect 1 files
is /solve/trap "fs.read file too large"
# Without `root` the fixture is the world.
mkdir flat
printf flat >flat/f
program '["fs.read",["bytes.lit","f"]]'
expect 0 run --world solve-fs --fixtures flat
is /solve_output_b64 ZmxhdA==
expect 1 run --world solve-pure
says err X07-WORLD-FS-0001
says err "fs.read is disabled in this world"
# A head of the operating system is no part of it.
program '["os.env.get",["bytes.lit","HOME"]]'
expect 1 files
says err X07-WORLD-OS-0001

# Fixtures and worlds that do not belong together, and what is refused.
program '["bytes.lit","pure"]'
expect 2 run --world solve-fs
says err X07FIXTURE_NONE
expect 2 run --world solve-pure --fixtures fx
says err X07FIXTURE_NONE
expect 2 run --fixtures fx
says err X07FIXTURE_NONE
expect 2 run --world solve-kv
says err "world solve-kv is not there yet"
expect 2 run --world solve-pure --sandbox-backend none
says err "--sandbox-backend is only for"
expect 2 run --world solve-pure --i-accept-weaker-isolation
expect 2 x07-os-runner --program p.x07.json --world solve-pure
says err "x07 run --world solve-pure"
ln -s /etc/passwd fx/root/link
expect 2 files
says err "X07FIXTURE_TREE"
says err fx/root/link
rm fx/root/link
mkfifo fx/root/pipe
expect 2 files
says err "X07FIXTURE_TREE"
rm fx/root/pipe
printf '{}' >fx/latency.json
expect 2 files
says err "latencies of files are not there yet"
rm fx/latency.json
deep=fx/root
i=0
while [ $i -lt 70 ]; do
	deep=$deep/d
	i=$((i + 1))
done
mkdir -p "$deep"
expect 2 files
says err X07FIXTURE_LIMIT
rm -r fx/root/d
truncate -s 2G fx/root/large
expect 2 files
says err X07FIXTURE_LIMIT
rm fx/root/large
expect 0 files

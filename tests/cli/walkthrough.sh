#!/bin/sh
# SPDX-License-Identifier: MIT
# Steps 0 to 3 of the tutorial, word for word. walkthrough.sh [--steps | --verbose] [BIN-FOLDER]:
# --steps prints each command, as ./bootstrap shows it, --verbose also its output.
set -eu
verbose=no
steps=no
case ${1:-} in
--verbose) verbose=yes ;;
--steps) steps=yes ;;
esac
[ "$verbose$steps" = nono ] || shift
bin=${1:-${X07_BIN:-}}
if [ -n "$bin" ]; then
	PATH="$bin:$PATH"
	export PATH
fi
command -v x07 >/dev/null || {
	echo "walkthrough: no x07 on PATH; give the folder of the built programs" >&2
	exit 2
}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/x07-walkthrough.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

die() {
	printf 'walkthrough: %s\n' "$*" >&2
	exit 1
}
title() {
	[ "$verbose" = no ] || printf '\n== %s\n' "$*"
	[ "$steps" = no ] || printf '%s\n' "$*"
}

# step COMMAND-LINE: shown when verbose; its output goes to the file `last` (and the terminal).
step() {
	[ "$verbose" = no ] || printf '\n$ %s\n' "$1"
	[ "$steps" = no ] || printf '  $ %s\n' "$(printf '%s\n' "$1" | sed '1!d; s/ *\\$/ .../')"
	status=0
	(eval "$1") >"$tmp/last" 2>"$tmp/last.err" || status=$?
	[ "$verbose" = no ] || cat "$tmp/last" "$tmp/last.err"
	[ "$status" -eq 0 ] || {
		cat "$tmp/last" "$tmp/last.err" >&2
		die "exit status $status of: $1"
	}
}

# The base64 text of a top-level key, for machines without python3.
output_of_report() {
	sed -n 's/^  "solve_output_b64": "\([^"]*\)",\{0,1\}$/\1/p' "$tmp/last" | base64 -d
}

title "prerequisites"
step 'x07 --help'
step 'x07-os-runner --help'
export X07_SANDBOX_BACKEND=os
export X07_I_ACCEPT_WEAKER_ISOLATION=1

title "step 0: create a project"
mkdir sandbox-policy-demo
cd sandbox-policy-demo
step 'x07 init'
[ ! -e .x07/policies/base/cli.sandbox.base.policy.json ] || die "init wrote the policy"

title "step 1: generate the base policy (no networking)"
step 'x07 policy init --template cli'
[ -f .x07/policies/base/cli.sandbox.base.policy.json ] || die "no policy file"

title "step 2: run the default program (in the sandbox profile)"
step "printf 'hello' > $tmp/in.bin"
step "x07 run --profile sandbox --input $tmp/in.bin"
[ "$(output_of_report)" = hello ] || die "the output is not hello"
if command -v python3 >/dev/null; then
	step "x07 run --profile sandbox --input $tmp/in.bin \\
  | python3 -c 'import sys,json,base64; r=json.load(sys.stdin); sys.stdout.buffer.write(base64.b64decode(r[\"solve_output_b64\"]))'"
	[ "$(cat "$tmp/last")" = hello ] || die "the decoded output is not hello"
fi

title "step 3: add filesystem output (no policy changes)"
cat >src/app.x07.json <<'JSON'
{
"schema_version": "x07.x07ast@0.4.0",
"kind": "module",
"module_id": "app",
"imports": ["std.os.fs"],
"decls": [
{ "kind": "export", "names": ["app.solve"] },
{
"kind": "defn",
"name": "app.solve",
"params": [{ "name": "b", "ty": "bytes_view" }],
"result": "bytes",
"body": [
"begin",
["let", "data", ["view.to_bytes", "b"]],
["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/input.bin"], "data"]],
["if", ["=", "rc", 0], ["bytes.lit", "ok"], ["bytes.lit", "write_failed"]]
]
}
]
}
JSON
step "x07 run --profile sandbox --input $tmp/in.bin"
[ "$(output_of_report)" = write_failed ] || die "out/ is missing, yet the write did not fail"
[ ! -e out ] || die "the run created out/"
step 'mkdir -p out'
step "x07 run --profile sandbox --input $tmp/in.bin"
[ "$(output_of_report)" = ok ] || die "the output is not ok"
step 'ls -la out/input.bin'
[ "$(cat out/input.bin)" = hello ] || die "out/input.bin is not hello"
[ "$verbose$steps" = nono ] || printf 'walkthrough: steps 0 to 3 hold\n'

# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts of this folder share: expectations that say what they saw. Sourced, not run.
set -eu
PATH="${X07_BIN:?}:$PATH"
export PATH
jsonq() { "${X07_BUILD_DIR:?}/tests/jsonq" "$@"; }

fail() {
	printf 'FAIL: %s\n' "$*" >&2
	for stream in out err; do
		[ ! -f "$TEST_TMP/$stream" ] || sed "s/^/  $stream: /" "$TEST_TMP/$stream" | head -40 >&2
	done
	exit 1
}

# expect STATUS COMMAND...: runs it with streams in $TEST_TMP/out and err.
expect() {
	expected=$1
	shift
	got=0
	"$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
	[ "$got" -eq "$expected" ] || fail "exit status $got, not $expected, of: $*"
}

# says STREAM TEXT: the stream of the last `expect` contains the text.
says() { grep -qF -- "$2" "$TEST_TMP/$1" || fail "no '$2' in std$1"; }
says_not() { ! grep -qF -- "$2" "$TEST_TMP/$1" || fail "'$2' in std$1"; }
silent() { [ ! -s "$TEST_TMP/$1" ] || fail "std$1 is not empty"; }

# field POINTER: a value of the JSON document in $TEST_TMP/out.
field() { jsonq "$1" <"$TEST_TMP/out" || fail "no $1 in the report"; }
is() {
	value=$(field "$1")
	[ "$value" = "$2" ] || fail "$1 is '$value', not '$2'"
}

use_os() {
	export X07_SANDBOX_BACKEND=os X07_I_ACCEPT_WEAKER_ISOLATION=1
}

# A project with a sandbox profile in a folder of its own; leaves it as working directory.
new_project() {
	mkdir "$1"
	cd "$1"
	x07 init >/dev/null
	x07 policy init --template cli >/dev/null
}

# module BODY [IMPORTS]: src/app.x07.json with this body.
module() {
	cat >src/app.x07.json <<JSON
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": [${2:-}],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": $1 } ] }
JSON
}

# A base policy with one text replaced: edit_policy FROM TO.
policy=.x07/policies/base/cli.sandbox.base.policy.json
edit_policy() {
	grep -qF -- "$1" "$policy" || fail "no '$1' in $policy"
	sed -i "s|$1|$2|" "$policy"
}

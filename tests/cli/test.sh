#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 test: worlds, verdicts, exit statuses, selection, reports, and manifests with every fault.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
expect 0 x07 test
is /schema_version x07.x07test@0.4.0
is /summary/passed 1
is /tests/0/id smoke/pass

cat >tests/t.x07.json <<'JSON'
{"schema_version":"x07.x07ast@0.8.0","kind":"module","module_id":"t","imports":["std.test"],"decls":[
{"kind":"export","names":["t.ok","t.bad","t.skip","t.trap","t.loop","t.bytes","t.raw","t.async","t.contract"]},
{"kind":"defn","name":"t.ok","params":[],"result":"result_i32","body":["std.test.pass"]},
{"kind":"defn","name":"t.bad","params":[],"result":"result_i32","body":["std.test.fail",7]},
{"kind":"defn","name":"t.skip","params":[],"result":"bytes","body":["std.test.status_skip"]},
{"kind":"defn","name":"t.raw","params":[],"result":"bytes","body":["bytes.lit","x"]},
{"kind":"defn","name":"t.trap","params":[],"result":"bytes","body":["bytes.alloc",-1]},
{"kind":"defn","name":"t.loop","params":[],"result":"result_i32",
 "body":["begin",["let","i",0],["while",1,["set","i",["+","i",1]]],["std.test.pass"]]},
{"kind":"defn","name":"t.bytes","params":[],"result":"result_i32",
 "body":["std.test.assert_bytes_eq",["bytes.lit","abc"],["bytes.lit","abd"],["std.test.code_assert_bytes_eq"]]},
{"kind":"defn","name":"t.half","params":[{"name":"n","ty":"i32"}],"result":"i32",
 "requires":[{"id":"small","expr":["<","n",10]}],"body":["/","n",2]},
{"kind":"defn","name":"t.contract","params":[],"result":"result_i32","body":["begin",["t.half",20],["std.test.pass"]]},
{"kind":"defasync","name":"t.async","params":[],"result":"bytes","body":["std.test.status_ok"]}
]}
JSON

# tests ROWS: a manifest with these tests.
tests() { echo "{\"schema_version\":\"x07.tests_manifest@${2:-0.2.0}\",\"tests\":[$1]}" >tests/tests.json; }
# one STATUS ROW: the only test has this status.
one() {
	tests "$2"
	got=0
	x07 test --json >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
	is /tests/0/status "$1"
}
S='"world":"solve-pure"'
B='"returns":"bytes_status_v1"'

one pass '{"id":"a",'"$S"',"entry":"t.ok"}'
[ "$got" = 0 ] || fail "exit status $got"
one pass '{"id":"a",'"$S,$B"',"entry":"t.async"}'
is /tests/0/entry_kind defasync
one fail '{"id":"a",'"$S"',"entry":"t.bad"}'
[ "$got" = 10 ] || fail "exit status $got"
is /tests/0/run/failure_code_u32 7
one xfail_fail '{"id":"a",'"$S"',"entry":"t.bad","expect":"fail"}'
[ "$got" = 0 ] || fail "exit status $got"
one xfail_pass '{"id":"a",'"$S"',"entry":"t.ok","expect":"fail"}'
[ "$got" = 10 ] || fail "exit status $got"
one skip '{"id":"a",'"$S,$B"',"entry":"t.skip"}'
[ "$got" = 10 ] || fail "exit status $got"
one skip '{"id":"a",'"$S"',"entry":"t.loop","expect":"skip"}'
[ "$got" = 0 ] || fail "exit status $got"
one error '{"id":"a",'"$S,$B"',"entry":"t.trap"}'
[ "$got" = 12 ] || fail "exit status $got"
is /tests/0/diags/0/code X07T_RUN_TRAP
is /tests/0/diags/0/details/trap "out of memory"
one error '{"id":"a",'"$S"',"entry":"t.loop","solve_fuel":1000}'
is /tests/0/diags/0/details/trap "fuel exhausted"
one error '{"id":"a","world":"run-os",'"$B"',"entry":"t.trap"}'
is /tests/0/diags/1/code ETEST_RUN
one error '{"id":"a",'"$S,$B"',"entry":"t.raw"}'
is /tests/0/diags/0/code EBAD_STATUS
one error '{"id":"a",'"$S"',"entry":"t.raw"}'
[ "$got" = 11 ] || fail "exit status $got"
is /tests/0/diags/0/code ETEST_COMPILE
one fail '{"id":"a",'"$S"',"entry":"t.bytes"}'
is /tests/0/diags/0/code X07T_ASSERT_BYTES_EQ
is /tests/0/diags/0/details/got/prefix_hex 616263
one error '{"id":"a",'"$S"',"entry":"t.contract"}'
is /tests/0/failure_kind contract_violation
jsonq /contract/clause_id <"$(field /tests/0/contract_repro_path)" >"$TEST_TMP/clause"

# the sandboxed world by the rules of a run
cp "$policy" tests/p.json
P='{"id":"a","world":"run-os-sandboxed","policy_json":"p.json","entry":"t.ok"}'
one error "$P"
says out 'export X07_SANDBOX_BACKEND=os'
use_os
one pass "$P"
is /tests/0/run/sandbox_backend os
unset X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION

# selection, order, failing fast, repetition, artifacts
tests '{"id":"z",'"$S"',"entry":"t.ok"},{"id":"b",'"$S"',"entry":"t.bad"},{"id":"a",'"$S"',"entry":"t.ok"}'
expect 0 x07 test --list
[ "$(cut -f1 "$TEST_TMP/out" | tr '\n' ' ')" = "a b z " ] || fail "not sorted by id"
expect 10 x07 test
is /tests/2/diags/0/code EFAIL_FAST
is /summary/skipped 1
expect 10 x07 test --no-fail-fast --jobs 3 --junit j.xml
is /summary/passed 2
grep -qF 'tests="3" failures="1" errors="0" skipped="0"' j.xml || fail "junit: $(cat j.xml)"
expect 10 x07 test --json=off
says out 'fail b'
says out 'summary: passed=1 failed=1 skipped=1'
expect 0 x07 test --filter z --repeat 3 --keep-artifacts
[ -x "$(field /tests/0/compile/artifact_path)" ] || fail "no executable was kept"
expect 2 x07 test --filter nothing
expect 0 x07 test --filter nothing --allow-empty
expect 2 x07 test --filter z --exact --jobs 2
expect 2 x07 test --repeat 0

# Evidence that nobody makes is not taken for granted.
tests '{"id":"a","world":"solve-pure","entry":"t.ok","require_runtime_attestation":true}'
expect 12 x07 test
is /summary/passed 0

# refused CODE ROWS [VERSION]: the manifest has this fault.
refused() {
	tests "$2" "${3:-0.2.0}"
	expect 12 x07 test
	says err "$1: "
	is /summary/passed 0
}
W='"world":"solve-pure"'
refused ETEST_TESTS_EMPTY ''
refused ETEST_ID_EMPTY '{"id":"",'"$W"',"entry":"t.ok"}'
refused ETEST_ID_NON_ASCII '{"id":"\u202e",'"$W"',"entry":"t.ok"}'
refused ETEST_ID_DUPLICATE '{"id":"a",'"$W"',"entry":"t.ok"},{"id":"a",'"$W"',"entry":"t.ok"}'
refused ETEST_WORLD_INVALID '{"id":"a","world":"moon","entry":"t.ok"}'
refused ETEST_ENTRY_INVALID '{"id":"a",'"$W"',"entry":"nodot"}'
refused ETEST_ENTRY_INVALID '{"id":"a",'"$W"',"entry":"t.missing"}'
refused ETEST_ENTRY_INVALID '{"id":"a",'"$W"',"entry":"../t.ok"}'
refused ETEST_EXPECT_INVALID '{"id":"a",'"$W"',"entry":"t.ok","expect":"maybe"}'
refused ETEST_RETURNS_INVALID '{"id":"a",'"$W"',"entry":"t.ok","returns":"i32"}'
refused ETEST_INPUT_NOT_ALLOWED_V010 '{"id":"a",'"$W"',"entry":"t.ok","input_b64":""}' 0.1.0
refused ETEST_INPUT_UNSUPPORTED_WORLD '{"id":"a","world":"run-os","entry":"t.ok","input_b64":""}'
refused ETEST_INPUT_CONFLICT '{"id":"a",'"$W"',"entry":"t.ok","input_b64":"","input_path":"t.x07.json"}'
refused ETEST_INPUT_B64_INVALID '{"id":"a",'"$W"',"entry":"t.ok","input_b64":"%"}'
refused ETEST_INPUT_UNSAFE_PATH '{"id":"a",'"$W"',"entry":"t.ok","input_path":"a/../../b"}'
refused ETEST_INPUT_PATH_READ_FAILED '{"id":"a",'"$W"',"entry":"t.ok","input_path":"none"}'
refused ETEST_TIMEOUT_INVALID '{"id":"a",'"$W"',"entry":"t.ok","timeout_ms":0}'
refused ETEST_SOLVE_FUEL_INVALID '{"id":"a",'"$W"',"entry":"t.ok","solve_fuel":-1}'
refused ETEST_FIXTURE_FORBIDDEN '{"id":"a",'"$W"',"entry":"t.ok","fixture_root":"."}'
refused ETEST_FIXTURE_REQUIRED '{"id":"a","world":"solve-fs","entry":"t.ok"}'
refused ETEST_FIXTURE_UNSAFE_PATH '{"id":"a","world":"solve-fs","entry":"t.ok","fixture_root":"/etc"}'
refused ETEST_FIXTURE_MISSING '{"id":"a","world":"solve-fs","entry":"t.ok","fixture_root":"none"}'
refused ETEST_POLICY_REQUIRED '{"id":"a","world":"run-os-sandboxed","entry":"t.ok"}'
refused ETEST_POLICY_FORBIDDEN '{"id":"a",'"$W"',"entry":"t.ok","policy_json":"p.json"}'
refused ETEST_POLICY_UNSAFE_PATH '{"id":"a","world":"run-os-sandboxed","entry":"t.ok","policy_json":"../p"}'
refused ETEST_POLICY_MISSING '{"id":"a","world":"run-os-sandboxed","entry":"t.ok","policy_json":"none"}'
refused ETEST_SCHEMA_VERSION '{"id":"a",'"$W"',"entry":"t.ok"}' 9.9.9
refused ETEST_MANIFEST_JSON '7'
refused ETEST_MANIFEST_JSON '{'
expect 12 x07 test --manifest nowhere.json
says err ETEST_MANIFEST_IO

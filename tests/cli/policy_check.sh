#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 policy check: every fault with its place, what cannot be enforced, and that a run says the same.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
base=.x07/policies/base
for template in cli http-client web-service fs-tool sqlite-app postgres-client worker \
	worker-parallel; do
	x07 policy init --template $template >/dev/null || true
done
set -- "$base"/*.json
[ $# -eq 8 ] || fail "$# base policies"
expect 0 x07 policy check "$@"
is /schema_version x07.x07diag@0.1.0
is /ok true
is /meta/files/0/valid true
is /meta/files/0/policy_id sandbox.cli.base
is /meta/files/0/runs true
is /diagnostics/0/severity warning
is /diagnostics/0/code X07-POLICY-ENFORCE-0001
says err "x07 run refuses it"

# Not enforceable: a warning here, an error with --strict, a refusal of the run.
expect 0 x07 policy check --strict "$base/cli.sandbox.base.policy.json"
for row in worker-parallel:/process/allow_exec sqlite-app:/db/enabled postgres-client:/db/enabled; do
	file=$base/${row%%:*}.sandbox.base.policy.json
	expect 3 x07 policy check --strict "$file"
	is /ok false
	is /diagnostics/0/loc/ptr "${row#*:}"
	is /diagnostics/0/data/file "$file"
	expect 2 x07 run --profile sandbox --policy "$file" --input-b64 ''
	silent out
	says err "X07-POLICY-ENFORCE-0001"
	says err "(at ${row#*:})"
	says err "help: set "
done
expect 0 x07 run --profile sandbox --policy "$base/worker.sandbox.base.policy.json" --input-b64 ''
is /sandbox/notes '[]'
expect 2 x07 run --profile sandbox --policy "$base/worker-parallel.sandbox.base.policy.json" \
	--input-b64 '' --i-accept-weaker-isolation
sed 's/"allow_udp": false/"allow_udp": true/' "$base/http-client.sandbox.base.policy.json" >udp.json
expect 0 x07 run --profile sandbox --policy udp.json --input-b64 ''
# The same with the network off grants nothing and runs.
sed 's/"allow_udp": false/"allow_udp": true/' "$policy" >udp.json
expect 0 x07 run --profile sandbox --policy udp.json --input-b64 ''

# All faults of all files at once, each with pointer, line and column.
cat >bad.json <<'JSON'
{ "schema_version": "x07.run-os-policy@0.1.0", "policy_id": "p", "extra": 1,
  "limits": { "cpu_ms": 0, "wall_ms": 1, "mem_bytes": 1048576, "fds": 0, "procs": 0 },
  "fs": { "enabled": true, "read_roots": ["a;b"], "write_roots": [], "deny_hidden": "no" },
  "net": { "enabled": true, "allow_dns": true, "allow_tcp": true, "allow_udp": false,
    "allow_hosts": [ { "host": "a", "ports": [0, 65536] } ] },
  "env": { "enabled": false, "allow_keys": [], "deny_keys": [], "enabled": true },
  "time": { "enabled": true, "allow_wall_clock": true, "allow_monotonic": true,
    "allow_sleep": true, "allow_local_tzid": false, "max_sleep_ms": 1 },
  "process": { "enabled": true, "allow_spawn": false, "max_live": 0, "max_spawns": 0,
    "allow_exec": false, "allow_exit": true } }
JSON
expect 3 x07 policy check bad.json "$policy"
is /ok false
is /meta/files/0/valid false
is /meta/files/1/valid true
for text in "bad.json:1:" 'unknown field "extra"' "bad.json:2:" "/limits/cpu_ms" /fs/read_roots/0 \
	/fs/deny_hidden /net/allow_hosts/0/ports/0 /net/allow_hosts/0/ports/1 "is there twice" \
	"help: an integer from 1 to 600000" "bad.json: not valid"; do
	says err "$text"
done
count=$(jsonq /diagnostics <"$TEST_TMP/out" | grep -o '"code"' | wc -l)
[ "$count" -eq 7 ] || fail "$count faults instead of 7"
echo '{' >bad.json
expect 3 x07 policy check bad.json
says err "bad.json:2:1"
expect 2 x07 policy check missing.json
is /ok false
says err "missing.json"
expect 2 x07 policy check
says err "FILE is missing"

expect 0 x07 policy check --enforcement "$policy"
is /meta/enforcement/0/by "not enforceable yet"
expect 0 x07 policy check --enforcement --emit text "$policy"
silent out
says err "fs/read_roots"
says err "limits/wall_ms"

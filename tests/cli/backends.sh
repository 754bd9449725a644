#!/bin/sh
# SPDX-License-Identifier: MIT
# Which backend runs, and that nothing weaker runs without being accepted.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
printf hello >in.bin
vars=''
# shellcheck disable=SC2086
run() { env $vars x07 run --profile sandbox --input in.bin "$@"; }

# The default is vm; it fails closed with a report and names both ways on.
for request in '' --sandbox-backend=auto --sandbox-backend=vm --i-accept-weaker-isolation; do
	# shellcheck disable=SC2086
	expect 1 run $request
	says err "sandbox_backend=vm"
	says err "fails closed"
	says err "X07_SANDBOX_BACKEND=os"
	says err "X07_I_ACCEPT_WEAKER_ISOLATION=1"
	is /exit_code 1
	is /compile/ok false
	is /solve null
	says out "vm backend failure: "
	says_not out '"sandbox_backend"'
done

# os and none only when the weaker isolation is accepted.
for backend in os native none; do
	expect 2 run --sandbox-backend $backend
	silent out
	says err "fails closed"
	says err "sandbox_backend=vm"
	says err "X07_I_ACCEPT_WEAKER_ISOLATION"
done
vars='X07_I_ACCEPT_WEAKER_ISOLATION=0'
expect 2 run --sandbox-backend os
vars=''
vars='X07_I_ACCEPT_WEAKER_ISOLATION=maybe'
expect 2 run --sandbox-backend os
vars=''
says err "must be 1 or 0"
vars='X07_SANDBOX_BACKEND=dock'
expect 2 run
vars=''
says err "auto, vm, os or none"
vars='X07_I_ACCEPT_WEAKER_ISOLATION=1'
expect 1 run
vars=''

expect 0 run --sandbox-backend none --i-accept-weaker-isolation
is /sandbox_backend none
is /sandbox/layers/seccomp false
says out "only rlimits"
vars='X07_SANDBOX_BACKEND=oS X07_I_ACCEPT_WEAKER_ISOLATION=yes'
expect 0 run
vars=''
is /sandbox_backend os
for layer in user_ns mount_ns pid_ns net_ns ipc_ns no_new_privs landlock seccomp; do
	is "/sandbox/layers/$layer" true
done
is /solve_output_b64 aGVsbG8=

# World run-os: no policy, nothing to enforce, no backend in the report.
use_os
expect 0 x07 run --input in.bin
is /world run-os
says_not out '"sandbox_backend"'
expect 2 x07 run --input in.bin --sandbox-backend vm
expect 2 x07 run --input in.bin --policy .x07/policies/base/cli.sandbox.base.policy.json
says err "run-os-sandboxed"
expect 2 x07 run --input in.bin --allow-host example.com:443
says err "--allow-host"

#!/bin/sh
# SPDX-License-Identifier: MIT
# case.sh CASE ROOT..: a .case file against the bad server (it runs inside of in_net and bad_server).
# Its programs may use policy.json: the template for web services, with these destinations.
set -eu
hosts='{"host": "good.test", "ports": [7, 80, 443, 444, 445, 4007]},
	{"host": "93.184.216.34", "ports": [4007]}, {"host": "missing.test", "ports": [80]},
	{"host": "private.test", "ports": [80]}, {"host": "127.0.0.1", "ports": [7, 8080, 8081]}'
X07_SANDBOX_BACKEND=os
X07_I_ACCEPT_WEAKER_ISOLATION=1
export X07_SANDBOX_BACKEND X07_I_ACCEPT_WEAKER_ISOLATION
mkdir project
(
	cd project
	"$X07_BIN/x07" init >/dev/null
	"$X07_BIN/x07" policy init --template web-service >/dev/null
)
printf '%s\n' "$hosts" >hosts
sed -e 's/"allow_udp": false/"allow_udp": true/' \
	-e '/"allow_hosts": \[\]/{s/\[\].*/[/;r hosts
a\    ],
}' project/.x07/policies/base/web-service.sandbox.base.policy.json >policy.json
mkdir out
exec "$X07_BUILD_DIR/tests/case_runner" "$@"

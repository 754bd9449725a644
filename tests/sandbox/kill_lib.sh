# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the tests share that kill x07; after tests/cli/lib.sh. Sourced, not run.
use_os

# own_policy TEMPLATE: the project's profile sandbox has this policy, and the program may sleep.
own_policy() {
	x07 policy init --template "$1" >/dev/null
	sed -i "s/cli.sandbox.base/$1.sandbox.base/" x07.json
	sed -i -e 's/"allow_sleep": false/"allow_sleep": true/' -e 's/"max_sleep_ms": [0-9]*/"max_sleep_ms": 5000/' \
		-e 's/"wall_ms": [0-9]*/"wall_ms": 600000/' ".x07/policies/base/$1.sandbox.base.policy.json"
}
# Once its image is in the cache, each later start is a warm one. The image is built beside the end of
# a run, and with input the program ends; where there is no C compiler, no start is warm.
warm() {
	rm -rf "$XDG_CACHE_HOME/x07"
	printf x >"$TEST_TMP/end"
	expect 0 x07 run --profile sandbox --input "$TEST_TMP/end"
	tries=0
	until [ -n "$(find "$XDG_CACHE_HOME" -type f ! -name '*.*')" ] || [ "$tries" -eq 400 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	until [ -z "$(find "$XDG_CACHE_HOME" -type f -name '*.*')" ]; do sleep 0.05; done
}
# All that a run could leave in a folder: of the project, the caches, the place for temporary files.
files() { find "$TEST_TMP" -mindepth 2 ! -name out ! -name err | sort; }
forever='["for", "i", 0, ["if", [">u", ["view.len", "b"], 0], 0, 1000000],
	["os.time.sleep_ms_v1", 5000]]'

# A project whose program never ends; becomes working directory.
sleeper() {
	mkdir "$1"
	cd "$1" || exit
	x07 init >/dev/null
	own_policy worker
	module "[\"begin\", $forever, [\"bytes.lit\", \"x\"]]"
	warm
}
# The same with a broker beside it.
net_sleeper() {
	mkdir "$1"
	cd "$1" || exit
	x07 init >/dev/null
	own_policy http-client
	sed -i 's/"allow_hosts": \[\]/"allow_hosts": [{ "host": "93.184.216.34", "ports": [80] }]/' \
		.x07/policies/base/http-client.sandbox.base.policy.json
	x07 pkg add ext-net@0.1.11 --sync >/dev/null
	mkdir -p out
	module "[\"begin\", [\"if\", [\">u\", [\"view.len\", \"b\"], 4000],
		[\"begin\", [\"let\", \"r\", [\"std.net.http.get_v1\", [\"view.to_bytes\", \"b\"],
			[\"std.net.http.spec.caps_default_v1\"]]], 0], 0], $forever, [\"bytes.lit\", \"x\"]]" \
		'"std.net.http", "std.net.http.spec"'
	warm
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# Many at once and many in turn: a thousand TCP connections open in one program, hundreds of
# requests over connections that are kept; limits of requests end them with their code.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
prlimit --pid $$ --nofile="$(prlimit --pid $$ --noheadings --nofile --output HARD)"
net_start
head -c 200000 /dev/zero >"$net_tmp/www/long"
printf 'location = /slow { limit_rate 1; alias %s/www/long; }\n' "$net_tmp" >"$net_tmp/locations"
for i in 0 1 2 3 4 5 6 7 8 9; do
	printf 'location = /headers%s { return 200 x;' "$i" >>"$net_tmp/locations"
	for k in 0 1 2 3 4 5 6 7 8 9; do printf ' add_header X-%s-%s v;' "$i" "$k" >>"$net_tmp/locations"; done
	printf ' }\n' >>"$net_tmp/locations"
done
nginx_start
cd "$TEST_TMP"
net_project demo
base=.x07/policies/base/http-client.sandbox.base.policy.json

connector 1000
sed 's/"fds": 256/"fds": 1024/' "$base" >wide.json
fetch 0 x --policy wide.json --allow-host 93.184.216.34:80
gives 1000
is /sandbox/network/destinations/0/operation tcp
is /sandbox/network/destinations/0/count 1000
# With fewer descriptors than connections the program is told, each time.
fetch 0 x --allow-host 93.184.216.34:80
case $(output) in
24? | 25[0-5]) ;;
*) fail "$(output) connections with 256 descriptors" ;;
esac

getter 300
for url in http://example.com/ https://example.com/; do
	fetch 0 $url --allow-host example.com:80,443
	gives 300
	is /sandbox/network/destinations/0/count 300
	[ "$(field /sandbox/network/destinations/0/reused)" -ge 298 ] || fail "connections were not kept"
done

# caps FOLLOW TIMEOUT REDIRECTS HEADER_BYTES HEADERS BODY
fetcher '["std.net.http.spec.caps_v1", 0, 10, 0, 4096, 64, 199999]'
fetch 0 http://example.com/long --allow-host example.com:80
gives http_error_code=4
fetcher '["std.net.http.spec.caps_v1", 0, 10, 0, 4096, 14, 199999]'
fetch 0 http://example.com/headers1 --allow-host example.com:80
gives http_error_code=4
fetcher '["std.net.http.spec.caps_v1", 0, 10, 0, 4096, 15, 199999]'
fetch 0 http://example.com/headers1 --allow-host example.com:80
gives x
fetcher '["std.net.http.spec.caps_v1", 0, 10, 0, 100, 64, 199999]'
fetch 0 http://example.com/headers1 --allow-host example.com:80
gives http_error_code=4
fetcher '["std.net.http.spec.caps_v1", 0, 1, 0, 4096, 64, 200000]'
fetch 0 http://example.com/slow --allow-host example.com:80
gives http_error_code=3

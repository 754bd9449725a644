#!/bin/sh
# SPDX-License-Identifier: MIT
# From a refused destination to a committed grant, as the tutorial wants it: the flag for one run, the
# derived policy looked at and promoted, or the printed patch applied; then the same program without
# any flag. What observe writes has nothing to spare.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
nginx_start
cd "$TEST_TMP"
net_project demo
fetcher '["std.net.http.spec.caps_default_v1"]'
page='hello from example.com'
base=.x07/policies/base/http-client.sandbox.base.policy.json
cp "$base" keep.json

# The flag, the derived policy, and the base policy after it was reviewed.
fetch 0 https://example.com/ --allow-host example.com:80,443 --deny-host example.com:80
gives "$page"
derived=$(sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err")
expect 1 x07 policy diff "$base" "$derived"
says out 'example.com:443'
says_not out 'example.com:80'
expect 0 x07 policy promote "$derived"
[ "$(jsonq /net/allow_hosts <"$base")" = '[{"host":"example.com","ports":[443]}]' ] || fail "promoted: $(cat "$base")"
diff "$base" keep.json | grep '^[<>]' >lines || true
[ "$(grep -c . lines)" -le 12 ] || fail "more than the grant was touched"
expect 0 x07 policy diff "$base" "$derived"
fetch 0 https://example.com/
gives "$page"
is /sandbox/denials '[]'
# Not promoted is not allowed; a denial for one run wins over what is committed.
fetch 0 http://example.com/
gives http_error_code=1
for deny in 'example.com:*' example.com:443 'EXAMPLE.com.:*'; do
	fetch 0 https://example.com/ --deny-host "$deny"
	gives http_error_code=1
	fetch 0 https://example.com/ --allow-host example.com:443 --deny-host "$deny" --allow-host example.com:443,8443
	gives http_error_code=1
done

# The printed patch, applied.
cp keep.json "$base"
for url in https://example.com/ http://93.184.216.34/ "http://[$public6]/"; do
	cp keep.json "$base"
	fetch 0 "$url"
	gives http_error_code=1
	patch=$(field /sandbox/denials/0/patch)
	says err "$patch"
	printf %s "$patch" | "$X07_BUILD_DIR/tests/jsonpatch" keep.json >"$base"
	expect 0 x07 policy check "$base"
	fetch 0 "$url"
	gives "$page"
	is /sandbox/denials '[]'
done
# Under a policy that knows nothing of the network one patch opens every switch and the destination.
x07 policy init --template cli >/dev/null
cli=.x07/policies/base/cli.sandbox.base.policy.json
cp "$cli" cli.json
for off in '{}' '{"enabled":true}' '{"enabled":true,"allow_tcp":true}' '{"allow_dns":true}'; do
	for url in https://example.com/ http://93.184.216.34/ "http://[$public6]/"; do
		cp cli.json base.json
		for switch in enabled allow_tcp allow_dns; do
			case $off in *"\"$switch\":true"*)
				printf '[{"op":"add","path":"/net/%s","value":true}]' "$switch" |
					"$X07_BUILD_DIR/tests/jsonpatch" base.json >next.json
				mv next.json base.json
				;;
			esac
		done
		fetch 0 "$url" --policy base.json
		gives http_error_code=1
		says err "patches are JSON Patch for $PWD/base.json"
		patch=$(field /sandbox/denials/0/patch)
		says err "$patch"
		printf %s "$patch" | "$X07_BUILD_DIR/tests/jsonpatch" base.json >once.json
		expect 0 x07 policy check once.json
		fetch 0 "$url" --policy once.json
		gives "$page"
		is /sandbox/denials '[]'
	done
done
cp keep.json "$base"

removed=0
# Observed: without any one of the grants of the network it is refused.
for url in https://example.com/ http://93.184.216.34/; do
	printf %s "$url" >url.bin
	expect 0 as_asked x07 policy observe --profile sandbox --input url.bin --out seen.json --force
	expect 0 as_asked x07 run --profile sandbox --policy seen.json --input url.bin
	gives "$page"
	for grant in '"enabled": true' '"allow_tcp": true' '"allow_dns": true' '"host": "' '"ports": \['; do
		case $grant in
		*host*) sed "/\"net\": {/,\$s/$grant/&not-/" seen.json >less.json ;;
		*ports*) sed '/"ports": \[/,/\]/s/^ *[0-9][0-9]*$/1/' seen.json >less.json ;;
		*) sed "/\"net\": {/,/^  }/s/$grant/${grant%true}false/" seen.json >less.json ;;
		esac
		! cmp -s seen.json less.json || continue # not granted at all
		removed=$((removed + 1))
		got=0
		as_asked x07 run --profile sandbox --policy less.json --input url.bin >"$TEST_TMP/out" 2>"$TEST_TMP/err" || got=$?
		[ "$got" -ne 0 ] || [ "$(output)" != "$page" ] || fail "$url: superfluous: $grant"
	done
done
[ "$removed" -ge 8 ] || fail "only $removed grants were taken away"

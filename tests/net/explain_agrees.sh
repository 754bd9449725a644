#!/bin/sh
# SPDX-License-Identifier: MIT
# What `x07 policy explain net` says about a destination is what the broker does, for every pair of a
# policy and a destination of a matrix: names, addresses, networks, ranges, spellings. Nothing
# listens: an allowed destination ends in any other error than "denied by the policy".
# explain_agrees.sh [N]: one of N pairs.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
net_start
cd "$TEST_TMP"
new_project demo
x07 pkg add ext-net@0.1.11 --sync >/dev/null
x07 policy init --template http-client --out base.json >/dev/null
module '["begin", ["let", "caps", ["std.net.http.spec.caps_default_v1"]],
  ["let", "resp", ["std.net.http.get_v1", ["view.to_bytes", "b"], "caps"]],
  ["let", "v", ["bytes.view", "resp"]],
  ["if", ["std.net.http.resp_is_err_v1", "v"], ["std.fmt.s32_to_dec", ["std.net.http.resp_err_code_v1", "v"]],
    ["bytes.lit", "answer"]]]' '"std.fmt", "std.net.http", "std.net.http.spec"'

hosts() { sed "s|\"allow_hosts\": \\[\\]|\"allow_hosts\": [$2]|" base.json >"p$1.json"; }
h() { printf '{"host":"%s","ports":[%s]}' "$1" "$2"; }
hosts 0 ''
hosts 1 "$(h Example.com 81,443),$(h localhost 81)"
hosts 2 "$(h 127.0.0.0/8 81,82),$(h 10.1.2.3 81),$(h ::1 81)"
hosts 3 "$(h 127.0.0.5-127.0.0.7 81),$(h ::ffff:127.0.0.9 81),$(h 2606:2800:220:1::/64 81)"
sed -i 's/"allow_dns": true/"allow_dns": false/' p3.json
hosts 4 "$(h example.com 81)"
sed -i 's/"allow_tcp": true/"allow_tcp": false/' p4.json

sample=${1:-1}
pair=0
checked=0
denied=0
for target in example.com:81 EXAMPLE.com:81 example.com:82 example.com.:81 example.net:81 www.example.com:81 \
	localhost:81 127.0.0.1:81 127.0.0.1:82 127.0.0.1:83 127.0.0.5:81 127.0.0.8:81 127.0.0.9:81 128.0.0.1:81 \
	'[::1]:81' '[0:0::1]:81' '[::ffff:127.0.0.1]:81' '[::ffff:127.0.0.6]:81' '[2606:2800:220:1::9]:81' \
	'[2606:2800:220:2::9]:81' 10.1.2.3:81 10.1.2.4:81; do
	printf 'http://%s/' "$target" >url
	for p in 0 1 2 3 4; do
		pair=$((pair + 1))
		[ $((pair % sample)) -eq 0 ] || continue
		x07 run --profile sandbox --opt=fast --input url --policy p$p.json >"$TEST_TMP/out" 2>"$TEST_TMP/err" || fail "run $target p$p"
		answer=$(field /solve_output_b64 | base64 -d)
		refused=$(field /sandbox/denials)
		said=0
		x07 policy explain net "$target" --policy p$p.json >"$TEST_TMP/out" 2>"$TEST_TMP/err" || said=$?
		checked=$((checked + 1))
		case $said in
		0) { [ "$answer" != 1 ] && [ "$refused" = '[]' ]; } || fail "explain allows, the broker refused: $target p$p" ;;
		1)
			denied=$((denied + 1))
			for member in patch flag opens withheld; do
				offered=$(field "/answers/0/$member")
				ran=$(printf %s "$refused" | jsonq "/0/$member")
				[ "$offered" = "$ran" ] || fail "$member: explain: $offered, the run: $ran: $target p$p"
			done
			{ [ "$answer" = 1 ] && [ "$refused" != '[]' ]; } || fail "explain denies, the broker did not: $target p$p: $answer $refused"
			;;
		*) fail "explain $target: $said" ;;
		esac
	done
done
# What is no destination, in any spelling: refused by both.
for host in 127.1 0x7f.1 0177.0.0.1 2130706433 '127.0.0.1%00' 'ex%61mple.com' '[fe80::1%25lo]' 'a..b' 'ex_%20'; do
	printf 'http://%s:81/' "$host" >url
	x07 run --profile sandbox --opt=fast --input url --policy p1.json >"$TEST_TMP/out" 2>"$TEST_TMP/err" || fail "run $host"
	[ "$(field /solve_output_b64 | base64 -d)" != answer ] || fail "an answer from $host"
	expect 2 x07 policy explain net "$host:81" --policy p1.json
	expect 2 x07 run --profile sandbox --input url --policy p1.json --allow-host "$host:81"
done
{ [ $((checked * sample)) -ge 100 ] && [ $((denied * sample)) -ge 40 ]; } || fail "$denied of $checked"
printf '%s questions, %s denied\n' "$checked" "$denied"

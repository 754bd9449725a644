# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A network of its own for one script: user, mount, network and process namespaces, a name server,
# nginx with certificates of a test authority. Sourced first; the script is started again inside.
#
#   93.184.216.34, 2606:2800:220:1::1   public addresses, on the loopback device of the namespace
#   example.com -> both; example.net, packages.example.com -> the IPv4 one; what else $zone says
set -eu
if [ "${X07_NET_INSIDE:-}" = "" ]; then
	for tool in unshare ip nginx openssl; do
		PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null || {
			echo "no $tool on this machine" >&2
			exit 77
		}
	done
	PATH="$PATH:/usr/sbin:/sbin"
	X07_NET_INSIDE=yes
	export X07_NET_INSIDE PATH
	unshare -rnmpf true 2>/dev/null || {
		echo "no user namespaces on this machine" >&2
		exit 77
	}
	exec unshare -rnmpf --kill-child --mount-proc "$0" "$@"
fi

# shellcheck source-path=SCRIPTDIR source=../cli/lib.sh
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
use_os
net_tmp=$TEST_TMP/net
zone=$net_tmp/zone
public4=93.184.216.34
public6=2606:2800:220:1::1

# Nobody of the namespace may look at the host's name servers and host table.
own_names() {
	printf 'nameserver 127.0.0.53\n' >"$net_tmp/resolv.conf"
	printf '127.0.0.1 localhost\n' >"$net_tmp/hosts"
	if [ ! -e /etc/resolv.conf ] || [ ! -e /etc/hosts ]; then
		mkdir "$net_tmp/etc"
		cp -a /etc/. "$net_tmp/etc/" 2>/dev/null || true
		touch "$net_tmp/etc/resolv.conf" "$net_tmp/etc/hosts"
		mount --bind "$net_tmp/etc" /etc
	fi
	mount --bind "$net_tmp/resolv.conf" /etc/resolv.conf
	mount --bind "$net_tmp/hosts" /etc/hosts
}

addresses() {
	ip link set lo up
	ip addr add "$public4/32" dev lo
	ip addr add 10.1.2.3/32 dev lo
	# containers like to switch it off; in this namespace it is ours
	for name in all lo; do
		echo 0 2>/dev/null >"/proc/sys/net/ipv6/conf/$name/disable_ipv6" || true
	done
	ip -6 addr add "$public6/128" dev lo nodad || {
		echo "no IPv6 on this machine" >&2
		exit 77
	}
}

# authority NAME: $net_tmp/NAME.crt, a root certificate; certificate FILE NAMES [DAYS].
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$net_tmp/$1.key" -out "$net_tmp/$1.crt" 2>/dev/null
}
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$net_tmp/$1.key" -out "$net_tmp/$1.csr" 2>/dev/null
	printf 'subjectAltName=%s\n' "$2" >"$net_tmp/$1.ext"
	openssl x509 -req -in "$net_tmp/$1.csr" -CA "$net_tmp/${4:-ca}.crt" \
		-CAkey "$net_tmp/${4:-ca}.key" -CAcreateserial -days "${3:-2}" \
		-extfile "$net_tmp/$1.ext" -out "$net_tmp/$1.crt" 2>/dev/null
}

# One process without change of user, so that one mapped user is enough. $net_tmp/locations is in the
# server of example.com, $net_tmp/servers beside it.
nginx_start() {
	mkdir -p "$net_tmp/www" "$net_tmp/nginx"
	cat >"$net_tmp/nginx.conf" <<CONF
user root;
daemon off;
master_process off;
pid $net_tmp/nginx.pid;
error_log $net_tmp/error.log;
events { worker_connections 4096; }
http {
	access_log $net_tmp/access.log;
	log_format connections '\$connection \$server_protocol \$request_uri';
	access_log $net_tmp/connections.log connections;
	client_body_temp_path $net_tmp/nginx/body;
	proxy_temp_path $net_tmp/nginx/proxy;
	fastcgi_temp_path $net_tmp/nginx/fastcgi;
	uwsgi_temp_path $net_tmp/nginx/uwsgi;
	scgi_temp_path $net_tmp/nginx/scgi;
	default_type application/octet-stream;
	ssl_certificate $net_tmp/server.crt;
	ssl_certificate_key $net_tmp/server.key;
	ssl_protocols TLSv1.2 TLSv1.3;
	root $net_tmp/www;
	server {
		listen 0.0.0.0:80;
		listen [::]:80;
		listen 0.0.0.0:443 ssl http2;
		listen [::]:443 ssl http2;
		server_name example.com example.net;
		include $net_tmp/locations;
	}
	include $net_tmp/servers;
}
CONF
	touch "$net_tmp/locations" "$net_tmp/servers"
	nginx -c "$net_tmp/nginx.conf" -p "$net_tmp" 2>"$net_tmp/nginx.err" &
	tries=0
	while [ ! -s "$net_tmp/nginx.pid" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || fail "nginx did not start: $(cat "$net_tmp/nginx.err")"
		sleep 0.05
	done
}

# The page of example.com is "hello from example.com".
net_start() {
	mkdir "$net_tmp"
	own_names
	addresses
	printf 'example.com %s %s\nexample.net %s\npackages.example.com %s\n' \
		"$public4" "$public6" "$public4" "$public4" >"$zone"
	"$X07_BUILD_DIR/tests/dnsd" 127.0.0.53 "$zone" "${zone_ttl:-0}" &
	authority ca
	certificate server 'DNS:example.com,DNS:example.net,DNS:packages.example.com,IP:93.184.216.34'
	mkdir "$net_tmp/www"
	printf 'hello from example.com\n' >"$net_tmp/www/index.html"
	X07_CA_BUNDLE=$net_tmp/ca.crt
	export X07_CA_BUNDLE
}

# In the namespace, but as an ordinary user: `as_user COMMAND...`.
as_user() { unshare -U --map-user=1000 --map-group=1000 "$@"; }
who=${1:-root}
as_asked() {
	if [ "$who" = user ]; then as_user "$@"; else "$@"; fi
}

output() { jsonq /solve_output_b64 <"$TEST_TMP/out" | base64 -d; }
gives() {
	[ "$(output)" = "$1" ] || fail "the output of '$last' is '$(output)', not '$1'"
}
last=

# A project with the networking packages and the policy http-client; becomes working directory.
net_project() {
	mkdir "$1"
	cd "$1"
	x07 init >/dev/null
	x07 policy init --template http-client >/dev/null
	x07 pkg add ext-net@0.1.11 --sync >/dev/null
	mkdir out
	sed -i 's/cli.sandbox.base/http-client.sandbox.base/' x07.json
}

# fetcher CAPS: src/app.x07.json gets the URL of its input; the body, or http_error_code=N.
fetcher() {
	cat >src/app.x07.json <<JSON
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.fmt", "std.net.http", "std.net.http.spec"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": ["begin",
        ["let", "resp", ["std.net.http.get_v1", ["view.to_bytes", "b"], $1]],
        ["let", "v", ["bytes.view", "resp"]],
        ["if", ["std.net.http.resp_is_err_v1", "v"],
          ["bytes.concat", ["bytes.lit", "http_error_code="],
            ["std.fmt.s32_to_dec", ["std.net.http.resp_err_code_v1", "v"]]],
          ["std.net.http.resp_body_v1", "v"]]] } ] }
JSON
}

# getter COUNT: how many of COUNT requests for the URL of the input worked.
getter() {
	cat >src/app.x07.json <<JSON
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.fmt", "std.net.http", "std.net.http.spec"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.get", "params": [{ "name": "url", "ty": "bytes" }],
      "result": "i32", "body": ["begin",
        ["let", "caps", ["std.net.http.spec.caps_v1", 0, 60, 0, 4096, 64, 70000000]],
        ["let", "resp", ["std.net.http.get_v1", "url", "caps"]],
        ["if", ["std.net.http.resp_is_err_v1", ["bytes.view", "resp"]], 0,
          ["begin", ["bytes.len", "resp"]]]] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": ["begin",
        ["let", "n", 0],
        ["for", "i", 0, $1,
          ["set", "n", ["if", [">u", ["app.get", ["view.to_bytes", "b"]], 0], ["+", "n", 1], "n"]]],
        ["std.fmt.s32_to_dec", "n"]] } ] }
JSON
}

# connector COUNT: that many TCP connections to a literal address, all kept.
connector() {
	cat >src/app.x07.json <<JSON
{ "schema_version": "x07.x07ast@0.4.0", "kind": "module", "module_id": "app",
  "imports": ["std.fmt", "std.net.codec", "std.net.tcp", "std.net.err"],
  "decls": [ { "kind": "export", "names": ["app.solve"] },
    { "kind": "defn", "name": "app.open", "params": [], "result": "i32", "body": ["begin",
        ["let", "addr", ["std.net.codec.addr_ipv4_v1", 93, 184, 216, 34, 80]],
        ["let", "caps", ["std.net.codec.caps_default_v1"]],
        ["let", "doc", ["std.net.tcp.connect_v1", ["bytes.view", "addr"], ["bytes.view", "caps"]]],
        ["if", ["std.net.err.is_err_doc_v1", ["bytes.view", "doc"]], 0, 1]] },
    { "kind": "defn", "name": "app.solve", "params": [{ "name": "b", "ty": "bytes_view" }],
      "result": "bytes", "body": ["begin",
        ["let", "n", 0],
        ["for", "i", 0, $1, ["set", "n", ["+", "n", ["app.open"]]]],
        ["std.fmt.s32_to_dec", "n"]] } ] }
JSON
}

# fetch STATUS URL [OPTIONS]: a run with this input in the sandbox profile.
fetch() {
	want=$1
	last="$*"
	printf '%s' "$2" >url.bin
	shift 2
	expect "$want" as_asked x07 run --profile sandbox --input url.bin "$@"
}

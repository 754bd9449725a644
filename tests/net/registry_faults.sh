#!/bin/sh
# SPDX-License-Identifier: MIT
# A registry over TLS that fails now and then, or for good, or sends more than there may be: asked
# again a bounded number of times, ended with a code, and nothing is left behind.
. "${X07_SOURCE_DIR:?}/tests/net/registry_lib.sh"
mkdir "$net_tmp/seen"
head -c 900000 /dev/zero >"$net_tmp/zeros"
# /once-FAULT/PATH fails the first time that it is asked for: a file in `seen` says that it was.
# /always-FAULT/PATH fails every time. The other server makes the faults and takes the notes.
cat >"$net_tmp/locations" <<CONF
listen 0.0.0.0:8443 ssl;
location ~ ^/once-(?:busy|cut|drop)/(?<path>.*)\$ {
	if (!-f $net_tmp/seen\$uri) { rewrite ^/once-(.*)\$ /first/\$1 last; }
	rewrite ^/[^/]*/(.*)\$ /\$1 break;
}
location /first/ {
	internal;
	mirror /note;
	proxy_pass http://unix:$net_tmp/faults.sock:/;
	proxy_buffering off;
	proxy_read_timeout 300ms;
	error_page 502 = @drop;
}
location ~ ^/always-(?<path>.*)\$ {
	proxy_pass http://unix:$net_tmp/faults.sock:/\$path;
	proxy_buffering off;
	proxy_read_timeout 300ms;
	error_page 502 = @drop;
}
location @drop { return 444; }
location = /note {
	internal;
	proxy_method PUT;
	proxy_set_body seen;
	proxy_set_header Content-Length 4;
	proxy_pass http://unix:$net_tmp/faults.sock:/note\$request_uri;
}
location /packed/ {
	gzip on;
	gzip_types *;
	rewrite ^/packed/(.*)\$ /\$1 break;
}
CONF
cat >"$net_tmp/servers" <<CONF
server {
	listen unix:$net_tmp/faults.sock;
	access_log off;
	location /busy/ { return 503; }
	location /drop/ { return 444; }
	location /cut/ {
		limit_rate 1000;
		rewrite ^ /zeros break;
		root $net_tmp;
	}
	location /note/ {
		alias $net_tmp/seen/;
		dav_methods PUT;
		create_full_put_path on;
	}
}
CONF
nginx_start
source_package in/alpha alpha 1.0.0 '"beta@>=1.0.0 <2.0.0"'
source_package in/beta beta 1.0.0
expect 0 reg key --out key
build

# asked PATH: how often it was asked for.
asked() { grep -cE " $1 HTTP" "$log" || :; }
# Each file fails once: the run asks again and succeeds. 443 speaks HTTP/2, 8443 does not.
for fault in busy drop cut; do
	for port in 443 8443; do
		rm -rf "$net_tmp/seen"/*
		client "$fault-$port" "sparse+https://example.com:$port/once-$fault/index/"
		forget
		expect 0 x07 pkg add alpha --sync
		installed alpha/1.0.0
		installed beta/1.0.0
		for file in index/config.json index/snapshot.json dl/alpha/1.0.0/download; do
			[ "$(asked "/once-$fault/$file")" = 2 ] ||
				fail "$fault: $file was asked for $(asked "/once-$fault/$file") times"
		done
		case $fault in
		busy) answered 503 "/once-busy/index/config.json" ;;
		drop) answered 444 "/once-drop/index/config.json" ;;
		cut) answered 200 "/once-cut/index/config.json" ;;
		esac
	done
done

# untouched: no part of a file is anywhere, and the project is as it was.
untouched() {
	cmp -s x07.json "$TEST_TMP/manifest" || fail "x07.json changed"
	cmp -s x07.lock.json "$TEST_TMP/lock" || fail "x07.lock.json changed"
	not_installed alpha/1.0.0
	not_installed beta/1.0.0
	mkdir -p "$X07_PKG_HOME"
	left=$(find . "$X07_PKG_HOME" -type f \( -size +100k -o -name '*tmp*' -o -name '*.part' -o -name 'x07pkg*' \))
	[ -z "$left" ] || fail "left behind: $left"
	[ ! -d "$X07_PKG_HOME/store" ] || [ -z "$(find "$X07_PKG_HOME/store" -name x07-package.json)" ] ||
		fail "something is in the store"
}
# refused CODE TEXT: adding alpha ends with this code, says this, and changes nothing.
refused() {
	cp x07.json "$TEST_TMP/manifest"
	cp x07.lock.json "$TEST_TMP/lock"
	expect 20 x07 pkg add alpha --sync
	is /error/code "$1"
	says out "$2"
	untouched
}

# What never succeeds is asked for four times.
for fault in busy drop cut; do
	for port in 443 8443; do
		client "always-$fault-$port" "sparse+https://example.com:$port/always-$fault/index/"
		forget
		refused X07PKG_INDEX_CONFIG config.json
		[ "$(asked "/always-$fault/index/config.json")" = 4 ] ||
			fail "$fault: asked $(asked "/always-$fault/index/config.json") times"
	done
	build --dl "https://example.com/always-$fault/dl/"
	client "always-$fault" # the index is there, the archives are not
	forget
	refused X07PKG_DOWNLOAD_FAILED 'alpha@1.0.0'
	[ "$(asked "/always-$fault/dl/alpha/1.0.0/download")" = 4 ] || fail "$fault: not asked four times"
done
build

# Caps: announced as too large, and (packed by the server) only found to be when it is unpacked.
# too_large FILE MIB CODE [PACKED]
too_large() {
	cp -p "$site/$1" "$TEST_TMP/right"
	truncate -s "$2M" "$site/$1"
	client "large-${1##*/}-$2${4:+-packed}" "sparse+https://example.com/${4:+packed/}index/"
	forget
	refused "$3" 'larger than'
	[ "$(asked "/${4:+packed/}$1")" = 1 ] || fail "$1 was asked for $(asked "/${4:+packed/}$1") times"
	cp -p "$TEST_TMP/right" "$site/$1"
	expect 0 x07 pkg add alpha --sync
	installed alpha/1.0.0
}
bucket=$(cd "$site" && for f in index/snapshot/*/*; do
	! grep -q '^[0-9a-f]* alpha$' "$f" || echo "$f"
done)
for packed in '' packed; do
	too_large index/config.json 2 X07PKG_INDEX_CONFIG $packed
	too_large index/snapshot.json 9 X07PKG_SNAPSHOT_INVALID $packed
	too_large "$bucket" 5 X07PKG_SNAPSHOT_MISMATCH $packed
	too_large index/al/ph/alpha 33 X07PKG_INDEX_FETCH $packed
	too_large dl/alpha/1.0.0/download 65 X07PKG_DOWNLOAD_FAILED $packed
done

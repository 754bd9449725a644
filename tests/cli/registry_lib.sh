# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the registry scripts share: packages to build from. Sourced after lib.sh.
pkg_program="${X07_BUILD_DIR:?}/lib/x07/x07-pkg"
[ -x "$pkg_program" ] || fail "no $pkg_program"

# reg COMMAND...: `x07 registry COMMAND` without the detour through x07.
reg() { "$pkg_program" registry "$@"; }

# source_package DIR NAME VERSION [REQUIRES]: a package source with one module.
source_package() {
	mkdir -p "$1/modules/$2"
	cat >"$1/x07-package.json" <<JSON
{"schema_version":"x07.package@0.1.0","name":"$2","version":"$3","description":"Package $2",
 "docs":"Docs of $2","license":"MIT","module_root":"modules","modules":["$2.main"],
 "meta":{"x07c_compat":">=0.1.0 <9.0.0","requires_packages":[${4:-}]}}
JSON
	cat >"$1/modules/$2/main.x07.json" <<JSON
{"schema_version":"x07.x07ast@0.4.0","kind":"module","module_id":"$2.main","imports":[],"decls":[]}
JSON
}

# flip FILE OFFSET: change one byte in place, keep the modification time.
flip() {
	touch -r "$1" "$TEST_TMP/.stamp"
	byte=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
	touch -r "$TEST_TMP/.stamp" "$1"
}

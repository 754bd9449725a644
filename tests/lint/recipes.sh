#!/bin/sh
# SPDX-License-Identifier: MIT
# The recipes of CONTRIBUTING.md hold: each is followed on a copy of the tree, where the compiler and
# the lints are then content, and of each step it is shown that somebody finds it left out.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
here=$(cd "$(dirname "$0")" && pwd)
copy=$TEST_TMP/tree
kept=$TEST_TMP/kept
build=$TEST_TMP/build

fail() {
	echo "recipes: $*" >&2
	[ ! -s "$TEST_TMP/out" ] || tail -n 30 "$TEST_TMP/out" >&2
	exit 1
}
mkdir "$copy" "$kept"
list_files '*' >files
need_files "$(cat files)"
tar -C "$root" -cf - -T files | tar -C "$copy" -xf -

# What is asked of the copy. Each is a check: it succeeds or says what is wrong.
configure() {
	cmake -S "$copy" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DX07_WERROR=ON
}
lint() {
	for name; do
		mkdir -p "$TEST_TMP/lint"
		(cd "$TEST_TMP/lint" && X07_SOURCE_DIR=$copy X07_BUILD_DIR=$build "$here/$name.sh") || return 1
	done
}
registered() { configure && lint unregistered; }
# compiles FILE..: with the command that the build has for it.
compiles() {
	for file; do
		command=$(awk -v file="\"file\": \"$copy/$file\"" '/"command":/ { last = $0 } index($0, file) { print last }' \
			"$build/compile_commands.json" | sed -n '1{s/^ *"command": "//; s/",$//; s/\\"/"/g; s/ -o [^ ]* / -o made.o /p;}')
		[ -n "$command" ] || {
			echo "$file: no target compiles it"
			return 1
		}
		(cd "$build" && eval "$command") || return 1
	done
}

formatted() {
	! command -v clang-format >/dev/null || (cd "$copy" && clang-format --dry-run -Werror "$@")
}

# recipe TITLE: what follows is said in this section of CONTRIBUTING.md.
recipe() {
	title=$1
	steps=0
	awk -v title="### $title" '/^##/ { on = $0 == title } on' "$root/CONTRIBUTING.md" >section
	[ -s section ] || fail "CONTRIBUTING.md has no recipe '$title'"
}
# touched FILE: keep it as it is, before a step changes it.
touched() {
	mkdir -p "$kept/$(dirname "$1")"
	[ ! -e "$copy/$1" ] || cp -p "$copy/$1" "$kept/$1"
}
# change FILE SED: a step that edits a file; it must differ afterwards.
change() {
	touched "$1"
	sed -i "$2" "$copy/$1"
	! cmp -s "$copy/$1" "$kept/$1" || fail "$title: $1 has no such place any more"
}
# write FILE: a step that makes a file, of standard input.
write() {
	touched "$1"
	cat >"$copy/$1"
}
# holds CHECK..: with all steps.
holds() {
	"$@" >"$TEST_TMP/out" 2>&1 || fail "$title: with all steps, '$*' is not content"
}
# without FILE NAME WORDS CHECK..: the section speaks of `NAME`; with FILE as it was before the step, the
# check fails in these words.
without() {
	gone=$1
	place=$2
	words=$3
	shift 3
	grep -qF "\`$place\`" section || fail "$title: the recipe does not speak of \`$place\`"
	mv "$copy/$gone" "$TEST_TMP/with"
	[ ! -e "$kept/$gone" ] || cp "$kept/$gone" "$copy/$gone"
	! "$@" >"$TEST_TMP/out" 2>&1 || fail "$title: nobody finds that the step of $gone is left out"
	grep -qF -- "$words" "$TEST_TMP/out" || fail "$title: without $gone, '$*' does not say: $words"
	mv "$TEST_TMP/with" "$copy/$gone"
	touch "$copy/$gone"
	steps=$((steps + 1))
}
done_with() { printf '%s: %s steps\n' "$title" "$steps"; }

recipe "Add a command"
write cmd/cmd_hello.c <<'C'
/* SPDX-License-Identifier: MIT */
/* `x07 hello`: greets. */
#include "cmd/cmd_hello.h"

int cmd_hello(const struct cmd_call *call)
{
	print_note(call, "hello");
	return CMD_EXIT_OK;
}
C
write cmd/cmd_hello.h <<'C'
/* SPDX-License-Identifier: MIT */
/* `x07 hello`. */
#ifndef CMD_CMD_HELLO_H
#define CMD_CMD_HELLO_H

#include "cmd/cmd.h"

/** Greets. @return the exit status. */
int cmd_hello(const struct cmd_call *call);

#endif
C
change cmd/CMakeLists.txt 's/^  cmd_init\.c$/  cmd_hello.c\n&/'
change cmd/table.c 's/^#include "cmd\/cmd_init\.h"$/#include "cmd\/cmd_hello.h"\n&/
	s/^static const struct cmd x07_commands\[\] = {$/&\n\t{ "hello", "", "greet", NULL, { NULL, 0, OPTION_IN_X07, 0, false, 0, false, NULL }, 0, cmd_hello },/'
write docs/cmd/hello.md <<'MD'
# x07 hello

Greets. Exit status: 0.
MD
write tests/cli/hello.sh <<'SH'
#!/bin/sh
# SPDX-License-Identifier: MIT
# x07 hello greets.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"
expect 0 x07 hello
SH
chmod +x "$copy/tests/cli/hello.sh"
change tests/cli/CMakeLists.txt 's/ help init / hello&/'
holds registered
holds lint commands includes
holds formatted cmd/cmd_hello.c cmd/cmd_hello.h cmd/table.c
holds compiles cmd/cmd_hello.c cmd/table.c
without cmd/cmd_hello.h cmd/cmd_NAME.h cmd_hello.h compiles cmd/table.c
without cmd/table.c cmd/table.c 'cmd_hello: a command that no row' lint commands
without docs/cmd/hello.md docs/cmd/NAME.md 'x07 hello: no page' lint commands
without tests/cli/hello.sh tests/cli/NAME.sh 'x07 hello: no script' lint commands
without tests/cli/CMakeLists.txt tests/cli/CMakeLists.txt 'tests/cli/hello.sh: neither' registered
without cmd/cmd_hello.c cmd/cmd_NAME.c 'cmd_hello.c' registered
without cmd/CMakeLists.txt cmd/CMakeLists.txt 'cmd/cmd_hello.c: no target' registered
done_with

recipe "Add a head"
change lang/builtins.def 's/^HEAD(bytes_eq,.*/&\nHEAD(bytes_hello, "bytes.hello", I32, 0, A_VIEW)/'
# The $ is the address of sed, here and below.
# shellcheck disable=SC2016
change lang/rt/bytes.c '$a\
\
rt_u32 rt_bytes_hello(rt_view v)\
{\
	return v.len == 5;\
}'
write tests/case/lang/bytes-hello.case <<'CASE'
@about Five bytes are a greeting.
@num ["bytes.hello", ["bytes.lit", "hello"]] => 1
@num ["bytes.hello", ["bytes.lit", "bye"]] => 0
CASE
holds registered
holds lint heads
holds formatted lang/rt/bytes.c
holds compiles lang/rt/bytes.c
holds ninja -C "$build" gen/lang_heads.h
holds compiles lang/builtins.c
without lang/builtins.def lang/builtins.def rt_bytes_hello compiles lang/rt/bytes.c
without lang/rt/bytes.c 'lang/rt/*.c' 'no function rt_bytes_hello' lint heads
without tests/case/lang/bytes-hello.case tests/case/lang/NAME.case 'tests/case: bytes.hello' lint heads
done_with

recipe "Add a policy field"
programs='tests/test_policy_enforce tests/test_policy_templates'
fields() {
	# Two words, two programs.
	# shellcheck disable=SC2086
	ninja -C "$build" $programs && (export X07_SOURCE_DIR="$copy" && cd "$TEST_TMP" &&
		for program in $programs; do "$build/$program" || exit 1; done)
}
change policy/policy.h 's/\ballow_local_tzid\b/allow_hello, &/'
change policy/fields.c 's/^BOOL("time\/allow_local_tzid"/BOOL("time\/allow_hello", OPT, 0, P(time.allow_hello), "greetings"),\n&/'
change policy/enforce.c 's/^{ "time\/allow_local_tzid"/{ "time\/allow_hello", RUNTIME, "time\/enabled", "the call refuses" },\n&/'
# shellcheck disable=SC2086
holds ninja -C "$build" $programs
"$build/tests/test_policy_templates" schema >schema.json
"$build/tests/test_policy_templates" fields | grep -F time.allow_hello >row || fail "the field is not printed"
write docs/format/run-os-policy.schema.json <schema.json
change docs/format/run-os-policy.md "s/^| .time\.allow_local_tzid./$(cat row)\n&/"
holds fields
holds formatted policy/policy.h policy/fields.c policy/enforce.c
without docs/format/run-os-policy.schema.json docs/format/run-os-policy.schema.json committed_schema fields
without docs/format/run-os-policy.md docs/format/run-os-policy.md 'run-os-policy.md needs' fields
without policy/enforce.c policy/enforce.c every_field_has_one_row fields
without policy/fields.c policy/fields.c every_field_has_one_row fields
without policy/policy.h policy/policy.h allow_hello fields
done_with

recipe "Add an error code"
change registry/codes.def 's/^CODE(INDEX_CONFIG,/CODE(HELLO, "X07PKG_HELLO", PKG, "The registry greets.", "format\/hello.md")\n&/'
write docs/format/hello.md <<'MD'
# Greetings

`X07PKG_HELLO`: the registry greets. Greet it too.
MD
# shellcheck disable=SC2016
change registry/pack_dir.c '$a\
\
int registry_hello(struct err *err);\
int registry_hello(struct err *err)\
{\
	return err_code(err, ERR_PKG, REGISTRY_CODE(HELLO), "hello");\
}'
change tests/unit/registry/test_codes.c 's/^\tck_assert(!err_is(&err, REGISTRY_CODE(UNSIGNED)));$/&\n\tck_assert(!err_is(\&err, REGISTRY_CODE(HELLO)));/'
holds lint codes
holds formatted registry/pack_dir.c tests/unit/registry/test_codes.c
holds compiles registry/codes.c registry/pack_dir.c tests/unit/registry/test_codes.c
without registry/codes.def codes.def HELLO compiles registry/pack_dir.c
without registry/pack_dir.c 'err_code(err, ERR_.., REGISTRY_CODE(NAME), ..)' 'no source reports HELLO' lint codes
without tests/unit/registry/test_codes.c tests/ 'no test sees: X07PKG_HELLO' lint codes
without docs/format/hello.md docs/ 'no page docs/format/hello.md' lint codes
done_with

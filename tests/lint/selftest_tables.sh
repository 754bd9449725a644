#!/bin/sh
# SPDX-License-Identifier: MIT
# As selftest.sh, for the lints that hold the tables of the tree to what belongs to their rows: commands,
# heads, codes and unregistered.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$TEST_TMP/tree
build=$TEST_TMP/build
bad=0

# A tree with one of each, as CMake would have made its build folder.
fresh_tree() {
	rm -rf tree build
	mkdir -p tree/cmd tree/docs/cmd tree/docs/format tree/lang/rt tree/tests/cli tree/tests/case/lang tree/tests/unit build
	printf '\t{ "greet", "", "greet", cmd_greet },\n' >tree/cmd/table.c
	printf 'int cmd_greet(const struct cmd_call *call)\n{\n\treturn FAIL(LANG_CODE_GREET);\n}\n' >tree/cmd/cmd_greet.c
	echo '# x07 greet' >tree/docs/cmd/greet.md
	printf '. "./lib.sh"\nexpect 0 x07 greet\ngrep X07-GREET-0001\n' >tree/tests/cli/greet.sh
	echo '# sourced' >tree/tests/cli/lib.sh
	echo 'HEAD(greet, "greet", I32, 0, A_VIEW)' >tree/lang/builtins.def
	echo 'HEAD(plus, "+", I32, H_OPERATOR, A_I32, A_I32)' >>tree/lang/builtins.def
	echo 'rt_u32 rt_greet(rt_view v)' >tree/lang/rt/greet.c
	: >tree/lang/rt/inline.h
	printf '@num ["greet", ["+", 1, 2]] => 1\n' >tree/tests/case/lang/greet.case
	echo 'CODE(GREET, "X07-GREET-0001", COMPILE, "Nobody was greeted.", "format/greet.md")' >tree/lang/codes.def
	: >tree/docs/format/greet.md
	: >tree/tests/unit/test_greet.c
	for file in cmd/table cmd/cmd_greet lang/rt/greet tests/unit/test_greet; do
		name=${file##*/}
		echo "build x/CMakeFiles/$name.dir/$name.c.o: C_COMPILER__${name}_Debug $tree/$file.c || always"
	done >build/build.ninja
	cat >build/CTestTestfile.cmake <<CTEST
add_test(greet sh $tree/tests/cli/greet.sh)
add_test(case sh $tree/tests/case/lang/greet.case)
add_test(unit sh $build/tests/test_greet)
CTEST
	: >heads.txt
	: >codes.txt
}

# lint SCRIPT: run one on the tree.
lint() {
	(cd "$TEST_TMP" && X07_SOURCE_DIR=$tree X07_BUILD_DIR=$build \
		X07_LINT_HEADS=heads.txt X07_LINT_HEADS_CEILING="$(wc -l <heads.txt)" \
		X07_LINT_CODES=codes.txt X07_LINT_CODES_CEILING="$(wc -l <codes.txt)" \
		"$here/$1.sh" >out.txt 2>&1)
}

# finds SCRIPT WORDS: it fails, and says so in these words; then start afresh.
finds() {
	if lint "$1" || ! grep -qF "$2" out.txt; then
		echo "$1 does not find: $2" >&2
		cat out.txt >&2
		bad=1
	fi
	fresh_tree
}

# is_clean SCRIPT: it is content with the tree.
is_clean() {
	lint "$1" || {
		echo "$1: fails on a clean tree" >&2
		cat out.txt >&2
		bad=1
	}
}

fresh_tree
for script in commands heads codes unregistered; do
	is_clean "$script"
done

printf '\t{ "bow", "", "bow", cmd_bow },\n' >>tree/cmd/table.c
finds commands 'x07 bow: no page'
printf '\t{ "bow", "", "bow", cmd_bow },\n' >>tree/cmd/table.c
finds commands 'x07 bow: no script'
printf '\t{ "bow", "", "bow", cmd_bow },\n' >>tree/cmd/table.c
finds commands 'cmd_bow: a row of cmd/table*.c names it'
echo 'int cmd_bow(const struct cmd_call *call)' >>tree/cmd/cmd_greet.c
finds commands 'cmd_bow: a command that no row'
rm tree/docs/cmd/greet.md
finds commands 'no file found'

echo 'HEAD(bow, "bow", I32, 0, A_VIEW)' >>tree/lang/builtins.def
finds heads 'no function rt_bow'
echo 'HEAD(bow, "bow", I32, 0, A_VIEW)' >>tree/lang/builtins.def
finds heads 'tests/case: bow'
echo greet >heads.txt
finds heads 'needs no exception: greet'
echo 'HEAD(bow, "bow", I32, 0, A_VIEW)' >>tree/lang/builtins.def
echo bow >heads.txt
echo 'rt_u32 rt_bow(rt_view v)' >>tree/lang/rt/greet.c
is_clean heads
# One more name than the ceiling, which nothing raises.
if X07_LINT_HEADS=heads.txt X07_LINT_HEADS_CEILING=0 X07_SOURCE_DIR=$tree "$here/heads.sh" 2>out.txt; then
	echo "heads: takes more exceptions than its ceiling" >&2
	bad=1
fi
fresh_tree
rm tree/tests/case/lang/greet.case
finds heads 'no file found'

row='CODE(BOW, "X07-BOW-0001", COMPILE, "Nobody took a bow.", NULL)'
echo "$row" >>tree/lang/codes.def
finds codes 'neither by name nor by code'
sed -i "1i $row" tree/lang/codes.def
finds codes 'no source reports BOW'
sed -i "1i $row" tree/lang/codes.def
finds codes 'no test sees: X07-BOW-0001'
rm tree/docs/format/greet.md
finds codes 'there is no page docs/format/greet.md'
sed -i 's/Nobody was greeted\./no/' tree/lang/codes.def
finds codes 'the meaning is no sentence'
sed -i 's/COMPILE, /&&/' tree/lang/codes.def
finds codes 'a row that is not of the form'
echo X07-GREET-0001 >codes.txt
finds codes 'needs no exception: X07-GREET-0001'

: >tree/lang/bow.c
finds unregistered 'lang/bow.c: no target compiles it'
: >tree/tests/cli/bow.sh
finds unregistered 'tests/cli/bow.sh: neither CTest nor a target runs it'
echo 'build bow: CUSTOM_COMMAND' "$tree/tests/cli/bow.sh" >>build/build.ninja
: >tree/tests/cli/bow.sh
is_clean unregistered
: >tree/tests/case/lang/bow.case
finds unregistered 'tests/case/lang/bow.case: CTest does not run this case'
sed -i '/test_greet/d' build/CTestTestfile.cmake
finds unregistered 'tests/unit/test_greet.c: CTest does not run its program test_greet'
mkdir -p tree/tests/bench
: >tree/tests/bench/registry_scale.sh
echo "add_test(scale sh $tree/tests/bench/registry_scale.sh)" >>build/CTestTestfile.cmake
finds unregistered 'needs none'
: >build/CTestTestfile.cmake
finds unregistered 'CTest knows no test'
exit "$bad"

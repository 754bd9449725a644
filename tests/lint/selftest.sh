#!/bin/sh
# SPDX-License-Identifier: MIT
# Each lint finds what it is there to find: a small clean tree passes, and one fault at a time fails.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bad=0
# Apart from the names of pages, so that the lint of citations does not take these for its own.
pages=docs/spec
# What lint/docstrings allows: FILE:COUNT.
docstrings=

# A tree on which every lint is quiet.
fresh_tree() {
	rm -rf tree
	mkdir -p tree/base tree/pkg tree/lang/rt tree/tests/unit/pkg "tree/$pages"
	cp "$X07_SOURCE_DIR/.clang-format" tree/
	cat >tree/pkg/good.c <<'EOF'
/* SPDX-License-Identifier: MIT */
/* Nothing wrong: printf( and strcpy( in a comment, and in a string. */
#include "base/buf.h"
#include "pkg/good_priv.h"

#include <stdio.h>

const char *good(void)
{
	return "strcpy(a, b); printf(c)";
}
EOF
	for header in base/buf.h base/x_priv.h pkg/good_priv.h lang/lang.h lang/rt/abi.h; do
		echo '/* SPDX-License-Identifier: MIT */' >"tree/$header"
	done
	printf '# Rules\n\n## 4.2 One\n\n| row | rule |\n| --- | --- |\n| 7 | [here](x.md) |\n' \
		>"tree/$pages/x.md"
	echo "/* Source: $pages/x.md 4.2, row 7. */" >>tree/pkg/good.c
	cat >tree/good.sh <<'EOF'
#!/bin/sh
# SPDX-License-Identifier: MIT
echo "$1"
EOF
	: >sizes.txt
}

# lint SCRIPT: run one on the tree.
lint() {
	(cd "$TEST_TMP" && X07_SOURCE_DIR=$TEST_TMP/tree X07_LINT_SIZES=$TEST_TMP/sizes.txt \
		X07_LINT_DOCSTRINGS=$docstrings \
		"$here/$1.sh" >out.txt 2>&1)
}

# finds SCRIPT WORDS: it fails, and says so in these words; then start afresh.
finds() {
	status=0
	lint "$1" || status=$?
	if [ "$status" = 77 ]; then
		echo "$1: skipped"
	elif [ "$status" = 0 ] || ! grep -qF "$2" out.txt; then
		echo "$1 does not find: $2" >&2
		cat out.txt >&2
		bad=1
	fi
	fresh_tree
}

# add FILE LINE: append a line of C.
add() {
	[ -e "tree/$1" ] || echo '/* SPDX-License-Identifier: MIT */' >"tree/$1"
	printf '%s\n' "$2" >>"tree/$1"
}

# lines COUNT: that many lines of C.
lines() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "\tx++;" }'
}

fresh_tree
for script in includes sizes format shell banned sources text docstrings; do
	status=0
	lint "$script" || status=$?
	if [ "$status" != 0 ] && [ "$status" != 77 ]; then
		echo "$script: fails on a clean tree" >&2
		cat out.txt >&2
		bad=1
	fi
done

add base/up.c '#include "pkg/good_priv.h"'
finds includes 'base may not include pkg/good_priv.h'
add pkg/bad.c '#include "base/x_priv.h"'
finds includes 'base/x_priv.h is private to base'
add pkg/bad.c '#include "buf.h"'
finds includes 'is no path from the root'
add lang/rt/bad.c '#include "base/buf.h"'
finds includes 'lang/rt may not include base/buf.h'
add lang/bad.c '#include "lang/rt/secret.h"'
finds includes 'lang may not include lang/rt/secret.h'
add tests/unit/pkg/bad.c '#include "lang/lang.h"'
finds includes 'tests/unit/pkg may not include lang/lang.h'
add pkg/bad.c '#include <openssl/sha.h>'
finds includes '<openssl/sha.h> belongs to'
rm -r tree/base tree/pkg tree/lang tree/tests
finds includes 'wrong tree'

lines 900 >>tree/pkg/good_priv.h
finds sizes 'pkg/good_priv.h: 901 lines, over 800'
lines 900 >>tree/pkg/good_priv.h
echo 'pkg/good_priv.h 850 generated' >sizes.txt
finds sizes 'over its ceiling of 850'
{
	printf 'static int long_one(int x)\n{\n'
	lines 120
	printf '}\n'
} >>tree/pkg/good.c
finds sizes 'pkg/good.c:long_one: 122 lines, over 100'
echo 'pkg/good.c 900 was long once' >sizes.txt
finds sizes 'need no exception'
echo 'pkg/gone.c 900 was long once' >sizes.txt
finds sizes 'not in the tree'
echo 'pkg/good.c 900' >sizes.txt
finds sizes 'no reason given'

add pkg/bad.c 'int  x;'
finds format 'pkg/bad.c'
# The word is written to the file as it stands.
# shellcheck disable=SC2016
echo 'echo $1' >>tree/good.sh
finds shell 'SC2086'
add pkg/bad.c 'int x = atoi("1");'
finds banned 'pkg/bad.c:2:'
add pkg/bad.c 'int x = printf("1");'
finds banned 'pkg/bad.c:2:'

echo 'int x;' >tree/pkg/bad.c
finds text 'pkg/bad.c: no licence line'
add pkg/bad.c 'int x; '
finds text 'pkg/bad.c:2:int x; <: space at the end'
printf 'int x;' >>tree/pkg/good.c
finds text 'pkg/good.c: no newline at the end'
add pkg/bad.c "const char *x = \"/ho""me/somebody/file\";"
finds text 'pkg/bad.c:2:'
add pkg/bad.c "const char *x = \"$TEST_TMP/tree/file\";"
finds text 'pkg/bad.c:2:'

add base/buf.h '/** Told. */'
add base/buf.h 'int told(int x);'
add base/buf.h 'MUST_CHECK const char *untold(int x);'
finds docstrings 'base/buf.h:4: MUST_CHECK const char *untold(int x);'
add base/buf.h '/** Told, but of something else. */'
add base/buf.h ''
add base/buf.h 'static inline int untold(int x)'
finds docstrings 'base/buf.h:4: static inline int untold(int x)'
docstrings=base/buf.h:1
add base/buf.h '/** Told. */'
add base/buf.h 'int told(int x);'
finds docstrings 'base/buf.h: its count in docstrings.sh goes down to 0'
add base/buf.h ''
add base/buf.h 'int untold(int x);'
lint docstrings || {
	echo 'docstrings does not allow what it lists' >&2
	bad=1
}
docstrings=
fresh_tree

# The backquotes of the next lines are those of a page.
# shellcheck disable=SC2016
{
	# page TEXT: a page of the architecture with the tables of includes.sh, and this text.
	page() {
		mkdir -p tree/tests/lint
		cp "$here/includes.sh" tree/tests/lint/
		{
			printf '```rooms\n'
			sed -n "/^table='\$/,/^'\$/{/^table=/d;/^'/d;p;}" "$here/includes.sh"
			printf '```\n```libraries\n'
			sed -n "/^libraries='\$/,/^'\$/{/^libraries=/d;/^'/d;p;}" "$here/includes.sh"
			printf '```\n%s\n' "$1"
		} >tree/docs/ARCHITECTURE.md
	}
	page '`pkg/good.c` is there.'
	lint architecture || {
		echo "architecture fails on a page that is right" >&2
		bad=1
	}
	page '`pkg/good.c`, then `pkg/gone.c`.'
	finds architecture 'there is no pkg/gone.c'
	page '`pkg/good.c`'
	sed -i 's/^pkg: base$/pkg: base lang/' tree/docs/ARCHITECTURE.md
	finds architecture 'the block rooms is not the table'
}

add pkg/bad.c "/* Source: $pages/gone.md. */"
finds sources "pkg/bad.c:2: $pages/gone.md is not in the tree"
add pkg/bad.c "/* Source: $pages/x.md 4.2 and 5. */"
finds sources 'x.md has no section 5'
add pkg/bad.c "/* Source: $pages/x.md 4.2, rows 7 and 8. */"
finds sources 'x.md has no row 8 in section 4.2'
add pkg/bad.c "/* Wrapped: $pages/x.md"
add pkg/bad.c ' * 6.1; and more. */'
finds sources 'pkg/bad.c:2: docs/''spec/x.md has no section 6.1'
add pkg/bad.c "/* Source: sp""ec packages 12. */"
finds sources 'pkg/bad.c:2: cites what is not in the tree'
add pkg/bad.c "/* Source: DES""IGN.md decision 8. */"
finds sources 'pkg/bad.c:2: cites what is not in the tree'
echo 'See [there](../gone.md).' >>"tree/$pages/x.md"
finds sources 'the link to ../gone.md leads nowhere'
exit "$bad"

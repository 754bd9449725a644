#!/bin/sh
# SPDX-License-Identifier: MIT
# Each head of lang/builtins.def that is no operator has its function in lang/rt, and each head that a
# program can name is used by a case below tests/case. heads.txt names those that no case uses; there are only ever fewer.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
exceptions=${X07_LINT_HEADS:-$(dirname "$0")/heads.txt}
ceiling=${X07_LINT_HEADS_CEILING:-44}
bad=0

sed -n 's/^HEAD(\([a-z0-9_]*\), "\([^"]*\)",\(.*\)/\1 \2 \3/p' "$root/lang/builtins.def" >heads
need_files "$(cat heads)"
cases=$(list_files 'tests/case/*.case')
need_files "$cases"
grep -v H_OPERATOR heads | sed 's/^\([^ ]*\).*/rt_\1/' | sort -u >wanted
cat "$root"/lang/rt/*.c "$root/lang/rt/inline.h" | grep -oE '\brt_[a-z0-9_#]+' | sort -u >there
# A macro that defines a function a kind of value: rt_map_value_get_##kind##_i32.
grep -E '^rt_[a-z0-9_]+##' there | sed 's/##[a-z0-9_]*##/[a-z0-9]*/g; s/##[a-z0-9_]*/[a-z0-9]*/' >made
grep -xvf made wanted | sort | comm -23 - there >without
while IFS= read -r name; do
	echo "lang/builtins.def: the head has no function $name in lang/rt" >&2
	bad=1
done <without
(cd "$root" && printf '%s\n' "$cases" | tr '\n' '\0' | xargs -0 grep -ohE '"[^" ]+"') | tr -d '"' | sort -u >used
cut -d ' ' -f 2 heads | grep -v '^__internal\.' | sort -u | comm -23 - used |
	only_known "$exceptions" "$ceiling" "a head without a case below tests/case" || bad=1
exit "$bad"

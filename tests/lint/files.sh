# SPDX-License-Identifier: MIT
# Sourced by the lints: the root of the tree to look at, and the files that count.
# shellcheck shell=sh
root=${X07_SOURCE_DIR:?names the tree to look at}

# The files below the root that match any of the patterns (of git ls-files: '*.c'), one in a line:
# what git tracks, or everything outside build/ where there is no repository.
list_files() {
	if [ -e "$root/.git" ]; then
		git -c safe.directory='*' -C "$root" ls-files -- "$@"
	else
		for pattern in "$@"; do
			(cd "$root" && find . -path ./build -prune -o -type f -path "./$pattern" -print) |
				sed 's|^\./||'
		done
	fi | sort -u | while IFS= read -r file; do
		if [ -f "$root/$file" ]; then
			printf '%s\n' "$file"
		fi
	done
}

# Every lint looks at something, or it would pass on the wrong tree.
need_files() {
	if [ -z "$1" ]; then
		echo 'no file found: looking at the wrong tree?' >&2
		exit 1
	fi
}

# only_known LIST CEILING WHAT: standard input is what a lint found, one in a line. LIST holds one name
# in a line and comments: what was there before. A name that is not in it, one in it that is not found
# any more, and more or fewer of them than the ceiling, which only goes down, are faults.
only_known() {
	sort -u >found.now
	sed '/^#/d; /^$/d' "$1" | sort -u >found.before
	comm -23 found.now found.before | sed "s|^|$3: |" >&2
	comm -13 found.now found.before | sed "s|^|is in ${1##*/} and needs no exception: |" >&2
	count=$(wc -l <found.before)
	[ "$count" -eq "$2" ] || echo "${1##*/} has $count names and its ceiling is $2: it goes down, not up" >&2
	cmp -s found.now found.before && [ "$count" -eq "$2" ]
}

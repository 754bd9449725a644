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

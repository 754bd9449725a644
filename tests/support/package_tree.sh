# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# package_tree COUNT: packages for mkregistry, a word each: package i needs 2i+1 and 2i+2, so that
# pk000 needs all of them. Sourced, not run.
package_tree() {
	tree_i=0
	while [ "$tree_i" -lt "$1" ]; do
		tree_needs=
		for tree_k in $((2 * tree_i + 1)) $((2 * tree_i + 2)); do
			[ "$tree_k" -ge "$1" ] ||
				tree_needs="$tree_needs${tree_needs:+;}$(printf 'pk%03d@1.0.0' "$tree_k")"
		done
		printf 'pk%03d@1.0.0%s\n' "$tree_i" "${tree_needs:+:$tree_needs}"
		tree_i=$((tree_i + 1))
	done
}

#!/bin/sh
# SPDX-License-Identifier: MIT
# The console blocks of README.md, run in order in one shell: each command prints what the page
# says. `...` in the page stands for any text on its line, alone on a line for any lines.
set -eu
export PATH="$X07_BIN:$PATH" X07_PKG_HOME="$PWD/x07-home"
unset X07_PKG_INDEX_URL X07_OFFLINE || :

# console FILE: a script that runs the commands, and beside it what each should print.
# shellcheck disable=SC2016 # backquotes of Markdown
sed -n '/^```console$/,/^```$/p' "$X07_SOURCE_DIR/README.md" | grep -v '^```' >blocks.txt
grep -q '^\$ ' blocks.txt || {
	echo "no console block in README.md" >&2
	exit 1
}
awk '
/^\$ / { n++; printf "exec >out.%d 2>&1\n%s\n", n, substr($0, 3); next }
/^> / { print substr($0, 3); next }
{ print > ("want." n) }
' n=0 blocks.txt >commands.sh
here=$PWD
sed -i "s|^exec >out|exec >$here/out|" commands.sh
sh commands.sh || : # a command of the page may fail; its output tells

bad=0
for want in want.*; do
	out=out.${want#want.}
	awk -v want="$want" '
	function matches(text, pattern,    part, n, i, at) {
		n = split(pattern, part, /\.\.\./)
		if (index(text, part[1]) != 1)
			return 0
		text = substr(text, length(part[1]) + 1)
		for (i = 2; i <= n; i++) {
			at = i == n && part[i] != "" ? length(text) - length(part[i]) + 1 : index(text, part[i])
			if (part[i] != "" && (at < 1 || substr(text, at, length(part[i])) != part[i]))
				return 0
			text = part[i] == "" ? (i == n ? "" : text) : substr(text, at + length(part[i]))
		}
		return text == ""
	}
	BEGIN { while ((getline line < want) > 0) pattern[++n] = line; i = 1 }
	{
		if (pattern[i] == "...") {
			if (i < n && matches($0, pattern[i + 1]))
				i += 2
			next
		}
		if (i > n || !matches($0, pattern[i]))
			exit bad = 1
		i++
	}
	END { exit bad || (i <= n && pattern[i] != "...") }' "$out" || {
		echo "README.md says:" >&2
		cat "$want" >&2
		echo "but the program prints:" >&2
		cat "$out" >&2
		bad=1
	}
done
exit "$bad"

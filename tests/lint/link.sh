#!/bin/sh
# SPDX-License-Identifier: MIT
# A failed link fails: the program x07 is linked once more as the build does it, first as it is, then
# with an object that calls a function that nobody defines, then with one that defines main again.
set -eu
build=${X07_BUILD_DIR:?names the build folder}
here=$PWD

command=$(ninja -C "$build" -t commands bin/x07 | tail -n 1)
case $command in
*' -o bin/x07 '*) ;;
*)
	echo "no command that links bin/x07: $command" >&2
	exit 1
	;;
esac

# link FILE...: the build's own command with more objects and another name for the program.
link() {
	(cd "$build" && eval "$(printf '%s' "$command" | sed "s|-o bin/x07 |-o $here/x07 $* |")") >log 2>&1
}

link || {
	cat log >&2
	exit 1
}
echo 'int missing(void); int caller(void); int caller(void) { return missing(); }' >undefined.c
echo 'int main(void) { return 0; }' >twice.c
for fault in undefined twice; do
	cc -c -o "$fault.o" "$fault.c"
	if link "$here/$fault.o"; then
		echo "a link with an error ($fault.c) succeeded" >&2
		exit 1
	fi
done

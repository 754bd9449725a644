#!/bin/sh
# SPDX-License-Identifier: MIT
# .ci/run is green when its three parts ran tests and all passed, and only then: with a ./bootstrap, a
# cmake and a ctest that say what the test wants.
set -eu
mkdir -p tree/.ci path
cp "${X07_SOURCE_DIR:?}/.ci/run" tree/.ci/
for program in tree/bootstrap path/ctest path/cmake; do
	cat >"$program" <<'SH'
#!/bin/sh
# The parts are told apart by their last word.
for word; do :; done
case $word in
test) eval "$TEST_PART" ;;
heavy) eval "$HEAVY_PART" ;;
asan-core) eval "$ASAN_PART" ;;
asan) eval "${BUILD_PART:-:}" ;;
*) exit 3 ;;
esac
SH
	chmod +x "$program"
done
PATH=$PWD/path:$PATH
good='echo "100% tests passed, 0 tests failed out of 7"'
export PATH TEST_PART="$good" HEAVY_PART="$good" ASAN_PART="$good"

# refuses WORDS: it fails and says so.
refuses() {
	if tree/.ci/run >out 2>err || ! grep -qF "$1" err; then
		echo ".ci/run does not say: $1" >&2
		cat out err >&2
		exit 1
	fi
}
tree/.ci/run >out 2>err || {
	cat out err >&2
	exit 1
}
[ "$(tail -n 1 out)" = '100% tests passed, 0 tests failed out of 21' ]
(HEAVY_PART='echo "No tests were found!!!"' && refuses 'heavy failed (status 0, 0 tests passed')
(ASAN_PART='echo "90% tests passed, 1 tests failed out of 7"; exit 8' && refuses 'asan failed (status 8')
(TEST_PART="$good; exit 1" && refuses 'bootstrap test failed (status 1')
# Some test was skipped, which .ci/run forbids in all parts.
# shellcheck disable=SC2016
(TEST_PART='[ "$X07_FORBID_SKIPS" = 1 ] && exit 9' && refuses 'bootstrap test failed (status 9')
(export BUILD_PART='echo broken; exit 1' && refuses 'the build with sanitizers failed')
(export CI_MINUTES=0 && refuses 'no time is left')
(export CI_ASAN_MINUTES=0 && refuses 'no time is left for asan')

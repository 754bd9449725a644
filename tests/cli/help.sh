#!/bin/sh
# SPDX-License-Identifier: MIT
# Help, usage errors and completion come from the option tables and agree with each other.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

for cmd in init 'policy init' run doctor explain completion help; do
	# shellcheck disable=SC2086
	expect 0 x07 help $cmd
	says out "x07 $cmd - "
	cp "$TEST_TMP/out" "$TEST_TMP/help"
	# shellcheck disable=SC2086
	expect 0 x07 $cmd --help
	cmp -s "$TEST_TMP/out" "$TEST_TMP/help" || fail "'x07 help $cmd' differs from '$cmd --help'"
	silent err
	expect 0 x07 --help
	says out "  $cmd "
done
expect 0 x07 run --help
for option in --profile --project --program --module-root --input --stdin --input-b64 --policy \
	--sandbox-backend --i-accept-weaker-isolation --report --report-out --quiet-json \
	--compiled-out --solve-fuel --max-memory-bytes --max-output-bytes \
	--cpu-time-limit-seconds --opt --repair --offline --auto-ffi --no-auto-ffi \
	--cc-profile --max-c-bytes --allow-host --allow-host-file --deny-host \
	--deny-host-file --allow-read-root --allow-write-root; do
	says out "  $option"
done
# Every option that help shows, completion offers.
options=$(sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' "$TEST_TMP/out")
for shell in bash zsh; do
	expect 0 x07 completion "$shell"
	for option in $options; do
		says out "$option"
	done
done
expect 0 x07 completion fish
says out "-l sandbox-backend -r"
says out "seen_subcommand_from pkg; and __fish_seen_subcommand_from add' -l sync"
expect 0 x07 completion zsh
says out "'pkg add '*) compadd -- --sync"
expect 2 x07 completion tcsh
says err "bash, zsh or fish"
if command -v bash >/dev/null; then
	x07 completion bash >"$TEST_TMP/completion"
	bash -n "$TEST_TMP/completion" || fail "bash does not accept its completion"
	# completes WORDS...: what bash offers for the last of them.
	completes() {
		bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _x07
			echo "${COMPREPLY[*]}"' bash "$TEST_TMP/completion" "$@"
	}
	[ "$(completes x07 comp)" = completion ] || fail "no completion of a command"
	[ "$(completes x07 policy ob)" = observe ] || fail "no completion of a second word"
	[ "$(completes x07 policy init --templ)" = --template ] || fail "no completion of an option"
	[ "$(completes x07 policy promote --dr)" = --dry-run ] ||
		fail "no completion of an option of a later command of a group"
	[ "$(completes x07 run --opt fu)" = full ] || fail "no completion of a choice"
	[ "$(completes x07 pkg add --sy)" = --sync ] || fail "no completion of an option of packages"
	[ "$(completes x07 registry build --val)" = --valid-days ] || fail "no completion of an option of registries"
	[ "$(completes x07 pkg ven)" = vendor ] || fail "no completion of a package command"
fi
# Each command has one row, and a group its own page.
x07 --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' | sort | uniq -d >"$TEST_TMP/twice"
[ ! -s "$TEST_TMP/twice" ] || fail "two rows for: $(cat "$TEST_TMP/twice")"
expect 0 x07 policy --help
says out "policy promote"
says_not out "completion"
cp "$TEST_TMP/out" "$TEST_TMP/help"
expect 0 x07 help policy
cmp -s "$TEST_TMP/out" "$TEST_TMP/help" || fail "'x07 help policy' differs from 'policy --help'"
expect 0 x07 pkg --help
says out "pkg add"

expect 0 x07 --version
says out "x07 "
expect 0 x07-os-runner --version
expect 0 x07-os-runner --help
says out "--world"
says_not out "--profile"
expect 0 x07-os-runner --cli-specrows
is /schema_version x07cli.specrows@0.1.0
is /program x07-os-runner
is /commands/0/options/0/name --project

expect 2 x07
says err "no command given"
expect 2 x07 rnu
says err "did you mean 'x07 run'"
expect 2 x07 policy
says err "policy init"
expect 2 x07 policy nit
expect 2 x07 help nothing
expect 2 x07 run --profil sandbox
silent out
says err "unknown option '--profil'"
says err "did you mean '--profile'"
says err "usage: x07 run"
expect 2 x07 run --profile
says err "wants a value"
expect 2 x07 run --opt=quick
says err "fast|full|auto"
expect 2 x07 run --opt quick
says err "fast|full|auto"
expect 2 x07 run --solve-fuel -1
says err "whole number"
expect 2 x07 run --solve-fuel 99999999999999999999
says err "whole number"
expect 2 x07 run --input a --stdin
says err "cannot be used together"
expect 2 x07 run --stdin -- a
says err "cannot be used together"
expect 2 x07 run --project . --program a.x07.json
expect 2 x07 run --auto-ffi --no-auto-ffi
expect 2 x07 run --profile a --profile b
says err "given twice"
expect 2 x07 run --offline=yes
says err "takes no value"
expect 2 x07 run --json=pretty
says err "--json=pretty is not supported yet"
expect 2 x07 run stray
says err "'--'"
expect 2 x07-os-runner --profile x
says err "unknown option"
# A word that is no command: which word, and a neighbour only when it is one.
expect 2 x07 pkg ad
says err "x07 pkg: unknown command 'ad'"
says err "did you mean 'x07 pkg add'?"
expect 2 x07 help pkg foo
says err "unknown command 'foo'"
says_not err "did you mean"
expect 2 x07 pkg
says err "which command?"
expect 2 x07 --bogus
says err "unknown option '--bogus'"
# Where packages come from and how the commands about them end stand in their help.
for cmd in add lock sync update; do
	expect 0 x07 help pkg "$cmd"
	says out "Exit status: 0; 2 usage"
	says out "one that the locked packages came from"
done

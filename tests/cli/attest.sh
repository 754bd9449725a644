#!/bin/sh
# SPDX-License-Identifier: MIT
# --attest-runtime: canonical, the same bytes for the same run, different ones when anything that
# counts differs.
. "${X07_SOURCE_DIR:?}/tests/cli/lib.sh"

new_project demo
use_os
printf hello >in.bin
mkdir out data
printf alpha >data/a.txt
run() { x07 run --profile sandbox --input in.bin "$@"; }
at() { jsonq "$1" <a.json || fail "no $1 in the attestation"; }
equal() { [ "$(at "$1")" = "$2" ] || fail "$1 is '$(at "$1")', not '$2'"; }

module '["begin", ["let", "a", ["std.os.fs.read_file", ["bytes.lit", "data/a.txt"]]],
  ["let", "rc", ["std.os.fs.write_file", ["bytes.lit", "out/x"], ["bytes.lit", "12345"]]],
  ["let", "no", ["std.os.fs.write_file", ["bytes.lit", "data/y"], ["bytes.lit", "1"]]],
  "a"]' '"std.os.fs"'
expect 0 run --attest-runtime deep/er/a.json
is /runtime_attestation/path deep/er/a.json
is /runtime_attestation/sandbox_backend os
digest=$(field /runtime_attestation/digest)
mv deep/er/a.json a.json
[ "$(sha256sum a.json | cut -d' ' -f1)" = "$digest" ] || fail "the report's digest is not the file's"
[ "$(wc -l <a.json)" -eq 1 ] || fail "not one line"
jsonq --sorted <a.json || fail "keys are not sorted"
equal /schema_version x07.runtime.attest@0.2.0
equal /world run-os-sandboxed
equal /layers/seccomp true
equal /layers/landlock true
equal /artifact_path src/main.x07.json
equal /outcome/ok true
equal /input_len_bytes 5
equal /input_digest "sha256:$(sha256sum in.bin | cut -d' ' -f1)"
equal /effective_policy_digest "sha256:$(sha256sum "$policy" | cut -d' ' -f1)"
equal /runtime_digest "sha256:$(sha256sum "$X07_BIN/../lib/x07/rt/x07-guest" | cut -d' ' -f1)"
equal /effect_log/files/0/path data/a.txt
equal /effect_log/files/0/bytes 5
equal /effect_log/files/1/path out/x
equal /effect_log/files/1/access write
equal /effect_log/refused/0/path data/y
equal /effect_log/refused/0/count 1
# Every digest that is one of bytes that are at hand, made again by somebody else.
sum() { printf 'sha256:%s' "$(sha256sum | cut -d' ' -f1)"; }
equal /outcome/output_digest "$(printf alpha | sum)"
equal /outcome/output_len_bytes 5
equal /effect_log_digests/0 "$(printf '%s' "$(at /effect_log)" | sum)"
equal /image/digest "$(at /bundled_binary_digest)"
# The layers are those that the child saw, as in the report.
cp "$TEST_TMP/out" report.json
for layer in $(jsonq --keys /layers <a.json); do
	equal "/layers/$layer" "$(jsonq "/sandbox/layers/$layer" <report.json)"
	equal "/layers/$layer" true
done
[ "$(jsonq --keys /layers <a.json | wc -l)" -ge 13 ] || fail "layers are missing"
! grep -qF "$TEST_TMP" a.json || fail "a temporary path is in the attestation"

# Byte-stable; the image does not depend on what the cache holds.
run --opt=full >/dev/null 2>&1 || :
expect 0 run --attest-runtime b.json
cmp -s a.json b.json || fail "two runs attest differently"
# x07-os-runner attests the same run with the same bytes, but for where its policy came from.
expect 0 x07-os-runner --project . --world run-os-sandboxed --policy "$policy" --input in.bin \
	--attest-runtime c.json
cmp -s a.json c.json || fail "x07-os-runner attests differently"
# A derived policy is the one that is attested.
expect 0 run --allow-write-root data --attest-runtime d.json
derived=$(sed -n 's/^x07 run: using derived policy //p' "$TEST_TMP/err")
[ "$(jsonq /effective_policy_digest <d.json)" = "$(sum <"$derived")" ] || fail "not the digest of $derived"
[ "$(jsonq /policy_path <d.json)" = "${derived#"$PWD/"}" ] || fail "not the path of $derived"
[ "$(jsonq /effect_log/refused <d.json)" = '[]' ] || fail "something was refused"
# Any difference shows.
printf beta7 >data/a.txt
expect 0 run --attest-runtime c.json
[ "$(jsonq /outcome/output_digest <c.json)" != "$(at /outcome/output_digest)" ] || fail "other output, same digest"
[ "$(jsonq /program_digest <c.json)" = "$(at /program_digest)" ] || fail "same program, other digest"
sed -i 's/"12345"/"12346"/' src/app.x07.json
expect 0 run --attest-runtime d.json
[ "$(jsonq /program_digest <d.json)" != "$(at /program_digest)" ] || fail "other program, same digest"

# A failed run is attested as such.
module '["std.os.env.get", ["bytes.lit", "K"]]' '"std.os.env"'
expect 1 run --attest-runtime e.json
[ "$(jsonq /outcome/ok <e.json)" = false ] || fail "a failed run is ok"
[ "$(jsonq /effect_log/refused/0/subject <e.json)" = K ] || fail "the refusal is not in the log"

expect 2 x07 run --profile os --input in.bin --attest-runtime f.json
says err X07RA_EWORLD
[ ! -e f.json ] || fail "an attestation outside the sandbox"
module '["view.to_bytes", "b"]'
expect 2 run --attest-runtime in.bin/x
says err X07RA_EWRITE

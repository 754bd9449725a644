/* SPDX-License-Identifier: MIT */
/* What the test runner knows of a test: what the manifest says, and what came of it. */
#ifndef CMD_TEST_TYPES_H
#define CMD_TEST_TYPES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "cmd/run/types.h"
#include "lang/options.h"

#define TEST_FUEL_DEFAULT 400000000ull
#define TEST_SECONDS_DEFAULT 5ull
#define TEST_MEMORY (64ull << 20)
#define TEST_OUTPUT (1ull << 20)

enum test_expect { TEST_EXPECT_PASS, TEST_EXPECT_FAIL, TEST_EXPECT_SKIP };
enum test_returns { TEST_RETURNS_RESULT, TEST_RETURNS_STATUS };
enum test_status {
	TEST_PASS,
	TEST_FAIL,
	TEST_SKIP,
	TEST_ERROR,
	TEST_XFAIL_PASS,
	TEST_XFAIL_FAIL,
	TEST_STATUS_COUNT
};

/** One test of a manifest. Everything lives in the arena of the manifest. */
struct test_case {
	const char *id, *entry, *module;   /* module: `entry` without its last part */
	const char *fixture_root, *policy; /* NULL when absent; policy is an absolute path */
	struct str input;
	enum lang_world world;
	enum test_expect expect;
	enum test_returns returns;
	uint64_t timeout_ms, solve_fuel; /* 0 = the default */
	bool is_async;                   /* cmd/test/entry.c */
	bool is_property;
	bool wants_evidence;      /* attestations, which this build does not make */
	const char *async_result; /* of a `defasync`: "bytes" or "result_bytes" */
};

/** A manifest that was read. test_manifest_clear. */
struct test_manifest {
	struct arena arena, inputs;
	struct buf text;
	char *path, *dir; /* owned, absolute */
	struct test_case *items;
	size_t count;
};

/** How tests are run: the options of the command that a test sees. Borrowed. */
struct test_settings {
	const struct run_caller *caller;
	const struct run_paths *roots; /* where modules are found */
	const char *arch_root;         /* of the project, else the folder of the manifest */
	const char *manifest_path, *manifest_dir;
	const char *artifact_dir;
	uint64_t repeat; /* from 1 */
	bool keep_artifacts, no_run;
};

#define TEST_DIAGS_MAX 4

/** What there is to say about a test that went wrong. */
struct test_diag {
	const struct code *what;
	char *message; /* owned */
	char *details; /* owned: a JSON value; NULL for none */
};

/** What came of one test. test_ended_clear. */
struct test_ended {
	enum test_status status;
	int64_t duration_ms;
	bool compiled, compile_ok; /* compiled: it was tried */
	bool ran, run_ok;          /* ran: it was tried */
	char *artifact;            /* owned: the kept executable; NULL for none */
	struct buf run;            /* the object `run` of the report */
	const char *failure_kind;  /* static; NULL for none */
	char *contract_repro;      /* owned; NULL for none */
	struct test_diag diags[TEST_DIAGS_MAX];
	size_t diag_count;
};

#endif

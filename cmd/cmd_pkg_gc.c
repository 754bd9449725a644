/* SPDX-License-Identifier: MIT */
/*
 * `x07 pkg gc`: remove from the user's store what no project used for a while. Projects keep their
 * files; what is missing later is fetched again. Source: docs/cmd/pkg-gc.md.
 */
#include "cmd/pkg_work.h"
#include "registry/client/cache.h"
#include "registry/store/gc.h"

#include <time.h>

#define DAYS_DEFAULT 90
#define DAY_S 86400
#define DAYS_MAX 36500

static void report(struct pkg_work *w, const struct store_gc_result *r, const char *store)
{
	struct jsonw *j = &w->report.w;
	bool dry = w->o->dry_run;

	pkg_report_open(&w->report);
	jsonw_kv_string(j, "store", store);
	jsonw_kv_bool(j, "dry_run", dry);
	jsonw_kv_int(j, "kept", r->kept);
	jsonw_kv_int(j, "kept_bytes", (int64_t)r->kept_bytes);
	jsonw_kv_int(j, "removed", r->removed);
	jsonw_kv_int(j, "removed_bytes", (int64_t)r->removed_bytes);
	jsonw_kv_int(j, "bad", r->bad);
	jsonw_kv_int(j, "leftovers", r->leftovers);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "%s %u package%s (%.1f MB), kept %u (%.1f MB)\n",
	    dry ? "would remove" : "removed", r->removed, r->removed == 1 ? "" : "s",
	    (double)r->removed_bytes / 1e6, r->kept, (double)r->kept_bytes / 1e6);
}

/* Killed while they wrote an answer of a registry, or what is trusted. */
static uint32_t sweep_caches(const struct pkg_work *w, int64_t now_s)
{
	AUTO_FREE char *index = client_home_path(&w->settings, "index");
	AUTO_FREE char *trust = client_home_path(&w->settings, "trust");

	return client_cache_sweep(index, now_s) + client_cache_sweep(trust, now_s);
}

static int collect(struct pkg_work *w, struct err *err)
{
	AUTO_FREE char *store = client_home_path(&w->settings, "store");
	const struct pkg_options *o = w->o;
	uint64_t days = o->max_age_days.set ? o->max_age_days.value : DAYS_DEFAULT;
	uint64_t wait_s = o->wait.set ? o->wait.value : PKG_WAIT_DEFAULT_S;
	struct store_gc_result result = {0};
	struct store_gc_options options = {.now_s = (int64_t)time(NULL),
	    .max_age_s = (int64_t)(days * DAY_S),
	    .verify = o->verify,
	    .dry_run = o->dry_run,
	    .wait_ms = (uint32_t)((wait_s < DAY_S ? wait_s : DAY_S) * 1000)};
	int rc;

	if (days > DAYS_MAX)
		return err_set(err, ERR_USAGE, "--max-age-days: 0 to %d", DAYS_MAX);
	rc = store_gc(store, &options, &result, err);
	if (rc < 0)
		return rc;
	if (!o->dry_run)
		result.leftovers += sweep_caches(w, options.now_s);
	report(w, &result, store);
	return 0;
}

int cmd_pkg_gc(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, &err);

	if (rc == 0)
		rc = collect(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

/* SPDX-License-Identifier: MIT */
/* Building the index of a served registry anew (rebuild.h). */
#include "registry/serve/rebuild.h"

#include "base/buf.h"
#include "registry/build/build.h"

#include <time.h>

/* Of an address that the registry names. */
#define ADDRESS_MAX 2048

int serve_rebuild(struct serve_api *api, struct err *err)
{
	const struct serve_options *o = api->o;
	CLEANUP(buf_clear) struct buf dl = buf_init(ADDRESS_MAX);
	CLEANUP(buf_clear) struct buf root = buf_init(ADDRESS_MAX);
	struct build_result result;
	struct build_options build = {.input = o->data,
	    .output = o->data,
	    .name = o->name,
	    .dl = "../dl/",
	    .api = "../v1/",
	    .seed = o->seed,
	    .key_id = o->key_id,
	    .now_s = (int64_t)time(NULL)};

	if (o->public_base != NULL) {
		buf_printf(&dl, "%s/v1/packages/", o->public_base);
		buf_printf(&root, "%s/v1/", o->public_base);
		build.dl = dl.data;
		build.api = root.data;
	}
	return build_registry(&result, &build, err);
}

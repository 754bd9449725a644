/* SPDX-License-Identifier: MIT */
/* Which packages a project gets: a row for each thing that decides. */
#include "cmd/pkg/choose.h"
#include "tests/unit/pkg_engine/place.h"

#include <stdio.h>
#include <string.h>

#define REGISTRY                                                                                   \
	"aa@1.0.0 aa@1.1.0 aa@2.0.0-rc.1 bb@1.0.0 bb@1.1.0 bb@2.0.0 nn@1.0.0:bb@>=1.0.0_<2.0.0 "   \
	"oo@1.0.0:bb@2.0.0 yy@1.0.0 yy@1.1.0 uu@1.0.0 uu@1.1.0!"

/* clang-format off */
static const struct {
	const char *what, *deps, *patch, *lock, *add, *add_path, *remove, *update;
	bool all, yanked, pre, offline;
	const char *want; /* NAME@VERSION and what holds of it, by name; or the code of the failure */
} rows[] = {
	{ .what = "what x07.json says is taken, not the highest", .deps = "aa 1.0.0", .want = "aa@1.0.0" },
	{ .what = "an addition takes the highest release", .deps = "", .add = "aa", .want = "aa@1.1.0" },
	{ .what = "an addition of a version replaces the one of x07.json", .deps = "aa 1.0.0", .add = "aa 1.1.0", .want = "aa@1.1.0" },
	{ .what = "a pre-release only for who asks", .deps = "", .add = "aa", .pre = true, .want = "aa@2.0.0-rc.1" },
	{ .what = "withdrawn versions are passed over", .deps = "", .add = "yy", .want = "yy@1.0.0" },
	{ .what = "withdrawn versions for who asks", .deps = "", .add = "yy", .yanked = true, .want = "yy@1.1.0" },
	{ .what = "versions for another compiler are passed over", .deps = "", .add = "uu", .want = "uu@1.0.0" },
	{ .what = "what is needed comes too, and is not wished for", .deps = "nn 1.0.0", .want = "bb@1.1.0 indirect nn@1.0.0" },
	{ .what = "what is needed keeps its locked version", .deps = "nn 1.0.0", .lock = "nn 1.0.0, bb 1.0.0 indirect", .want = "bb@1.0.0 indirect old nn@1.0.0 old" },
	{ .what = "an update of all unlocks what is needed", .deps = "nn 1.0.0", .lock = "nn 1.0.0, bb 1.0.0 indirect", .all = true, .want = "bb@1.1.0 indirect nn@1.0.0 old" },
	{ .what = "an update by name", .deps = "aa 1.0.0, bb 1.0.0", .update = "aa", .want = "aa@1.1.0 bb@1.0.0" },
	{ .what = "an update of all", .deps = "aa 1.0.0, bb 1.0.0", .all = true, .want = "aa@1.1.0 bb@2.0.0" },
	{ .what = "a removal leaves the rest", .deps = "aa 1.0.0, bb 1.0.0", .remove = "aa", .want = "bb@1.0.0" },
	{ .what = "what only the removed one needed goes", .deps = "nn 1.0.0, bb 1.0.0", .lock = "nn 1.0.0, bb 1.0.0 indirect", .remove = "nn", .want = "" },
	{ .what = "what was wished for stays when its user goes", .deps = "nn 1.0.0, bb 1.0.0", .lock = "nn 1.0.0, bb 1.0.0", .remove = "nn", .want = "bb@1.0.0 old" },
	{ .what = "an edited version of what is indirect is a wish", .deps = "nn 1.0.0, bb 1.1.0", .lock = "nn 1.0.0, bb 1.0.0 indirect", .want = "bb@1.1.0 nn@1.0.0 old" },
	{ .what = "a lock entry of another version is not this package's", .deps = "aa 1.1.0", .lock = "aa 1.0.0", .want = "aa@1.1.0" },
	{ .what = "a folder of the user's is taken as it is", .deps = "xx 1.0.0 libs/xx", .want = "xx@1.0.0 local" },
	{ .what = "a folder of the user's is not what a registry has", .deps = "xx 1.0.0 libs/xx", .lock = "xx 1.0.0", .want = "xx@1.0.0 local" },
	{ .what = "a folder of the user's that was locked", .deps = "xx 1.0.0 libs/xx", .lock = "xx 1.0.0 libs/xx", .want = "xx@1.0.0 local old" },
	{ .what = "an update locks a folder of the user's as it is", .deps = "xx 1.0.0 libs/xx", .lock = "xx 1.0.0 libs/xx", .update = "xx", .want = "xx@1.0.0 local" },
	{ .what = "an addition in a folder", .deps = "", .add = "xx 1.0.0", .add_path = "libs/xx", .want = "xx@1.0.0 local" },
	{ .what = "a patch forces a version", .deps = "aa 1.0.0", .patch = "{\"aa\":{\"version\":\"1.1.0\"}}", .want = "aa@1.1.0 forced" },
	{ .what = "a patch names the folder", .deps = "xx 1.0.0", .patch = "{\"xx\":{\"version\":\"1.0.0\",\"path\":\"libs/xx\"}}", .want = "xx@1.0.0 local forced" },
	{ .what = "two that need different versions", .deps = "nn 1.0.0, oo 1.0.0", .want = "X07PKG_RESOLVE_CONFLICT" },
	{ .what = "a name that nobody has", .deps = "zz 1.0.0", .want = "X07PKG_RESOLVE_CONFLICT" },
	{ .what = "offline, what is installed serves", .deps = "vv 1.0.0", .lock = "vv 1.0.0", .offline = true, .want = "vv@1.0.0 old" },
	{ .what = "offline, what is not installed is no version", .deps = "aa 1.0.0", .offline = true, .want = "X07PKG_OFFLINE_INDEX" },
};
/* clang-format on */

static void describe(struct buf *out, const struct pkg_items *items)
{
	for (uint32_t i = 0; i < items->count; i++) {
		const struct pkg_item *item = &items->list[i];

		buf_printf(out, "%s%s@%s%s%s%s%s", i > 0 ? " " : "", item->name, item->version,
		    item->direct ? "" : " indirect", item->local ? " local" : "",
		    item->forced ? " forced" : "", item->old != NULL ? " old" : "");
	}
}

/* The change of a row; the addition lives in @p need. */
static struct pkg_change change_of(int i, struct pkg_need *need, char room[128])
{
	struct pkg_change c = {.add_path = rows[i].add_path,
	    .remove = rows[i].remove,
	    .update = &rows[i].update,
	    .update_count = rows[i].update != NULL,
	    .update_all = rows[i].all};

	if (rows[i].add == NULL)
		return c;
	(void)snprintf(room, 128, "%s", rows[i].add);
	*need = (struct pkg_need){room, ""};
	if (strchr(room, ' ') != NULL) {
		need->requirement = strchr(room, ' ') + 1;
		*strchr(room, ' ') = '\0';
	}
	c.add = need;
	c.add_count = 1;
	return c;
}

/* The lock has the manifest of vv as it is installed. */
static void lock_installed(struct place *p, char sha[SHA256_HEX_SIZE])
{
	AUTO_CLOSE int fd = -1;
	struct err err = {0};

	ck_rc(pkg_project_open_dir(&fd, &p->project, ".x07/deps/vv/1.0.0", &err), 0, &err);
	ck_rc(pkg_meta_file_sha(sha, fd, "x07-package.json", &err), 0, &err);
	for (uint32_t i = 0; i < p->project.lock.count; i++)
		p->project.lock.entries[i].manifest_sha256 = sha;
}

START_TEST(project_gets_the_packages_of_the_row)
{
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};
	CLEANUP(pkg_items_clear) struct pkg_items items = {0};
	CLEANUP(buf_clear) struct buf got = buf_init(4096);
	struct pkg_need need;
	char room[128], sha[SHA256_HEX_SIZE];
	const struct pkg_change change = change_of(_i, &need, room);
	struct pkg_task task;
	struct place p;
	struct err err = {0};

	place_open(&p, REGISTRY, rows[_i].deps, rows[_i].patch);
	place_edit_index(&p, "2/yy", "\"1.1.0\"", "\"yanked\":false", "\"yanked\":true");
	place_lock(&p, rows[_i].lock);
	place_package(&p, "libs/xx", "xx", "1.0.0", NULL);
	place_package(&p, ".x07/deps/vv/1.0.0", "vv", "1.0.0", NULL);
	if (rows[_i].offline) {
		lock_installed(&p, sha);
		place_go_offline(&p);
	}
	task = place_task(&p);
	task.allow_yanked = rows[_i].yanked;
	task.pre = rows[_i].pre;
	if (pkg_choose(&items, &conflict, &task, &change, &err) == 0)
		describe(&got, &items);
	else
		buf_puts(&got, err_shown(&err));
	ck_assert_msg(strcmp(buf_str(&got), rows[_i].want) == 0, "%s: wanted '%s', got '%s' %s",
	    rows[_i].what, rows[_i].want, buf_str(&got), err.message);
	ck_assert_int_eq(
	    conflict.fact_count > 0, strcmp(rows[_i].want, "X07PKG_RESOLVE_CONFLICT") == 0);
	pkg_items_clear(&items);
	place_clear(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg_engine/choose");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, project_gets_the_packages_of_the_row, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return test_main(s);
}

/* SPDX-License-Identifier: MIT */
/* What is on the disk, what must be fetched, and what is refused or goes: a row for each reason. */
#include "base/path.h"
#include "cmd/pkg/ask.h"
#include "cmd/pkg/compare.h"
#include "cmd/pkg/install.h"
#include "cmd/pkg/locked.h"
#include "cmd/pkg/prune.h"
#include "cmd/pkg/scan.h"
#include "cmd/pkg/sync.h"
#include "pkg/tree_digest.h"
#include "tests/unit/pkg_engine/place.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define REGISTRY "aa@1.0.0 aa@1.1.0 nn@1.0.0:bb@1.0.0 bb@1.0.0"
#define WRONG "0000000000000000000000000000000000000000000000000000000000000000"

/* ---- what is there, and whether it is what was locked ---- */

/* clang-format off */
static const struct {
	const char *what;
	bool local, missing, extra_file, manifest_wrong, module_wrong, module_bad, tree_wrong, no_tree, present;
	const char *want; /* code of comparing; NULL = it is what was locked */
} disk[] = {
	{ .what = "all as locked", .present = true },
	{ .what = "a lock without a digest of the tree", .no_tree = true, .present = true },
	{ .what = "nothing is there", .missing = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a file too many", .extra_file = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a file too many, and no digest of the tree", .extra_file = true, .no_tree = true, .present = true },
	{ .what = "another manifest", .manifest_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "another manifest, and no digest of the tree", .manifest_wrong = true, .no_tree = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "another module", .module_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "another module, and no digest of the tree", .module_wrong = true, .no_tree = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a module that leads elsewhere", .module_bad = true, .no_tree = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "another tree", .tree_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a folder of the user's as locked", .local = true },
	{ .what = "a folder of the user's with another manifest", .local = true, .manifest_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a folder of the user's with another module", .local = true, .module_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a folder of the user's with another tree", .local = true, .tree_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
	{ .what = "a file that no build reads, in a folder of the user's", .local = true, .extra_file = true },
	{ .what = "a folder of the user's that is gone", .local = true, .missing = true, .want = "X07PKG_LOCK_MISMATCH" },
};
/* clang-format on */

/** A lock entry with the digests of a folder, and their texts. */
struct locked {
	struct pkg_lock_entry entry;
	struct pkg_lock_module module;
	char manifest[SHA256_HEX_SIZE], module_sha[SHA256_HEX_SIZE], tree[SHA256_HEX_SIZE];
};

static void locked_make(struct locked *l, const struct place *p, const char *path, bool local)
{
	AUTO_CLOSE int fd = -1;
	struct pkg_tree tree = {0};
	struct err err = {0};

	ck_rc(pkg_project_open_dir(&fd, &p->project, path, &err), 0, &err);
	ck_rc(local ? pkg_tree_scan_sources(&tree, fd, "modules", &err)
		    : pkg_tree_scan(&tree, fd, &err),
	    0, &err);
	ck_assert(pkg_scan_sha(l->manifest, &tree, "x07-package.json"));
	ck_assert(pkg_scan_sha(l->module_sha, &tree, "modules/vv/m.x07.json"));
	pkg_tree_digest(l->tree, &tree);
	pkg_tree_clear(&tree);
	l->module = (struct pkg_lock_module){"vv.m", l->module_sha};
	l->entry = (struct pkg_lock_entry){.name = "vv",
	    .version = "1.0.0",
	    .path = path,
	    .module_root = "modules",
	    .manifest_sha256 = l->manifest,
	    .tree_sha256 = l->tree,
	    .modules = &l->module,
	    .module_count = 1};
}

START_TEST(disk_is_compared_as_the_row_says)
{
	const char *path = disk[_i].local ? "libs/vv" : ".x07/deps/vv/1.0.0";
	CLEANUP(buf_clear) struct buf extra = buf_init(4096);
	struct place p;
	struct locked l = {0};
	struct pkg_item item = {.name = "vv", .version = "1.0.0", .path = path};
	const struct pkg_items items = {&item, 1};
	struct err err = {0};
	int rc;

	place_open(&p, REGISTRY, "", NULL);
	place_package(&p, path, "vv", "1.0.0", NULL);
	locked_make(&l, &p, path, disk[_i].local);
	l.entry.manifest_sha256 = disk[_i].manifest_wrong ? WRONG : l.manifest;
	l.module.sha256 = disk[_i].module_wrong ? WRONG : l.module_sha;
	l.module.id = disk[_i].module_bad ? "../vv.m" : "vv.m";
	l.entry.tree_sha256 = disk[_i].tree_wrong ? WRONG : disk[_i].no_tree ? NULL : l.tree;
	item.old = &l.entry;
	item.local = disk[_i].local;
	buf_printf(&extra, "%s/notes.txt", path);
	if (disk[_i].extra_file)
		place_file(&p, buf_str(&extra), "more\n");
	if (disk[_i].missing)
		item.path = disk[_i].local ? "libs/none" : ".x07/deps/vv/9.9.9";
	ck_rc(pkg_scan(&item, 1, &p.project, &err), 0, &err);
	ck_assert_msg(
	    item.present == disk[_i].present, "%s: present %d", disk[_i].what, item.present);
	rc = pkg_compare_lock(&items, &p.project, &err);
	ck_assert_msg(
	    rc == (disk[_i].want != NULL ? ERR_PKG : 0), "%s: %s", disk[_i].what, err.message);
	ck_assert_str_eq(err_shown(&err), disk[_i].want != NULL ? disk[_i].want : "");
	pkg_item_clear(&item);
	place_clear(&p);
}
END_TEST

START_TEST(index_says_what_must_be_there_when_the_lock_does_not)
{
	struct place p;
	struct locked l = {0};
	struct registry_version line = {.cksum = WRONG, .tree_sha256 = l.tree};
	struct pkg_item item = {
	    .name = "vv", .version = "1.0.0", .path = ".x07/deps/vv/1.0.0", .line = &line};
	struct err err = {0};

	place_open(&p, REGISTRY, "", NULL);
	place_package(&p, item.path, "vv", "1.0.0", NULL);
	locked_make(&l, &p, item.path, false);
	ck_rc(pkg_scan(&item, 1, &p.project, &err), 0, &err);
	ck_assert(item.present);
	ck_assert_str_eq(item.archive, WRONG);
	pkg_item_clear(&item);
	line.tree_sha256 = WRONG;
	item = (struct pkg_item){
	    .name = "vv", .version = "1.0.0", .path = ".x07/deps/vv/1.0.0", .line = &line};
	ck_rc(pkg_scan(&item, 1, &p.project, &err), 0, &err);
	ck_assert(!item.present);
	/* Nobody knows what it must be: then it is not. */
	item.line = NULL;
	item.tree_sha[0] = '\0';
	ck_rc(pkg_scan(&item, 1, &p.project, &err), 0, &err);
	ck_assert(!item.present);
	pkg_item_clear(&item);
	place_clear(&p);
}
END_TEST

START_TEST(item_is_found_by_its_name_alone)
{
	struct pkg_item list[] = {{.name = "cc"}, {.name = "aa"}, {.name = "bb"}};
	struct pkg_items items = {list, ARRAY_LEN(list)};
	const struct pkg_items none = {0};

	pkg_items_sort(&items);
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		ck_assert_ptr_eq(pkg_items_find(&items, list[i].name), &list[i]);
	ck_assert_ptr_null(pkg_items_find(&items, "a"));
	ck_assert_ptr_null(pkg_items_find(&items, "dd"));
	ck_assert_ptr_null(pkg_items_find(&none, "aa"));
}
END_TEST

/* ---- installing ---- */

/* clang-format off */
static const struct {
	const char *what;
	bool stored, installed, offline, unknown, archive_wrong;
	bool fetched; /* want */
	const char *want;
} install[] = {
	{ .what = "what is nowhere is fetched", .fetched = true },
	{ .what = "what the store has is not fetched", .stored = true },
	{ .what = "what is there stays, and nobody is asked", .installed = true, .offline = true },
	{ .what = "what the store has needs no registry", .stored = true, .offline = true },
	{ .what = "what is nowhere cannot come from nowhere", .offline = true, .want = "X07PKG_OFFLINE_MISSING_DEP" },
	{ .what = "what the registry lacks", .unknown = true, .want = "X07PKG_INDEX_NO_MATCH" },
	{ .what = "another archive than the one that was locked", .archive_wrong = true, .want = "X07PKG_LOCK_MISMATCH" },
};
/* clang-format on */

static struct pkg_item item_aa(void)
{
	return (struct pkg_item){.name = "aa", .version = "1.0.0", .path = ".x07/deps/aa/1.0.0"};
}

static int install_one(struct place *p, struct pkg_item *item, struct err *err)
{
	struct pkg_items items = {item, 1};
	int rc = pkg_scan(item, 1, &p->project, err);

	return rc < 0 ? rc : pkg_install(&items, &p->project, &p->supply, err);
}

START_TEST(package_is_installed_as_the_row_says)
{
	struct pkg_lock_entry old = {.manifest_sha256 = WRONG};
	struct pkg_item first = item_aa(), item = item_aa();
	char archive[SHA256_HEX_SIZE], tree[SHA256_HEX_SIZE];
	struct place p;
	struct err err = {0};
	int rc;

	place_open(&p, REGISTRY, "", NULL);
	if (install[_i].stored || install[_i].installed) {
		ck_rc(install_one(&p, &first, &err), 0, &err);
		memcpy(archive, first.archive, sizeof(archive));
		memcpy(tree, first.tree_sha, sizeof(tree));
		memcpy(item.archive, archive, sizeof(archive));
		memcpy(item.tree_sha, tree, sizeof(tree));
		pkg_item_clear(&first);
		if (!install[_i].installed)
			pkg_prune(&p.project, &(const struct pkg_items){0});
		ck_assert_int_eq(place_has(&p, item.path), install[_i].installed);
	}
	pkg_supply_clear(&p.supply);
	pkg_supply_init(&p.supply, &(const struct pkg_supply_options){.settings = &p.settings});
	if (install[_i].offline)
		place_go_offline(&p);
	if (install[_i].unknown)
		item.name = "zz";
	if (install[_i].archive_wrong) {
		old.archive_sha256 = WRONG;
		item.old = &old;
	}
	rc = install_one(&p, &item, &err);
	ck_assert_msg(rc == (install[_i].want != NULL ? ERR_PKG : 0), "%s: %s", install[_i].what,
	    err.message);
	ck_assert_str_eq(err_shown(&err), install[_i].want != NULL ? install[_i].want : "");
	ck_assert_int_eq(item.present, install[_i].want == NULL);
	ck_assert_int_eq(
	    place_has(&p, ".x07/deps/aa/1.0.0/x07-package.json"), install[_i].want == NULL);
	ck_assert_int_eq(pkg_supply_was_fetched(&p.supply, item.archive), install[_i].fetched);
	pkg_item_clear(&item);
	place_clear(&p);
}
END_TEST

/* clang-format off */
static const struct {
	const char *what, *name, *version, *compat; /* of the manifest; name NULL = there is none */
	bool local, forced;
	const char *want;
} metas[] = {
	{ .what = "itself", .name = "vv", .version = "1.0.0", .local = true },
	{ .what = "for this compiler", .name = "vv", .version = "1.0.0", .compat = ">=0.2.0 <0.3.0", .local = true },
	{ .what = "another name", .name = "ww", .version = "1.0.0", .local = true, .want = "X07PKG_MANIFEST_PARSE" },
	{ .what = "another version", .name = "vv", .version = "1.0.1", .local = true, .want = "X07PKG_MANIFEST_PARSE" },
	{ .what = "another version that a patch forces", .name = "vv", .version = "1.0.1", .local = true, .forced = true },
	{ .what = "another name is never forced", .name = "ww", .version = "1.0.0", .local = true, .forced = true, .want = "X07PKG_MANIFEST_PARSE" },
	{ .what = "for another compiler", .name = "vv", .version = "1.0.0", .compat = ">=9.0.0", .local = true, .want = "X07PKG_X07C_INCOMPATIBLE" },
	{ .what = "for another compiler, installed", .name = "vv", .version = "1.0.0", .compat = ">=9.0.0", .want = "X07PKG_X07C_INCOMPATIBLE" },
	{ .what = "nothing in the user's folder", .local = true, .want = "X07PKG_LOCAL_MISSING_DEP" },
	{ .what = "nothing where a patch says", .local = true, .forced = true, .want = "X07PKG_PATCH_MISSING_DEP" },
};
/* clang-format on */

START_TEST(manifest_of_what_is_installed_is_judged_as_the_row_says)
{
	const char *path = metas[_i].local ? "libs/vv" : ".x07/deps/vv/1.0.0";
	struct pkg_item item = {.name = "vv",
	    .version = "1.0.0",
	    .path = path,
	    .local = metas[_i].local,
	    .forced = metas[_i].forced};
	struct pkg_items items = {&item, 1};
	struct place p;
	struct err err = {0};
	int rc;

	place_open(&p, REGISTRY, "", NULL);
	if (metas[_i].name != NULL)
		place_package(&p, path, metas[_i].name, metas[_i].version, metas[_i].compat);
	rc = pkg_install_read_metas(&items, &p.project, &err);
	ck_assert_msg(
	    rc == (metas[_i].want != NULL ? ERR_PKG : 0), "%s: %s", metas[_i].what, err.message);
	ck_assert_str_eq(err_shown(&err), metas[_i].want != NULL ? metas[_i].want : "");
	pkg_item_clear(&item);
	place_clear(&p);
}
END_TEST

/* clang-format off */
static const struct {
	const char *what, *at; /* what is in the way, and where */
	bool link;
} ways[] = {
	{ "a file where the package goes", ".x07/deps/aa/1.0.0", false },
	{ "a file where its folder goes", ".x07/deps/aa", false },
	{ "a link where the package goes", ".x07/deps/aa/1.0.0", true },
	{ "a link where its folder goes", ".x07/deps/aa", true },
};
/* clang-format on */

START_TEST(what_is_in_the_way_goes_and_what_a_link_leads_to_stays)
{
	struct pkg_item item = item_aa();
	struct place p;
	struct err err = {0};

	place_open(&p, REGISTRY, "", NULL);
	place_file(&p, "precious/file", "mine\n");
	place_file(&p, ways[_i].at, "in the way\n");
	if (ways[_i].link) {
		AUTO_FREE char *at = path_join(p.root, ways[_i].at);
		AUTO_FREE char *to = path_join(p.root, "precious");

		ck_assert_int_eq(unlink(at), 0);
		ck_assert_int_eq(symlink(to, at), 0);
	}
	ck_rc(install_one(&p, &item, &err), 0, &err);
	ck_assert(place_has(&p, ".x07/deps/aa/1.0.0/x07-package.json"));
	ck_assert(place_has(&p, "precious/file"));
	ck_assert(!place_has(&p, "precious/1.0.0"));
	ck_assert(!place_has(&p, "precious/x07-package.json"));
	ck_assert_ptr_nonnull(strstr(buf_str(&p.said), ways[_i].link ? "a link" : "a file"));
	pkg_item_clear(&item);
	place_clear(&p);
}
END_TEST

/* ---- what goes ---- */

START_TEST(only_what_no_item_has_is_pruned)
{
	struct pkg_item list[] = {{.name = "aa", .version = "1.0.0", .path = ".x07/deps/aa/1.0.0"},
	    {.name = "bb", .version = "1.0.0", .path = "vendor/bb/1.0.0"}};
	const struct pkg_items items = {list, ARRAY_LEN(list)};
	struct place p;

	place_open(&p, REGISTRY, "", NULL);
	place_file(&p, ".x07/deps/aa/1.0.0/keep", "");
	place_file(&p, ".x07/deps/aa/1.1.0/deep/er/file", "");
	place_file(&p, ".x07/deps/bb/1.0.0/file", "");
	place_file(&p, ".x07/deps/.hidden/file", "");
	place_file(&p, "vendor/bb/1.0.0/file", "");
	pkg_prune(&p.project, &items);
	ck_assert(place_has(&p, ".x07/deps/aa/1.0.0/keep"));
	ck_assert(!place_has(&p, ".x07/deps/aa/1.1.0"));
	ck_assert(!place_has(&p, ".x07/deps/bb"));
	ck_assert(place_has(&p, ".x07/deps/.hidden/file"));
	ck_assert(place_has(&p, "vendor/bb/1.0.0/file"));
	place_clear(&p);
}
END_TEST

START_TEST(only_leftovers_of_installing_are_swept)
{
	struct place p;

	place_open(&p, REGISTRY, "", NULL);
	place_file(&p, ".x07/tmp/link_1/file", "");
	place_file(&p, ".x07/tmp/journal", "");
	place_file(&p, ".x07/tmp/unlink_1/file", "");
	pkg_prune_leftovers(&p.project);
	ck_assert(!place_has(&p, ".x07/tmp/link_1"));
	ck_assert(place_has(&p, ".x07/tmp/journal"));
	ck_assert(place_has(&p, ".x07/tmp/unlink_1/file"));
	place_clear(&p);
}
END_TEST

/* ---- the whole way ---- */

static void sync_and_read_again(struct place *p, struct pkg_project *again)
{
	CLEANUP(pkg_conflict_clear) struct pkg_conflict conflict = {0};
	CLEANUP(pkg_items_clear) struct pkg_items items = {0};
	AUTO_FREE char *path = path_join(p->root, "x07.json");
	const struct pkg_project_options options = {.path = path, .command = "test again"};
	const struct pkg_change change = {0};
	const struct pkg_task task = place_task(p);
	struct err err = {0};

	ck_rc(pkg_sync(&items, &conflict, &task, &change, &err), 0, &err);
	pkg_items_clear(&items);
	pkg_project_clear(&p->project);
	ck_rc(pkg_project_open(again, &options, &err), 0, &err);
}

START_TEST(synced_project_has_nothing_to_do_until_it_is_touched)
{
	CLEANUP(pkg_items_clear) struct pkg_items items = {0};
	struct pkg_project again;
	struct place p;
	struct err err = {0};

	place_open(&p, REGISTRY, "nn 1.0.0", NULL);
	ck_rc(pkg_locked_require(&p.project, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_LOCK_MISSING");
	place_file(&p, ".x07/deps/old/1.0.0/file", "");
	sync_and_read_again(&p, &again);
	ck_assert(!place_has(&p, ".x07/deps/old"));
	ck_assert_uint_eq(again.lock.count, 2);
	ck_assert_str_eq(again.lock.entries[0].name, "bb");
	ck_assert(!again.lock.entries[0].direct);
	ck_assert(again.lock.entries[1].direct);
	ck_assert_str_eq(again.lock.x07_version, "9.9.9");
	ck_assert_uint_eq(again.m.dependency_count, 2);
	ck_rc(pkg_locked_look(&items, &again, true, &err), 1, &err);
	place_file(&p, ".x07/deps/bb/1.0.0/more", "");
	pkg_items_clear(&items);
	ck_rc(pkg_locked_look(&items, &again, true, &err), 0, &err);
	ck_rc(pkg_locked_read(&items, &again, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_LOCK_MISMATCH");
	pkg_items_clear(&items);
	pkg_project_clear(&again);
	place_clear(&p);
}
END_TEST

START_TEST(withdrawn_version_is_warned_of_and_refused_by_a_check)
{
	CLEANUP(pkg_items_clear) struct pkg_items items = {0};
	struct pkg_locked_check how = {0};
	struct pkg_project again;
	struct pkg_task task;
	struct place p;
	struct err err = {0};

	place_open(&p, REGISTRY, "aa 1.0.0", NULL);
	sync_and_read_again(&p, &again);
	ck_assert_uint_eq(p.said.len, 0);
	again.notes = &p.notes;
	task = place_task(&p);
	task.project = &again;
	ck_rc(pkg_locked_check(&items, &task, &how, &err), 0, &err);
	pkg_supply_clear(&p.supply);
	pkg_supply_init(&p.supply, &(const struct pkg_supply_options){.settings = &p.settings});
	place_edit_index(&p, "2/aa", "\"1.0.0\"", "\"yanked\":false", "\"yanked\":true");
	ck_rc(pkg_locked_check(&items, &task, &how, &err), ERR_PKG, &err);
	ck_assert_str_eq(err_shown(&err), "X07PKG_YANKED_DEP");
	how.allow_yanked = true;
	ck_rc(pkg_locked_check(&items, &task, &how, &err), 0, &err);
	pkg_ask_warn(&items, &p.notes);
	ck_assert_str_eq(buf_str(&p.said), "warning: aa@1.0.0 was withdrawn by its registry\n");
	pkg_items_clear(&items);
	pkg_project_clear(&again);
	place_clear(&p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pkg_engine/install");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, disk_is_compared_as_the_row_says, 0, (int)ARRAY_LEN(disk));
	tcase_add_test(t, index_says_what_must_be_there_when_the_lock_does_not);
	tcase_add_test(t, item_is_found_by_its_name_alone);
	tcase_add_loop_test(t, package_is_installed_as_the_row_says, 0, (int)ARRAY_LEN(install));
	tcase_add_loop_test(
	    t, manifest_of_what_is_installed_is_judged_as_the_row_says, 0, (int)ARRAY_LEN(metas));
	tcase_add_loop_test(
	    t, what_is_in_the_way_goes_and_what_a_link_leads_to_stays, 0, (int)ARRAY_LEN(ways));
	tcase_add_test(t, only_what_no_item_has_is_pruned);
	tcase_add_test(t, only_leftovers_of_installing_are_swept);
	tcase_add_test(t, synced_project_has_nothing_to_do_until_it_is_touched);
	tcase_add_test(t, withdrawn_version_is_warned_of_and_refused_by_a_check);
	suite_add_tcase(s, t);
	return test_main(s);
}

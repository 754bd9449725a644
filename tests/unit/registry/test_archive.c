/* SPDX-License-Identifier: MIT */
/* Archives on the side that offers them: what is taken, and the code of everything that is not. */
#include "registry/build/archive.h"
#include "registry/codes.h"
#include "registry/pack.h"
#include "tests/support/support.h"
#include "tests/unit/registry/tar.h"

#include <string.h>

#define BLOCK 512
#define MODULE "modules/a/main.x07.json"

static const char manifest[] =
    "{\"schema_version\":\"x07.package@0.1.0\",\"name\":\"a\",\"version\":\"1.0.0\","
    "\"description\":\"A\",\"docs\":\"D\",\"license\":\"MIT\",\"module_root\":\"modules\","
    "\"modules\":[\"a.main\"],\"meta\":{\"x07c_compat\":\">=0.1.0 <9.0.0\","
    "\"requires_packages\":[\"b@>=1.0.0\"]}}";

/* The manifest with one text in the place of another, packed together with the module. */
static void pack(struct buf *out, const char *from, const char *to)
{
	CLEANUP(buf_clear) struct buf text = buf_init(1 << 16);
	const char *at = strstr(manifest, from);
	struct registry_member members[2] = {{MODULE, "{}", 2}, {"x07-package.json", NULL, 0}};
	struct err err = {0};

	ck_assert_ptr_nonnull(at);
	buf_printf(&text, "%.*s%s%s", (int)(at - manifest), manifest, to, at + strlen(from));
	members[1].data = text.data;
	members[1].len = text.len;
	ck_rc(registry_pack_members(out, members, 2, &err), 0, &err);
}

START_TEST(archive_of_our_packer_is_read)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	struct registry_version line;
	struct err err = {0};

	pack(&bytes, "\"A\"", "\"B\"");
	ck_rc(build_archive_read(&a, bytes.data, bytes.len, &err), 0, &err);
	ck_assert_uint_eq(a.files, 2);
	ck_assert_str_eq(a.package.description, "B");
	ck_rc(build_archive_may_publish(&a, &err), 0, &err);
	build_archive_version(&line, &a);
	ck_assert_str_eq(line.name, "a");
	ck_assert_str_eq(line.version, "1.0.0");
	ck_assert_uint_eq(line.need_count, 1);
	ck_assert_str_eq(line.needs[0].name, "b");
	ck_assert_str_eq(line.needs[0].requirement, ">=1.0.0");
	ck_assert_uint_eq(line.size, bytes.len);
}
END_TEST

static const struct {
	const char *from, *to;
	enum registry_code_id code;
} unread[] = {
    {"\"name\":\"a\"", "\"name\":\"A!\"", REGISTRY_CODE_REG_INVALID_NAME},
    {"\"1.0.0\"", "\"1.0\"", REGISTRY_CODE_REG_INVALID_VERSION},
    {">=0.1.0 <9.0.0", "new", REGISTRY_CODE_REG_PKG_X07C_COMPAT_INVALID},
    {"@0.1.0", "@9.9.9", REGISTRY_CODE_REG_BAD_MANIFEST},
    {"\"modules\",", "\"../x\",", REGISTRY_CODE_REG_BAD_MANIFEST},
    {"b@>=1.0.0", "b", REGISTRY_CODE_REG_BAD_MANIFEST},
    {"{\"schema", "[\"schema", REGISTRY_CODE_REG_BAD_MANIFEST},
    {"a.main", "a.other", REGISTRY_CODE_REG_BAD_ARCHIVE},
    {"\"meta\":{", "\"meta\":{\"import_mode\":\"ffi\",", REGISTRY_CODE_REG_BAD_ARCHIVE},
};

START_TEST(bad_manifest_is_refused_with_its_code)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	struct err err = {0};

	pack(&bytes, unread[_i].from, unread[_i].to);
	ck_rc(build_archive_read(&a, bytes.data, bytes.len, &err), ERR_PKG, &err);
	ck_assert_msg(err_is(&err, &registry_codes[unread[_i].code]), "%s: %s, wanted %s",
	    err_shown(&err), err.message, registry_codes[unread[_i].code].id);
}
END_TEST

static const struct {
	const char *from, *to;
	enum registry_code_id code;
} unpublished[] = {
    {"\"A\"", "\"\"", REGISTRY_CODE_REG_PKG_DESCRIPTION_REQUIRED},
    {"\"D\"", "\" \"", REGISTRY_CODE_REG_PKG_DOCS_REQUIRED},
    {"\"MIT\"", "null", REGISTRY_CODE_REG_PKG_LICENSE_REQUIRED},
    {"\"x07c_compat\":\">=0.1.0 <9.0.0\",", "", REGISTRY_CODE_REG_PKG_X07C_COMPAT_REQUIRED},
    {"\"a.main\"", "", REGISTRY_CODE_REG_BAD_MANIFEST},
};

START_TEST(what_lacks_something_is_read_but_not_published)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	struct err err = {0};

	pack(&bytes, unpublished[_i].from, unpublished[_i].to);
	ck_rc(build_archive_read(&a, bytes.data, bytes.len, &err), 0, &err);
	ck_rc(build_archive_may_publish(&a, &err), ERR_PKG, &err);
	ck_assert_msg(err_is(&err, &registry_codes[unpublished[_i].code]), "%s", err_shown(&err));
}
END_TEST

static void refused(const struct buf *bytes, const char *why)
{
	CLEANUP(build_archive_clear) struct build_archive a = {0};
	struct err err = {0};

	ck_rc(build_archive_read(&a, bytes->data, bytes->len, &err), ERR_PKG, &err);
	ck_assert_msg(err_is(&err, REGISTRY_CODE(REG_BAD_ARCHIVE)), "%s", err_shown(&err));
	ck_assert_msg(strstr(err.message, why) != NULL, "%s: wanted %s", err.message, why);
}

/* A reader that unpacks may pass these over; no packer writes them, so nobody offers them. */
START_TEST(header_that_no_packer_writes_is_refused)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(1 << 20);

	pack(&bytes, "\"A\"", "\"B\"");
	bytes.data[148] ^= 1;
	refused(&bytes, "not a tar header");
	bytes.data[148] ^= 1;
	bytes.data[257] ^= 1; /* the magic, whose checksum is wrong then, too */
	refused(&bytes, "not a tar header");
	bytes.data[257] ^= 1;
	bytes.data[bytes.len - 1] = 1;
	refused(&bytes, "something behind the end");
	bytes.data[bytes.len - 1] = 0;
	bytes.len -= BLOCK;
	refused(&bytes, "something behind the end");
}
END_TEST

START_TEST(directory_and_pax_header_are_not_offered)
{
	CLEANUP(buf_clear) struct buf dir = buf_init(1 << 20), pax = buf_init(1 << 20);

	tar_add(&dir, &(struct tar_entry){.name = "d/", .type = '5'});
	tar_file(&dir, "d/f", "x");
	tar_end(&dir);
	refused(&dir, "neither a file nor a long name");
	tar_pax(&pax, "path", "f", 1);
	tar_file(&pax, "g", "x");
	tar_end(&pax);
	refused(&pax, "neither a file nor a long name");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("registry/archive");
	TCase *t = tcase_create("all");

	tcase_add_test(t, archive_of_our_packer_is_read);
	tcase_add_loop_test(t, bad_manifest_is_refused_with_its_code, 0, (int)ARRAY_LEN(unread));
	tcase_add_loop_test(
	    t, what_lacks_something_is_read_but_not_published, 0, (int)ARRAY_LEN(unpublished));
	tcase_add_test(t, header_that_no_packer_writes_is_refused);
	tcase_add_test(t, directory_and_pax_header_are_not_offered);
	suite_add_tcase(s, t);
	return test_main(s);
}

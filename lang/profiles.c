/* SPDX-License-Identifier: MIT */
/* Where a project keeps budget profiles. What one says is read by check/profile.c. */
#include "lang/profiles.h"

#include "base/buf.h"
#include "base/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/arch/budgets/profiles"
#define PATH_BYTES_MAX 8192u
#define SUFFIX ".budget.json"

bool lang_profile_id_is_valid(struct str id)
{
	for (uint32_t i = 0; i < id.len; i++) {
		char ch = id.ptr[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			(ch >= '0' && ch <= '9') || ch == '_' || ch == '-'))
			return false;
	}
	return id.len > 0 && id.len <= 128;
}

char *lang_profile_path(const char *arch_root, struct str id)
{
	struct buf path = buf_init(PATH_BYTES_MAX);

	buf_printf(&path, "%s" FOLDER "/%.*s" SUFFIX, arch_root, (int)id.len, id.ptr);
	return path.data;
}

static int is_profile(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(SUFFIX) && strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static void add_file(struct sha256 *h, const char *folder, const char *name)
{
	CLEANUP(buf_clear) struct buf text = buf_init(LANG_PROFILE_MAX_BYTES);
	CLEANUP(buf_clear) struct buf path = buf_init(PATH_BYTES_MAX);
	struct err ignored = {0};

	buf_printf(&path, "%s/%s", folder, name);
	sha256_add_field(h, name, strlen(name));
	/* A profile that cannot be read is a fault of the program when it is asked for. */
	if (file_read(&text, path.data, &ignored) == 0)
		sha256_add_field(h, text.data, text.len);
}

void lang_profiles_digest(struct sha256 *h, const char *arch_root)
{
	CLEANUP(buf_clear) struct buf folder = buf_init(PATH_BYTES_MAX);
	struct dirent **entries = NULL;
	int count;

	buf_printf(&folder, "%s" FOLDER, arch_root);
	count = scandir(folder.data, &entries, is_profile, alphasort);
	for (int i = 0; i < count; i++) {
		add_file(h, folder.data, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

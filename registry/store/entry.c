/* SPDX-License-Identifier: MIT */
/*
 * Entries of the store: the list of an entry, putting entries there, dropping them. An entry is a
 * directory sha256/ab/<digest of the archive> with `list` and `files/`; it is renamed into its
 * place when it is complete and on the disk, so it is there whole or not at all.
 *
 * Grammar of a list: "x07.tree@1" LF "archive " 64HEXDIG LF "tree " 64HEXDIG LF
 *                    *( 64HEXDIG SP 1*DIGIT SP path LF )
 */

#include "registry/store/entry.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/vec.h"
#include "pkg/tree_all.h"
#include "pkg/tree_digest.h"
#include "registry/codes.h"
#include "registry/store/entry_priv.h"
#include "registry/store/remove_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "x07.tree@1\n"
#define DIGITS (SHA256_HEX_SIZE - 1)

int store_check_key(const char *archive_sha256, struct err *err)
{
	if (strlen(archive_sha256) == DIGITS &&
	    strspn(archive_sha256, "0123456789abcdef") == DIGITS)
		return 0;
	return err_set(err, ERR_FORMAT, "not a SHA-256: \"%.80s\"", archive_sha256);
}

void store_shard(char out[STORE_SHARD_SIZE], const char *archive_sha256)
{
	memcpy(out, archive_sha256, STORE_SHARD_SIZE - 1);
	out[STORE_SHARD_SIZE - 1] = '\0';
}

void store_entry_clear(struct store_entry *e)
{
	base_close_fd(&e->dirfd);
	base_close_fd(&e->files_fd);
	pkg_tree_clear(&e->list);
	e->dirfd = e->files_fd = -1;
}

static void print_list(struct buf *out, const char *archive, const struct pkg_tree *tree,
    char tree_sha256[SHA256_HEX_SIZE])
{
	pkg_tree_digest(tree_sha256, tree);
	buf_printf(out, HEAD "archive %s\ntree %s\n", archive, tree_sha256);
	for (uint32_t i = 0; i < tree->count; i++) {
		char hex[SHA256_HEX_SIZE];

		sha256_hex(hex, tree->files[i].sha256);
		buf_printf(
		    out, "%s %" PRIu64 " %s\n", hex, tree->files[i].size, tree->files[i].path);
	}
}

static int bad_list(struct err *err)
{
	return err_set(err, ERR_FORMAT, "the list of a store entry is damaged");
}

/** Reading a list: what is left of it. */
struct cursor {
	const char *at, *end;
};

/* The rest of the line behind a prefix; false when the line is another one. */
static bool take_line(struct cursor *c, const char *prefix, struct str *rest)
{
	const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at));
	size_t len = strlen(prefix);

	if (!stop || (size_t)(stop - c->at) < len || memcmp(c->at, prefix, len) != 0)
		return false;
	*rest = (struct str){c->at + len, (uint32_t)(stop - c->at - (ptrdiff_t)len)};
	c->at = stop + 1;
	return true;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_digest(uint8_t out[SHA256_BYTES], struct str line)
{
	if (line.len < DIGITS)
		return false;
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = nibble(line.ptr[2 * i]);
		int low = nibble(line.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool read_file(struct pkg_tree_file *file, struct arena *arena, struct str line)
{
	const char *at = line.ptr + DIGITS + 1;
	const char *end = line.ptr + line.len;

	if (!read_digest(file->sha256, line) || line.len < DIGITS + 4 || at[-1] != ' ')
		return false;
	file->size = 0;
	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		if (file->size > PKG_TREE_FILE_MAX)
			return false;
		file->size = file->size * 10 + (uint64_t)(*at - '0');
	}
	if (at >= end || *at != ' ')
		return false;
	at++;
	if (pkg_tree_path_fault(at, (size_t)(end - at)))
		return false;
	file->path = arena_strndup(arena, at, (size_t)(end - at));
	return file->path != NULL;
}

static uint32_t count_lines(struct cursor c)
{
	uint32_t count = 0;

	for (; c.at < c.end; c.at++)
		count += *c.at == '\n';
	return count;
}

static bool read_files(struct pkg_tree *tree, struct cursor *c)
{
	uint32_t count = count_lines(*c);
	struct str line;

	if (count > PKG_TREE_FILES_MAX)
		return false;
	tree->files = arena_alloc(&tree->arena, (count + 1) * sizeof(*tree->files));
	while (c->at < c->end) {
		if (!take_line(c, "", &line) ||
		    !read_file(&tree->files[tree->count], &tree->arena, line))
			return false;
		tree->bytes += tree->files[tree->count].size;
		tree->count++;
	}
	return true;
}

/* The list names its own digest, so that no changed byte of it goes unnoticed. */
static bool read_list(struct store_entry *e, const char *archive_sha256, const struct buf *text)
{
	struct cursor c = {text->data, text->data + text->len};
	char digest[SHA256_HEX_SIZE];
	struct str line;

	if (text->len == 0 || !take_line(&c, "x07.tree@1", &line) || line.len != 0)
		return false;
	if (!take_line(&c, "archive ", &line) || !str_eq_c(line, archive_sha256))
		return false;
	if (!take_line(&c, "tree ", &line) || line.len != DIGITS)
		return false;
	memcpy(e->tree_sha256, line.ptr, DIGITS);
	e->tree_sha256[DIGITS] = '\0';
	if (!read_files(&e->list, &c))
		return false;
	pkg_tree_digest(digest, &e->list);
	return strcmp(digest, e->tree_sha256) == 0;
}

static int open_entry_dir(int *out, struct store *s, const char *archive_sha256, struct err *err)
{
	char path[STORE_SHARD_SIZE + SHA256_HEX_SIZE];
	int rc = store_check_key(archive_sha256, err);

	if (rc < 0)
		return rc;
	(void)snprintf(path, sizeof(path), "%.2s/%s", archive_sha256, archive_sha256);
	*out = openat(s->trees_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out >= 0)
		return 0;
	if (errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s: not in the store", archive_sha256);
	return err_sys(err, ERR_IO, "store: %s/sha256/%s", s->root, path);
}

int store_entry_open(
    struct store_entry *out, struct store *s, const char *archive_sha256, struct err *err)
{
	CLEANUP(store_entry_clear) struct store_entry e = {.dirfd = -1, .files_fd = -1};
	CLEANUP(buf_clear) struct buf text = buf_init(STORE_LIST_MAX);
	AUTO_CLOSE int fd = -1;
	int rc = open_entry_dir(&e.dirfd, s, archive_sha256, err);

	if (rc < 0)
		return rc;
	e.files_fd =
	    openat(e.dirfd, STORE_FILES_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	fd = openat(e.dirfd, STORE_LIST_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (e.files_fd < 0 || fd < 0)
		return bad_list(err);
	rc = file_read_fd(&text, fd, "list of a store entry", err);
	if (rc < 0)
		return rc == ERR_LIMIT ? bad_list(err) : rc;
	if (!read_list(&e, archive_sha256, &text))
		return bad_list(err);
	*out = e;
	e = (struct store_entry){.dirfd = -1, .files_fd = -1};
	return 0;
}

bool store_has(struct store *store, const char *archive_sha256)
{
	AUTO_CLOSE int fd = -1;

	return open_entry_dir(&fd, store, archive_sha256, NULL) == 0;
}

int store_list(
    struct pkg_tree *out, struct store *store, const char *archive_sha256, struct err *err)
{
	CLEANUP(store_entry_clear) struct store_entry e = {.dirfd = -1, .files_fd = -1};
	int rc = store_entry_open(&e, store, archive_sha256, err);

	if (rc < 0)
		return rc;
	*out = TAKE(e.list);
	return 0;
}

int store_files(int *out, struct store *store, const char *archive_sha256, struct err *err)
{
	CLEANUP(store_entry_clear) struct store_entry e = {.dirfd = -1, .files_fd = -1};
	int rc = store_entry_open(&e, store, archive_sha256, err);

	if (rc < 0)
		return rc;
	*out = take_fd(&e.files_fd);
	return 0;
}

/*
 * A name in tmp/ that nobody has; the entry moves there at once and is removed at leisure. Somebody
 * who is linking from it meets missing files and starts again.
 */
int store_entry_drop(struct store *s, const char *archive_sha256, int dirfd, struct err *err)
{
	char path[STORE_SHARD_SIZE + SHA256_HEX_SIZE];
	struct stat open_st;
	struct stat st;
	char away[48];

	(void)snprintf(path, sizeof(path), "%.2s/%s", archive_sha256, archive_sha256);
	/* Another process may have put a good one there meanwhile. */
	if (dirfd >= 0 && (fstat(dirfd, &open_st) < 0 || fstatat(s->trees_fd, path, &st, 0) < 0 ||
			      open_st.st_ino != st.st_ino))
		return 0;
	s->stages++;
	(void)snprintf(away, sizeof(away), "%d-%" PRIu32 "-gone", (int)getpid(), s->stages);
	if (renameat(s->trees_fd, path, s->tmp_fd, away) < 0)
		return errno == ENOENT ? 0 : err_sys(err, ERR_IO, "store: %s", path);
	(void)store_remove_tree(s->tmp_fd, away);
	return 0;
}

int store_drop(struct store *store, const char *archive_sha256, struct err *err)
{
	int rc = store_check_key(archive_sha256, err);

	return rc < 0 ? rc : store_entry_drop(store, archive_sha256, -1, err);
}

static int write_list(
    struct store *s, struct store_put *put, const struct pkg_tree *tree, struct err *err)
{
	CLEANUP(buf_clear) struct buf text = buf_init(STORE_LIST_MAX);
	char path[sizeof(put->stage.id) + sizeof(STORE_LIST_NAME) + 1];
	AUTO_CLOSE int fd = -1;

	print_list(&text, put->archive_sha256, tree, put->tree_sha256);
	if (text.overflow)
		return err_set(err, ERR_LIMIT, "names of more than 16 MiB");
	if (put->want_tree_sha256 && strcmp(put->want_tree_sha256, put->tree_sha256) != 0)
		return err_code(err, ERR_PKG, REGISTRY_CODE(STORE_MISMATCH),
		    "expected the tree %s, got %s", put->want_tree_sha256, put->tree_sha256);
	(void)snprintf(path, sizeof(path), "%s/" STORE_LIST_NAME, put->stage.id);
	fd = openat(s->tmp_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (fd < 0)
		return err_sys(err, ERR_IO, "store: %s/tmp/%s", s->root, path);
	return file_write_all(fd, text.data, text.len, err);
}

/* Hash what was unpacked and write the lists; the entries are then complete but for the name. */
static void prepare(struct store *s, struct store_put *puts, uint32_t count)
{
	struct pkg_tree_job *jobs = base_calloc(count + 1, sizeof(*jobs));

	for (uint32_t i = 0; i < count; i++)
		jobs[i].dirfd = puts[i].stage.dirfd;
	pkg_tree_scan_all(jobs, count);
	for (uint32_t i = 0; i < count; i++) {
		struct store_put *put = &puts[i];

		put->rc = store_check_key(put->archive_sha256, &put->err);
		if (put->rc == 0 && jobs[i].rc < 0) {
			put->rc = jobs[i].rc;
			put->err = jobs[i].err;
		}
		if (put->rc == 0)
			put->rc = write_list(s, put, &jobs[i].tree, &put->err);
		if (jobs[i].rc == 0)
			pkg_tree_clear(&jobs[i].tree);
	}
	free(jobs);
}

static int move_in(struct store *s, struct store_put *put)
{
	char path[STORE_SHARD_SIZE + SHA256_HEX_SIZE];
	char shard[STORE_SHARD_SIZE];

	store_shard(shard, put->archive_sha256);
	(void)snprintf(path, sizeof(path), "%.2s/%s", put->archive_sha256, put->archive_sha256);
	if (mkdirat(s->trees_fd, shard, 0755) < 0 && errno != EEXIST)
		return err_sys(&put->err, ERR_IO, "store: %s/sha256/%s", s->root, shard);
	if (renameat2(s->tmp_fd, put->stage.id, s->trees_fd, path, RENAME_NOREPLACE) < 0) {
		/* Somebody was faster with the same bytes: their entry stays, ours goes. */
		if (errno == EEXIST)
			return 0;
		return err_sys(&put->err, ERR_IO, "store: %s/sha256/%s", s->root, path);
	}
	put->stage.id[0] = '\0';
	return 0;
}

static int first_failure(const struct store_put *puts, uint32_t count, struct err *err)
{
	for (uint32_t i = 0; i < count; i++) {
		if (puts[i].rc < 0) {
			if (err)
				*err = puts[i].err;
			return puts[i].rc;
		}
	}
	return 0;
}

int store_put(struct store *store, struct store_put *puts, uint32_t count, struct err *err)
{
	int rc = 0;

	prepare(store, puts, count);
	/* Contents and names in tmp/ are on the disk before a name in the store leads to them. */
	if (count > 0 && syncfs(store->tmp_fd) < 0)
		rc = err_sys(err, ERR_IO, "store: %s", store->root);
	for (uint32_t i = 0; i < count; i++) {
		if (rc == 0 && puts[i].rc == 0)
			puts[i].rc = move_in(store, &puts[i]);
		store_stage_drop(store, &puts[i].stage);
	}
	return rc < 0 ? rc : first_failure(puts, count, err);
}

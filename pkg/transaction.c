/* SPDX-License-Identifier: MIT */
/*
 * Who may look at and change a project: flock(2) on a file in .x07/tmp, because a lock of the
 * kernel goes with its process, whatever kills it. The holder writes its name into the file for the
 * message of those who wait. The journal is pkg/transaction_journal.c.
 */
#include "pkg/transaction.h"

#include "base/file.h"
#include "base/path.h"
#include "pkg/codes.h"
#include "pkg/transaction_journal_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS 5000000L
#define REOPEN_TRIES 100

struct pkg_txn {
	int root, tmp, lock; /* owned; tmp and lock are -1 for a reader that found none */
	enum pkg_txn_mode mode;
	struct txn_files files;
};

void pkg_txn_end(struct pkg_txn *txn)
{
	if (txn == NULL)
		return;
	pkg_txn_files_clear(&txn->files);
	base_close_fd(&txn->lock); /* the lock goes with it */
	base_close_fd(&txn->tmp);
	base_close_fd(&txn->root);
	base_free_ptr(&txn);
}

void pkg_txn_end_ptr(struct pkg_txn **txn)
{
	pkg_txn_end(*txn);
}

static int64_t now_ms(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* .x07/tmp, through links inside of the project only. @return -1 and ERR_NOT_FOUND when absent. */
static int open_tmp(int *out, int root, bool create, struct err *err)
{
	struct err inner = {0};
	int rc;

	if (create) {
		(void)mkdirat(root, ".x07", 0777);
		(void)mkdirat(root, PKG_TXN_TMP, 0777);
	}
	rc = path_open_beneath(out, root, PKG_TXN_TMP, O_RDONLY | O_DIRECTORY, 0, &inner);
	if (rc == ERR_NOT_FOUND && !create)
		return rc;
	if (rc < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "project folder: %s", inner.message);
	return 0;
}

/* What the holder wrote about itself, for people; one line of printable text. */
static void read_holder(char out[PKG_TXN_HOLDER_MAX], int fd)
{
	ssize_t n = pread(fd, out, PKG_TXN_HOLDER_MAX - 1, 0);

	out[n > 0 ? n : 0] = '\0';
	for (char *c = out; *c != '\0'; c++) {
		if (*c < 0x20 || *c == 0x7f)
			*c = '\0';
	}
	if (out[0] == '\0')
		(void)snprintf(out, PKG_TXN_HOLDER_MAX, "another process");
}

/* For the message only, so a failure is none. Readers share the file and leave it alone. */
static void write_holder(int fd, const char *command)
{
	char line[PKG_TXN_HOLDER_MAX];
	int len = snprintf(line, sizeof(line), "process %ld (%.128s)\n", (long)getpid(), command);

	if (len > 0 && pwrite(fd, line, (size_t)len, 0) == len)
		(void)!ftruncate(fd, len);
}

static int busy(int fd, const struct pkg_txn_options *o, struct err *err)
{
	char holder[PKG_TXN_HOLDER_MAX];

	read_holder(holder, fd);
	return err_code(err, ERR_PKG, PKG_CODE(PROJECT_BUSY),
	    "%s holds the project; waited %lld ms", holder, (long long)o->wait_ms);
}

static int take_lock(
    int fd, const struct pkg_txn_options *o, enum pkg_txn_mode mode, struct err *err)
{
	const struct timespec pause = {.tv_nsec = POLL_NS};
	int64_t end = now_ms() + o->wait_ms;
	bool told = false;

	while (flock(fd, (mode == PKG_TXN_WRITE ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_code(
			    err, ERR_PKG, PKG_CODE(IO), "lock of the project: %s", strerror(errno));
		if (o->wait_ms >= 0 && now_ms() >= end)
			return busy(fd, o, err);
		if (!told && o->waiting != NULL) {
			char holder[PKG_TXN_HOLDER_MAX];

			read_holder(holder, fd);
			o->waiting(o->ctx, holder);
		}
		told = true;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* The file may have been deleted (`rm -r .x07`) while we waited for it. */
static bool is_current(int tmp, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(tmp, TXN_LOCK, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* Somebody's archive may have a pipe there, which would be waited for. */
static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The folder is opened again each time, for the same reason. */
static int hold(
    struct pkg_txn *txn, const struct pkg_txn_options *o, enum pkg_txn_mode mode, struct err *err)
{
	const int flags = mode == PKG_TXN_WRITE ? O_RDWR | O_CREAT : O_RDONLY;

	for (int i = 0; i < REOPEN_TRIES; i++) {
		int rc;

		base_close_fd(&txn->lock);
		base_close_fd(&txn->tmp);
		txn->lock = txn->tmp = -1;
		rc = open_tmp(&txn->tmp, txn->root, mode == PKG_TXN_WRITE, err);
		if (rc < 0)
			return rc;
		txn->lock =
		    openat(txn->tmp, TXN_LOCK, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
		if (txn->lock < 0 && errno == ENOENT) {
			if (mode == PKG_TXN_READ)
				return ERR_NOT_FOUND;
			continue;
		}
		if (txn->lock < 0)
			return err_code(err, ERR_PKG, PKG_CODE(IO), "lock of the project %s: %s",
			    o->root, strerror(errno));
		if (!is_file(txn->lock))
			return err_code(err, ERR_PKG, PKG_CODE(IO),
			    "lock of the project %s/" PKG_TXN_TMP "/" TXN_LOCK " is no file",
			    o->root);
		rc = take_lock(txn->lock, o, mode, err);
		if (rc < 0)
			return rc;
		if (is_current(txn->tmp, txn->lock))
			return 0;
	}
	return err_code(
	    err, ERR_PKG, PKG_CODE(IO), "lock of the project %s keeps vanishing", o->root);
}

static bool has_journal(int tmp)
{
	return tmp >= 0 && faccessat(tmp, TXN_JOURNAL, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int begin_write(struct pkg_txn *txn, const struct pkg_txn_options *o, struct err *err)
{
	int rc = hold(txn, o, PKG_TXN_WRITE, err);

	if (rc < 0)
		return rc;
	write_holder(txn->lock, o->command);
	return pkg_txn_journal_recover(txn->root, txn->tmp, err);
}

/* A reader becomes a writer for as long as it takes to finish a journal. */
static int begin_read(struct pkg_txn *txn, const struct pkg_txn_options *o, struct err *err)
{
	for (;;) {
		int rc = hold(txn, o, PKG_TXN_READ, err);

		if (rc == ERR_NOT_FOUND)
			return 0;
		if (rc < 0 || !has_journal(txn->tmp))
			return rc;
		rc = begin_write(txn, o, err);
		if (rc < 0)
			return rc;
	}
}

int pkg_txn_begin(struct pkg_txn **out, const struct pkg_txn_options *options, struct err *err)
{
	CLEANUP(pkg_txn_end_ptr) struct pkg_txn *txn = base_calloc(1, sizeof(*txn));
	int rc;

	txn->tmp = txn->lock = -1;
	txn->mode = options->mode;
	txn->root = open(options->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (txn->root < 0)
		return err_code(err, ERR_PKG, PKG_CODE(IO), "project folder %s: %s", options->root,
		    strerror(errno));
	rc = options->mode == PKG_TXN_WRITE ? begin_write(txn, options, err)
					    : begin_read(txn, options, err);
	if (rc < 0)
		return rc;
	*out = TAKE(txn);
	return 0;
}

int pkg_txn_put(
    struct pkg_txn *txn, const char *path, const void *data, size_t len, struct err *err)
{
	struct txn_file *f = &txn->files.items[txn->files.count];

	if (!pkg_txn_path_is_below(path))
		return err_set(err, ERR_USAGE, "no path below the project: %s", path);
	if (txn->files.count == PKG_TXN_FILES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d files", PKG_TXN_FILES_MAX);
	*f = (struct txn_file){.path = base_strdup(path), .data = base_alloc(len + 1), .len = len};
	if (len > 0)
		memcpy(f->data, data, len);
	sha256_text(f->new_sha, f->data, len);
	txn->files.count++;
	return 0;
}

/* Drop what is the same already. */
static int compare(struct pkg_txn *txn, size_t *different, struct err *err)
{
	*different = 0;
	for (size_t i = 0; i < txn->files.count; i++) {
		struct txn_file *f = &txn->files.items[i];
		int rc = pkg_txn_digest(f->old_sha, txn->root, f->path, err);

		if (rc < 0)
			return rc;
		f->same = strcmp(f->old_sha, f->new_sha) == 0;
		*different += !f->same;
	}
	return 0;
}

int pkg_txn_commit(bool *changed, struct pkg_txn *txn, struct err *err)
{
	size_t different = 0;
	int rc = 0;

	if (txn->mode != PKG_TXN_WRITE)
		rc = err_set(err, ERR_INTERNAL, "a reader of a project wants to change it");
	if (rc == 0)
		rc = compare(txn, &different, err);
	if (rc == 0 && different > 0)
		rc = pkg_txn_journal_commit(txn->root, txn->tmp, &txn->files, err);
	pkg_txn_files_clear(&txn->files);
	if (rc == 0 && changed != NULL)
		*changed = different > 0;
	return rc;
}

bool pkg_txn_is_pending(const char *root)
{
	AUTO_FREE char *tmp = path_join(root, PKG_TXN_TMP "/" TXN_JOURNAL);

	return access(tmp, F_OK) == 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The input of a program as a descriptor: a regular file is passed on as it is, everything else is
 * copied into a sealed memory file with a maximum.
 * Source: docs/cmd/run.md.
 */
#include "cmd/run/input.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int too_large(struct err *err, const char *name)
{
	return err_set(err, ERR_LIMIT, "the input %s is larger than %llu bytes", name,
	    (unsigned long long)RUN_INPUT_MAX);
}

static int from_bytes(struct run_input *out, const struct buf *bytes, struct err *err)
{
	int rc = file_sealed_memfd(&out->fd, "x07-input", bytes->data, bytes->len, err);

	if (rc == 0)
		out->size = bytes->len;
	return rc;
}

/* Copy a pipe, terminal or device up to its end. */
static int from_stream(struct run_input *out, int fd, const char *name, struct err *err)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(RUN_INPUT_MAX);
	int rc = file_read_fd(&bytes, fd, name, err);

	if (rc == ERR_LIMIT)
		return too_large(err, name);
	return rc < 0 ? rc : from_bytes(out, &bytes, err);
}

static int from_file(struct run_input *out, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "input file is missing: %s%s", path,
		    strcmp(path, "-") == 0 ? " (standard input is --stdin)" : "");
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, ERR_IO, "cannot open the input file %s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_IO, "the input is a directory, not a file: %s", path);
	if (!S_ISREG(st.st_mode))
		return from_stream(out, fd, path, err);
	if ((uint64_t)st.st_size > RUN_INPUT_MAX)
		return too_large(err, path);
	out->size = (uint64_t)st.st_size;
	out->fd = take_fd(&fd);
	return 0;
}

static int from_base64(struct run_input *out, const char *text, struct err *err)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(RUN_INPUT_MAX);

	if (!buf_add_base64_decoded(&bytes, text, strlen(text)))
		return err_set(
		    err, ERR_USAGE, "--input-b64 is not base64 (A-Z a-z 0-9 + / with padding)");
	return from_bytes(out, &bytes, err);
}

/* argv_v1: u32 count, then u32 length and bytes for each argument. */
static int from_args(struct run_input *out, const struct run_input_options *o, struct err *err)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(RUN_INPUT_MAX);

	buf_put_u32le(&bytes, (uint32_t)o->arg_count);
	for (size_t i = 0; i < o->arg_count; i++) {
		size_t len = strlen(o->args[i]);

		buf_put_u32le(&bytes, (uint32_t)len);
		buf_add(&bytes, o->args[i], len);
	}
	if (bytes.overflow)
		return too_large(err, "behind '--'");
	return from_bytes(out, &bytes, err);
}

/* Standard input when it is a file or a pipe with something in it; a terminal is left alone. */
static int from_piped_stdin(struct run_input *out, struct err *err)
{
	static const struct buf nothing = {0};
	struct stat st;
	off_t at;

	if (fstat(STDIN_FILENO, &st) < 0 || S_ISDIR(st.st_mode) || isatty(STDIN_FILENO))
		return from_bytes(out, &nothing, err);
	at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	/* Opened anew, so that the program reads from its start; the file of another user may not
	 * be. */
	if (S_ISREG(st.st_mode) && at == 0 && access("/proc/self/fd/0", R_OK) == 0)
		return from_file(out, "/proc/self/fd/0", err);
	return from_stream(out, STDIN_FILENO, "standard input", err);
}

int run_input_open(struct run_input *out, const struct run_input_options *options,
    const struct run_target *target, bool is_runner, struct err *err)
{
	if (options->file != NULL)
		return from_file(out, options->file, err);
	if (options->use_stdin)
		return from_stream(out, STDIN_FILENO, "standard input", err);
	if (options->b64 != NULL)
		return from_base64(out, options->b64, err);
	if (options->has_args)
		return from_args(out, options, err);
	if (target->profile != NULL && target->profile->input != NULL) {
		AUTO_FREE char *path = path_join(target->root, target->profile->input);

		return from_file(out, path, err);
	}
	if (is_runner)
		return from_bytes(out, &(struct buf){0}, err);
	return from_piped_stdin(out, err);
}

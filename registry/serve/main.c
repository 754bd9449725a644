/* SPDX-License-Identifier: MIT */
/*
 * The program x07-serve: what `x07 registry serve` becomes once it has read its options. So no
 * other command carries a server. Arguments: registry/serve/wire.h.
 */
#include "base/file.h"
#include "base/utf8.h"
#include "registry/serve/serve.h"
#include "registry/serve/wire.h"
#include "registry/sign.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

/* Written by the signal handler alone. */
static volatile int stop_serving;

static void on_signal(int number)
{
	(void)number;
	stop_serving = 1;
}

static void print(int fd, const struct buf *line)
{
	struct err ignored = {0};

	/* Nobody reads: that is no reason to stop serving. */
	(void)!file_write_all(fd, line->data, line->len, &ignored);
}

static void on_ready(void *ctx, const char *address)
{
	CLEANUP(buf_clear) struct buf line = buf_init(LINE_MAX_BYTES);

	(void)ctx;
	buf_printf(&line, "%s/index/\n", address);
	print(STDOUT_FILENO, &line);
}

/* Whoever asks chooses the path, and the line reaches a terminal. */
static void add_clean(struct buf *out, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + strlen(text);

	while (at < end) {
		size_t len = utf8_sequence(at, end);

		if (len == 0 || utf8_is_control(at, len))
			buf_putc(out, '?');
		else
			buf_add(out, at, len);
		at += len > 0 ? len : 1;
	}
}

static void on_answer(void *ctx, const char *method, const char *path, int status)
{
	CLEANUP(buf_clear) struct buf line = buf_init(LINE_MAX_BYTES);

	(void)ctx;
	buf_printf(&line, "%d %s ", status, method);
	add_clean(&line, path);
	buf_putc(&line, '\n');
	print(STDERR_FILENO, &line);
}

/* The key is in no file that we read, and nobody else has it once it is read. */
static int read_seed(uint8_t seed[REGISTRY_ED25519_SEED], struct err *err)
{
	ssize_t n = pread(SERVE_SEED_FD, seed, REGISTRY_ED25519_SEED, 0);

	(void)close(SERVE_SEED_FD);
	if (n != REGISTRY_ED25519_SEED)
		return err_set(err, ERR_INTERNAL, "x07-serve was given no key");
	return 0;
}

static const char *text_or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static int serve(char **argv, struct err *err)
{
	struct sigaction action = {.sa_handler = on_signal};
	bool quiet = argv[SERVE_ARG_QUIET][0] != '\0';
	uint8_t seed[REGISTRY_ED25519_SEED];
	struct serve_options s = {.data = argv[SERVE_ARG_DATA],
	    .bind = text_or_null(argv[SERVE_ARG_BIND]),
	    .name = argv[SERVE_ARG_NAME],
	    .public_base = text_or_null(argv[SERVE_ARG_PUBLIC_BASE]),
	    .key_id = text_or_null(argv[SERVE_ARG_KEY_ID]),
	    .ready = on_ready,
	    .log = quiet ? NULL : on_answer,
	    .stop = &stop_serving};
	int rc = 0;

	if (s.key_id != NULL) {
		rc = read_seed(seed, err);
		s.seed = seed;
	}
	if (rc < 0)
		return rc;
	if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0)
		return err_sys(err, ERR_IO, "signals");
	rc = serve_run(&s, err);
	explicit_bzero(seed, sizeof(seed));
	return rc;
}

int main(int argc, char **argv)
{
	CLEANUP(buf_clear) struct buf line = buf_init(LINE_MAX_BYTES);
	struct err err = {0};

	if (argc != SERVE_ARG_COUNT)
		(void)err_set(&err, ERR_USAGE, "x07-serve is started by `x07 registry serve`");
	else if (serve(argv, &err) == 0)
		return 0;
	buf_puts(&line, "x07 registry serve: ");
	if (err.what != NULL)
		buf_printf(&line, "[%s] ", err.what->id);
	add_clean(&line, err.message);
	buf_putc(&line, '\n');
	print(STDERR_FILENO, &line);
	return err_exit_status(err.code);
}

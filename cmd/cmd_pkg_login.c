/* SPDX-License-Identifier: MIT */
/* `x07 pkg login`: remember a token; it is not tried. */
#include "base/file.h"
#include "cmd/codes.h"
#include "cmd/pkg_work.h"
#include "registry/client/token.h"
#include "registry/codes.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TOKEN_MAX 512

/* From a terminal it is not shown while it is typed. */
static int read_token(struct buf *out, bool prompt, struct err *err)
{
	struct termios old;
	bool quiet = prompt && tcgetattr(STDIN_FILENO, &old) == 0;
	char c;

	if (quiet) {
		struct termios now = old;

		now.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
		(void)!write(STDERR_FILENO, "token: ", 7);
	}
	while (!out->overflow && read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		buf_putc(out, c);
	if (quiet) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		(void)!write(STDERR_FILENO, "\n", 1);
	}
	if (out->overflow)
		return err_code(
		    err, ERR_PKG, CMD_CODE(LOGIN_TOKEN), "token longer than %d bytes", TOKEN_MAX);
	return 0;
}

/* Without the white space around it; only characters that a header may hold. */
static int clean_token(char out[TOKEN_MAX + 1], const char *text, struct err *err)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0 || len > TOKEN_MAX)
		return err_code(
		    err, ERR_PKG, CMD_CODE(LOGIN_TOKEN), "the token is empty or too long");
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] == 0x7f)
			return err_code(err, ERR_PKG, CMD_CODE(LOGIN_TOKEN),
			    "the token holds blanks or control characters");
	}
	memcpy(out, text, len);
	out[len] = '\0';
	return 0;
}

static int login(struct pkg_work *w, struct err *err)
{
	CLEANUP(buf_clear) struct buf typed = buf_init(TOKEN_MAX);
	AUTO_FREE char *path = NULL;
	char token[TOKEN_MAX + 1];
	struct jsonw *j = &w->report.w;
	int rc = 0;

	if (w->settings.kind == CLIENT_INDEX_FILE)
		return err_code(err, ERR_PKG, REGISTRY_CODE(LOGIN_FAILED),
		    "%s is a folder and takes no token; --index names a registry",
		    w->settings.index_url);
	if (w->o->token == NULL)
		rc = read_token(&typed, !w->o->token_stdin && isatty(STDIN_FILENO) == 1, err);
	if (rc == 0)
		rc = clean_token(token,
		    w->o->token != NULL  ? w->o->token
		    : typed.data != NULL ? typed.data
					 : "",
		    err);
	if (rc == 0)
		rc = client_token_save(&path, &w->settings, token, err);
	explicit_bzero(token, sizeof(token));
	if (rc < 0)
		return rc;
	pkg_report_open(&w->report);
	jsonw_kv_string(j, "index", w->settings.index_url);
	jsonw_kv_string(j, "credentials_path", path);
	pkg_report_close(&w->report);
	buf_printf(&w->report.text, "token for %s is in %s\n", w->settings.index_url, path);
	return 0;
}

int cmd_pkg_login(const struct cmd_call *call)
{
	CLEANUP(pkg_work_clear) struct pkg_work w = {0};
	struct err err = {0};
	int rc = pkg_work_open(&w, call, &err);

	if (rc == 0)
		rc = login(&w, &err);
	return pkg_work_finish(&w, rc, &err);
}

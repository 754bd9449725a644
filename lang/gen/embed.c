/* SPDX-License-Identifier: MIT */
/*
 * Build-time tool: prints a C header as a string constant without comments, blank lines and its
 * include guard, and the names of the functions it defines behind RT_INLINE. What libtcc does not
 * see it need not parse.
 *
 * usage: embed NAME FILE
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

/* Comments become one blank; no string in these headers holds a comment sign. */
static size_t strip_comments(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0';) {
		char *end = strncmp(from, "/*", 2) == 0 ? strstr(from, "*/") : NULL;

		if (end != NULL)
			from = end + 2;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return (size_t)(to - text);
}

static int is_wanted(const char *line)
{
	while (isspace((unsigned char)*line))
		line++;
	return *line != '\0';
}

static void print_line(const char *line)
{
	while (isspace((unsigned char)*line))
		line++;
	(void)printf("\n\t\"");
	for (; *line != '\0'; line++) {
		if (*line == '"' || *line == '\\')
			(void)putchar('\\');
		(void)putchar(*line == '\t' ? ' ' : *line);
	}
	(void)printf("\\n\"");
}

/* "RT_INLINE rt_u32 rt_bytes_len(" -> bytes_len */
static void print_inline_name(const char *line)
{
	const char *open = strchr(line, '(');
	const char *start = open;

	if (strncmp(line, "RT_INLINE ", 10) != 0 || open == NULL)
		return;
	while (start > line && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	if (strncmp(start, "rt_", 3) == 0)
		(void)printf("\n\t\"%.*s\",", (int)(open - start - 3), start + 3);
}

static char *next_line(char **at)
{
	char *line = *at;
	char *end = line ? strchr(line, '\n') : NULL;

	if (line == NULL || *line == '\0')
		return NULL;
	*at = end ? end + 1 : NULL;
	if (end != NULL)
		*end = '\0';
	return line;
}

int main(int argc, char **argv)
{
	char *text = calloc(1, TEXT_MAX);
	char *copy = calloc(1, TEXT_MAX);
	FILE *f = argc == 3 ? fopen(argv[2], "r") : NULL;
	char *at;

	if (text == NULL || copy == NULL || f == NULL ||
	    fread(text, 1, TEXT_MAX - 1, f) >= TEXT_MAX - 1) {
		(void)fprintf(stderr, "usage: embed NAME FILE\n");
		return 1;
	}
	(void)fclose(f);
	memcpy(copy, text, strip_comments(text) + 1);
	(void)printf("static const char %s_text[] =", argv[1]);
	at = text;
	for (char *line = next_line(&at); line != NULL; line = next_line(&at)) {
		if (is_wanted(line))
			print_line(line);
	}
	(void)printf(";\n\nstatic const char *const %s_names[] = {", argv[1]);
	at = copy;
	for (char *line = next_line(&at); line != NULL; line = next_line(&at))
		print_inline_name(line);
	(void)printf("\n\t0,\n};\n");
	free(text);
	free(copy);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The command line parser: walks the arguments once and stores what the table says. It prints
 * nothing; a fault is one struct err whose message says what to do on its second line.
 */
#include "cmd/options.h"

#include "base/near.h"

#include <string.h>

#define NEAR_NAMES_MAX 128

struct walk {
	const struct option_spec *spec;
	void *values;
	const struct option *group_owner[16]; /* first option seen of each group */
	uint64_t seen;                        /* bit for each row, for options given twice */
};

bool option_is_shown(const struct option *row, uint8_t in)
{
	return (row->in & in) != 0 && row->help != NULL;
}

bool option_parse_uint(uint64_t *out, const char *text)
{
	uint64_t v = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*text - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

static const struct option *find(const struct option_spec *spec, const char *arg, size_t len)
{
	for (size_t i = 0; i < spec->count; i++) {
		const struct option *row = &spec->rows[i];

		if ((row->in & spec->in) != 0 && strlen(row->name) == len &&
		    memcmp(row->name, arg, len) == 0)
			return row;
	}
	return NULL;
}

static int unknown(const struct option_spec *spec, const char *arg, size_t len, struct err *err)
{
	const char *names[NEAR_NAMES_MAX];
	char typed[NEAR_TEXT_MAX + 2] = {0};
	const char *near = NULL;
	size_t count = 0;

	for (size_t i = 0; i < spec->count && count < NEAR_NAMES_MAX; i++) {
		if (option_is_shown(&spec->rows[i], spec->in))
			names[count++] = spec->rows[i].name;
	}
	if (len <= NEAR_TEXT_MAX) {
		memcpy(typed, arg, len);
		near = near_find(typed, names, count);
	}
	if (near != NULL)
		return err_set(err, ERR_USAGE, "unknown option '%.*s'; did you mean '%s'?",
		    (int)len, arg, near);
	return err_set(err, ERR_USAGE, "unknown option '%.*s'", (int)len, arg);
}

static int claim_group(
    struct walk *w, uint8_t group, const struct option *row, const char *name, struct err *err)
{
	/* The group of a bare `--` is remembered as this row. */
	static const struct option trailing = {.name = "--"};
	const struct option *mine = row != NULL ? row : &trailing;
	const struct option **owner;

	if (group == 0)
		return 0;
	owner = &w->group_owner[group % ARRAY_LEN(w->group_owner)];
	if (*owner != NULL && *owner != mine)
		return err_set(
		    err, ERR_USAGE, "'%s' cannot be used together with '%s'", name, (*owner)->name);
	*owner = mine;
	return 0;
}

static void list_add(struct option_list *list, const char *text)
{
	list->items = base_realloc(list->items, (list->count + 1) * sizeof(*list->items));
	list->items[list->count++] = text;
}

static int store_uint(
    struct option_uint *out, const struct option *row, const char *value, struct err *err)
{
	if (!option_parse_uint(&out->value, value))
		return err_set(
		    err, ERR_USAGE, "option '%s' wants a whole number, not '%s'", row->name, value);
	out->set = true;
	return 0;
}

static int store(struct walk *w, const struct option *row, const char *value, struct err *err)
{
	char *at = (char *)w->values + row->offset;

	if (value != NULL && row->choices != NULL && !near_is_choice(row->choices, value))
		return err_set(err, ERR_USAGE, "option '%s' wants one of %s, not '%s'", row->name,
		    row->choices, value);
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)at = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)(void *)at = value;
		return 0;
	case OPTION_MODE:
		*(const char **)(void *)at = value != NULL ? value : "";
		return 0;
	case OPTION_UINT:
		return store_uint((struct option_uint *)(void *)at, row, value, err);
	case OPTION_LIST:
		list_add((struct option_list *)(void *)at, value);
		return 0;
	}
	return 0;
}

static int check_once(struct walk *w, const struct option *row, struct err *err)
{
	uint64_t bit = 1ull << ((size_t)(row - w->spec->rows) % 64);

	if (row->kind == OPTION_LIST)
		return 0;
	if ((w->seen & bit) != 0)
		return err_set(err, ERR_USAGE, "option '%s' is given twice", row->name);
	w->seen |= bit;
	return 0;
}

/* One argument that starts with a dash; @p args advances over a value of its own. */
static int take_option(struct walk *w, char ***args, struct err *err)
{
	const char *arg = **args;
	const char *equals = strchr(arg, '=');
	size_t len = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
	const struct option *row = find(w->spec, arg, len);
	const char *value = equals != NULL ? equals + 1 : NULL;
	int rc;

	if (row == NULL)
		return unknown(w->spec, arg, len, err);
	rc = check_once(w, row, err);
	if (rc == 0)
		rc = claim_group(w, row->group, row, row->name, err);
	if (rc < 0)
		return rc;
	if (row->kind == OPTION_FLAG && value != NULL)
		return err_set(err, ERR_USAGE, "option '%s' takes no value", row->name);
	if (row->kind != OPTION_FLAG && row->kind != OPTION_MODE && value == NULL) {
		value = (*args)[1];
		if (value == NULL)
			return err_set(err, ERR_USAGE, "option '%s' wants a value: %s %s",
			    row->name, row->name, row->value);
		*args += 1;
	}
	return store(w, row, value, err);
}

static int take_operand(
    struct parsed *out, const struct option_spec *spec, const char *arg, struct err *err)
{
	if (out->operand_count >= spec->operand_max)
		return err_set(err, ERR_USAGE, "unexpected argument '%s'%s", arg,
		    spec->trailing ? "; arguments of the program go behind '--'" : "");
	out->operands[out->operand_count++] = arg;
	return 0;
}

static int take_trailing(struct parsed *out, struct walk *w, char **rest, struct err *err)
{
	int rc = claim_group(w, w->spec->trailing_group, NULL, "--", err);

	if (rc < 0)
		return rc;
	out->has_trailing = true;
	out->trailing = rest;
	while (rest[out->trailing_count] != NULL)
		out->trailing_count++;
	return 0;
}

static int take_rest(struct parsed *out, struct walk *w, char **rest, struct err *err)
{
	int rc = 0;

	if (w->spec->trailing)
		return take_trailing(out, w, rest, err);
	for (; rc == 0 && *rest != NULL; rest++)
		rc = take_operand(out, w->spec, *rest, err);
	return rc;
}

int options_parse(
    struct parsed *out, void *values, const struct option_spec *spec, char **args, struct err *err)
{
	struct walk w = {.spec = spec, .values = values};
	struct parsed p = {0};
	int rc = 0;

	for (; rc == 0 && *args != NULL && !p.help; args++) {
		if (strcmp(*args, "--") == 0) {
			rc = take_rest(&p, &w, args + 1, err);
			break;
		}
		if (strcmp(*args, "-h") == 0 || strcmp(*args, "--help") == 0)
			p.help = true;
		else if ((*args)[0] == '-' && (*args)[1] != '\0')
			rc = take_option(&w, &args, err);
		else
			rc = take_operand(&p, spec, *args, err);
	}
	if (rc == 0)
		*out = p;
	return rc;
}

void options_clear(const struct option_spec *spec, void *values)
{
	for (size_t i = 0; values != NULL && i < spec->count; i++) {
		const struct option *row = &spec->rows[i];

		if (row->kind == OPTION_LIST) {
			struct option_list *list =
			    (struct option_list *)(void *)((char *)values + row->offset);

			base_free_ptr(&list->items);
			*list = (struct option_list){0};
		}
	}
}

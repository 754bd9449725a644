/* SPDX-License-Identifier: MIT */
/*
 * The table of all fields of the policy document. One row drives parsing, validation, printing,
 * the JSON Schema and the documentation: a new field is a new row and a new struct member.
 */
#ifndef POLICY_FIELDS_PRIV_H
#define POLICY_FIELDS_PRIV_H

#include "base/json.h"
#include "policy/policy.h"

enum policy_kind {
	POLICY_CONST,  /* string that must equal POLICY_SCHEMA; not stored */
	POLICY_STRING, /* const char * */
	POLICY_BOOL,   /* bool */
	POLICY_U32,    /* uint32_t */
	POLICY_U64,    /* uint64_t */
	POLICY_LIST,   /* struct policy_list of strings */
	POLICY_PORTS,  /* uint16_t * and its count */
	POLICY_HOSTS,  /* struct policy_host * and its count; item rows follow with `*` in the path
			*/
	POLICY_OBJECT  /* rows of the members follow; `offset` of a presence flag or POLICY_NO_FLAG
			*/
};

/* What a string, or every item of a list of strings, may hold beside its length. */
enum policy_text {
	POLICY_TEXT_FREE,        /* anything but NUL */
	POLICY_TEXT_ID,          /* ^[a-zA-Z0-9_.-]{1,64}$ */
	POLICY_TEXT_PLAIN,       /* no `;`: it separates items where lists become one text */
	POLICY_TEXT_HOST,        /* as plain, and no white space or control character */
	POLICY_TEXT_DESTINATION, /* as host, and what policy_host_fault takes */
	POLICY_TEXT_REGEX        /* as plain, and a well-formed regex-lite pattern */
};

#define POLICY_NO_FLAG SIZE_MAX

struct policy_field {
	const char *path; /* "limits/cpu_ms"; items of an array: "net/allow_hosts/[]/host" */
	const char *doc;  /* one phrase for the schema and the manual */
	enum policy_kind kind;
	enum policy_text text;
	bool required;
	uint32_t max_items;  /* lists */
	uint64_t min, max;   /* numbers: range; strings: characters */
	uint64_t def;        /* numbers and booleans, when absent */
	size_t offset;       /* in struct policy; in struct policy_host below an array */
	size_t count_offset; /* arrays other than lists */
};

/** All rows: parents before their members, siblings sorted by bytes. */
extern const struct policy_field policy_fields[];
extern const size_t policy_field_count;

/** Row 0 stands for the document itself. */
#define POLICY_ROOT_FIELD 0

/** Row of the first member of the object (or item of the array) @p row; 0 when it has none. */
size_t policy_field_first(size_t row);
/** Next sibling of @p row; 0 behind the last one. */
size_t policy_field_next(size_t row);
/** Member of the object @p row by name; 0 when there is none. */
size_t policy_field_member(size_t row, struct str name);
/** Row by path; 0 when there is none. */
size_t policy_field_find(const char *path);
/** Last component of the path. */
const char *policy_field_name(size_t row);

static inline bool policy_is_present(const struct policy *p, size_t row)
{
	return p->present[row / 64] >> (row % 64) & 1;
}

static inline void policy_set_present(struct policy *p, size_t row)
{
	p->present[row / 64] |= UINT64_C(1) << (row % 64);
}

#endif

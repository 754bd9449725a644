/* SPDX-License-Identifier: MIT */
/*
 * What strings of a policy may hold: each rule as code, with a message and a help, and beside it
 * as the pattern that the JSON Schema shows.
 */
#include "policy/text_priv.h"

#include "policy/host.h"
#include "policy/text.h"

#include <string.h>

/* White space that ECMA-262 calls \s and that is not ASCII, as UTF-8. */
static const char *const wide_spaces[] = {"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80",
    "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9",
    "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", "\xef\xbb\xbf"};

static bool has_byte(struct str s, char c)
{
	return s.len && memchr(s.ptr, c, s.len) != NULL;
}

static bool starts_wide_space(struct str s, size_t at)
{
	for (size_t i = 0; i < ARRAY_LEN(wide_spaces); i++) {
		size_t len = strlen(wide_spaces[i]);

		if (s.len - at >= len && memcmp(s.ptr + at, wide_spaces[i], len) == 0)
			return true;
	}
	return false;
}

static bool has_space_or_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= 0x20 || c == 0x7f || (c >= 0xc2 && starts_wide_space(s, i)))
			return true;
	}
	return false;
}

static bool is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-';
}

static bool all_id_chars(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_id_char(s.ptr[i]))
			return false;
	}
	return true;
}

/*
 * pattern = { token [ "*" ] } ; token = "\" any | any but "*" and "\" .
 * Source: docs/spec/run-and-policy.md 2.5.
 */
static const char *regex_fault(struct str s)
{
	bool have_token = false; /* something that a `*` could repeat */

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '*' && !have_token)
			return "has a `*` with nothing to repeat";
		have_token = s.ptr[i] != '*';
		if (s.ptr[i] == '\\' && ++i == s.len)
			return "ends in a single backslash";
	}
	return NULL;
}

static const char *plain_fault(struct str s, const char **help)
{
	if (!has_byte(s, ';'))
		return NULL;
	*help = "write each item as its own string; `;` is not allowed";
	return "contains `;`";
}

static const char *host_fault(struct str s, const char **help)
{
	const char *fault = plain_fault(s, help);

	if (fault || !has_space_or_control(s))
		return fault;
	*help = "a host name, an address, a CIDR or a range first-last, without spaces; "
		"ports go into `ports`";
	return "contains white space or a control character";
}

static const char *destination_fault(struct str s, const char **help)
{
	const char *fault = host_fault(s, help);

	return fault || !s.len ? fault : policy_host_fault(s.ptr, s.len, help);
}

static const char *regex_text_fault(struct str s, const char **help)
{
	const char *fault = plain_fault(s, help);

	if (fault)
		return fault;
	*help = "`.` is any byte, `*` repeats the token before it, `\\x` is x, the rest stands "
		"for itself";
	return regex_fault(s);
}

const char *policy_text_fault(enum policy_text text, struct str s, const char **help)
{
	if (has_byte(s, '\0')) {
		*help = "remove \\u0000";
		return "contains a NUL character";
	}
	switch (text) {
	case POLICY_TEXT_FREE:
		return NULL;
	case POLICY_TEXT_ID:
		*help = "1 to 64 of a-z A-Z 0-9 _ . -";
		return all_id_chars(s) ? NULL : "contains a character that an id may not have";
	case POLICY_TEXT_PLAIN:
		return plain_fault(s, help);
	case POLICY_TEXT_HOST:
		return host_fault(s, help);
	case POLICY_TEXT_DESTINATION:
		return destination_fault(s, help);
	case POLICY_TEXT_REGEX:
		return regex_text_fault(s, help);
	}
	return NULL;
}

const char *policy_text_pattern(enum policy_text text)
{
	switch (text) {
	case POLICY_TEXT_FREE:
		return "^[^\\u0000]*$";
	case POLICY_TEXT_ID:
		return "^[a-zA-Z0-9_.-]{1,64}$";
	case POLICY_TEXT_PLAIN:
		return "^[^;\\u0000]*$";
	case POLICY_TEXT_HOST:
		return "^[^;\\s\\u0000-\\u001f\\u007f]+$";
	case POLICY_TEXT_DESTINATION: /* the rest of the rule is no pattern: policy/host.c */
		return "^[A-Za-z0-9._:/\\[\\]-]+$";
	case POLICY_TEXT_REGEX:
		return "^(?:(?:[^;*\\\\\\u0000]|\\\\[^;\\u0000])\\*?)+$";
	}
	return NULL;
}

size_t policy_text_chars(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}

bool policy_id_is_valid(const char *id)
{
	const char *help = NULL;
	struct str s;

	if (!id || strnlen(id, 65) > 64)
		return false;
	s = str_c(id);
	return s.len && !policy_text_fault(POLICY_TEXT_ID, s, &help);
}

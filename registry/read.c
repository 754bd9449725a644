/* SPDX-License-Identifier: MIT */
/* Members of the small documents of a registry. What they must hold is said by their readers. */
#include "registry/read.h"

#include "base/base64.h"

#include <stdio.h>
#include <string.h>

const char *registry_read_string(struct arena *arena, const struct json *value)
{
	if (!value || value->kind != JSON_STRING)
		return NULL;
	if (value->text.len > 0 && memchr(value->text.ptr, '\0', value->text.len))
		return NULL;
	return arena_strndup(arena, value->text.ptr, value->text.len);
}

const char *registry_read_member(struct arena *arena, const struct json *object, const char *key)
{
	return registry_read_string(arena, json_get(object, key));
}

bool registry_read_is_sha256(const char *text)
{
	return text && strlen(text) == SHA256_HEX_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == SHA256_HEX_SIZE - 1;
}

bool registry_read_base64(void *out, size_t size, const char *text)
{
	CLEANUP(buf_clear) struct buf bytes = buf_init(size);

	if (!text || !buf_add_base64_decoded(&bytes, text, strlen(text)) || bytes.len != size)
		return false;
	memcpy(out, bytes.data, size);
	return true;
}

bool registry_read_is_key_id(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len > REGISTRY_KEY_ID_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\')
			return false;
	}
	return true;
}

const char *registry_read_signature(
    struct registry_signature *out, struct arena *arena, const struct json *value)
{
	if (value->kind != JSON_OBJECT)
		return "`signature` must be an object";
	out->kind = registry_read_member(arena, value, "kind");
	out->key_id = registry_read_member(arena, value, "key_id");
	if (!out->kind || out->kind[0] == '\0')
		return "`signature.kind` is missing";
	if (strcmp(out->kind, "ed25519") != 0) {
		/* Of another kind: a later reader decides whether that matters. */
		if (!registry_read_is_key_id(out->key_id))
			out->key_id = "?";
		return NULL;
	}
	if (!registry_read_is_key_id(out->key_id))
		return "`signature.key_id` is not a key id";
	out->well_formed = registry_read_base64(
	    out->sig, sizeof(out->sig), registry_read_member(arena, value, "ed25519_sig"));
	return NULL;
}

const char *registry_read_key(
    struct registry_key *out, struct arena *arena, const struct json *value)
{
	const char *id = registry_read_member(arena, value, "id");
	const char *pub = registry_read_member(arena, value, "ed25519_pub");

	if (!registry_read_is_key_id(id))
		return "a signing key has no usable `id`";
	if (!registry_read_base64(out->pub, sizeof(out->pub), pub))
		return "`ed25519_pub` of a signing key is not 32 bytes of base64";
	memcpy(out->id, id, strlen(id) + 1);
	return NULL;
}

const char *registry_read_rotation(
    struct registry_rotation *out, struct arena *arena, const struct json *value)
{
	const struct json *by = json_get(value, "signature");
	const char *wrong = registry_read_key(&out->key, arena, value);

	if (wrong)
		return wrong;
	if (!by || registry_read_signature(&out->by, arena, by) || !out->by.well_formed)
		return "a rotation has no usable `signature`";
	return NULL;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days before the first of a month, then the leap day; Gregorian calendar from 1970. */
static int64_t days_of(int64_t year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t last = year - 1;
	int64_t leaps = last / 4 - last / 100 + last / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);

	return (year - 1970) * 365 + leaps + before[month - 1] + (month > 2 && is_leap(year)) +
	       day - 1;
}

static int month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Grammar: 4DIGIT "-" 2DIGIT "-" 2DIGIT "T" 2DIGIT ":" 2DIGIT ":" 2DIGIT "Z" */
bool registry_read_time(int64_t *out, const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	int field[6] = {0};
	int at = 0;

	if (!text || strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] != 'd') {
			if (text[i] != shape[i])
				return false;
			at++;
		} else if (text[i] < '0' || text[i] > '9') {
			return false;
		} else {
			field[at] = field[at] * 10 + (text[i] - '0');
		}
	}
	if (field[0] < 1970 || field[1] < 1 || field[1] > 12 || field[2] < 1 ||
	    field[2] > month_days(field[0], field[1]))
		return false;
	if (field[3] > 23 || field[4] > 59 || field[5] > 59)
		return false;
	*out = days_of(field[0], field[1], field[2]) * 86400 + field[3] * INT64_C(3600) +
	       field[4] * INT64_C(60) + field[5];
	return true;
}

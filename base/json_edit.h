/* SPDX-License-Identifier: MIT */
/*
 * Edits of a JSON text that leave everything else as it is: order of keys, indentation, white
 * space, members that nobody knows. The document is opened, the bytes of a value are put together
 * with its layout, and a copy of the text is written with them in place. One edit changes one
 * place; the next one opens the new text.
 */
#ifndef BASE_JSON_EDIT_H
#define BASE_JSON_EDIT_H

#include "base/json.h"

#define JSON_INDENT_MAX 64

/** How a document is written, as its root shows it. Plain value. */
struct json_style {
	bool lines;                 /* members stand on lines of their own */
	char unit[JSON_INDENT_MAX]; /* one step of indentation */
	char colon[16];             /* between a key and its value */
	char comma[8];              /* between neighbours on one line */
	const char *newline;        /* static */
};

/** An open document. json_edit_clear. */
struct json_edit {
	struct arena arena;
	struct str text; /* borrowed */
	const struct json *root;
	struct json_style style;
};

/**
 * Open a document.
 *
 * @param text     borrowed, as long as @p out is used.
 * @param options  of json_parse; NULL for the defaults.
 * @return 0; ERR_FORMAT when it is no JSON object.
 */
MUST_CHECK int json_edit_open(
    struct json_edit *out, struct str text, const struct json_options *options, struct err *err);
/** Free the texts of the edit. */
void json_edit_clear(struct json_edit *e);

/** The white space at the start of the line of a byte; longer ones are cut. */
void json_edit_indent(char out[JSON_INDENT_MAX], const struct json_edit *e, uint32_t at);
/** One step of indentation more. */
void json_edit_indent_more(
    char out[JSON_INDENT_MAX], const struct json_edit *e, const char *indent);
/** True when the text of a value has more than one line. */
bool json_edit_has_lines(const struct json_edit *e, const struct json *v);

/* ---- arrays: put together from items that stay and new ones ---- */

/** One item of an array that is put together. */
struct json_piece {
	int32_t old; /* index in the old array, -1 = new */
	const char *text;
	size_t len;
};

/** The items of an array in their new order. json_pieces_clear. */
struct json_pieces {
	struct arena arena;       /* owns the texts of new items */
	struct json_piece *items; /* owned */
	size_t count, cap;
	bool overflow; /* a text was cut: so is the array, and the text that it is put into */
};

/** Free the list. */
void json_pieces_clear(struct json_pieces *p);
/** An item of the old array, with its bytes. @param e  borrowed, as long as @p p is used. */
void json_pieces_keep(struct json_pieces *p, const struct json_edit *e, const struct json *item);
/** An item of the old array with other bytes, copied. */
void json_pieces_change(struct json_pieces *p, const struct json *item, const struct buf *text);
/** A new item; its bytes are copied. What has overflowed makes the new text overflow. */
void json_pieces_add(struct json_pieces *p, const struct buf *text);
/** A new item that is a string. */
void json_pieces_add_string(struct json_pieces *p, const char *text);

/**
 * An array: an item that stays keeps its bytes and the gap before it, a new one gets the gap that
 * its neighbours have.
 *
 * @param old     NULL, or empty: laid out like the document.
 * @param indent  of the line on which the array starts; for a new one.
 * @param lines   a new one has each item on a line of its own.
 */
void json_edit_put_array(struct buf *out, const struct json_edit *e, const struct json *old,
    const char *indent, bool lines, const struct json_pieces *pieces);

/* ---- objects: new ones ---- */

/** A new object that is being written. Plain value; nothing to free. */
struct json_object {
	struct buf *out;
	struct str open, colon, comma, close;
	char texts[3][2 * JSON_INDENT_MAX]; /* of open, comma and close, where they are made */
	bool first;
};

/**
 * Start an object that is laid out like the document.
 *
 * @param o       must stay where it is until the object has ended.
 * @param indent  of the line on which it starts.
 * @param lines   each member stands on a line of its own.
 */
void json_object_start(struct json_object *o, struct buf *out, const struct json_edit *e,
    const char *indent, bool lines);
/** As json_object_start, laid out like another object, which has members. */
void json_object_start_like(struct json_object *o, struct buf *out, const struct json_edit *e,
    const struct json *neighbour);
/** The key of the next member; its value is appended behind it by the caller. */
void json_object_key(struct json_object *o, const char *key);
/** Close the object, laid out as it was started. */
void json_object_end(struct json_object *o);

/* ---- the new text ---- */

/** The whole text with the bytes of a value replaced. */
void json_edit_replace(
    struct buf *out, const struct json_edit *e, const struct json *old, const struct buf *value);
/** The place of a new member: by name where the members are sorted, else behind all. */
uint32_t json_edit_place(const struct json *object, const char *key);
/**
 * The whole text with a new member.
 *
 * @param at  how many members stand before it.
 */
void json_edit_insert(struct buf *out, const struct json_edit *e, const struct json *object,
    uint32_t at, const char *key, const struct buf *value);

#endif

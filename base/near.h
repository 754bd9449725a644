/* SPDX-License-Identifier: MIT */
/* What somebody may have meant who misspelt a word, and whether a word is one of a few. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stdbool.h>
#include <stddef.h>

/* Longer texts are near nothing. */
#define NEAR_TEXT_MAX 40

/**
 * The name that is the fewest edits away from a text, when it is near enough to be meant.
 *
 * An edit puts in, takes out or changes one byte. Two of them still count, three when the text has
 * more than six bytes; of a text of up to three bytes the first one must be right, or be the only
 * edit.
 * @param text   borrowed.
 * @param names  borrowed; @p count of them. The first of several that are equally near is taken.
 * @return borrowed from @p names; NULL when none is near.
 */
const char *near_find(const char *text, const char *const *names, size_t count);

/**
 * Whether a text is one of the words of a list.
 *
 * @param choices  borrowed: "a|b|c".
 * @param text     borrowed; "" is no word.
 */
bool near_is_choice(const char *choices, const char *text);

#endif

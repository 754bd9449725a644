/* SPDX-License-Identifier: MIT */
/* What all answers of policy/decide*.c are made with. */
#ifndef POLICY_ANSWER_PRIV_H
#define POLICY_ANSWER_PRIV_H

#include "policy/decide.h"

/**
 * Fill in an answer.
 * @param reason  one phrase. Static storage.
 * @param rule    printf format of the pointer of the line that decides; "%s", "" for none.
 */
void policy_answer(struct policy_decision *d, bool allowed, const char *reason, const char *rule,
    ...) PRINTF_LIKE(4, 5);
/** Position of a text in a list; its count when it is not there. */
uint32_t policy_list_index(const struct policy_list *list, const char *text);

#endif

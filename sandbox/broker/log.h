/* SPDX-License-Identifier: MIT */
/* The log that x07 reads when the run is over. Equal operations share an entry and are counted. */
#ifndef SANDBOX_BROKER_LOG_H
#define SANDBOX_BROKER_LOG_H

#include "sandbox/broker/types.h"

/**
 * Count an operation.
 * @param entry  borrowed; its counts and times are not looked at.
 * @return the entry that counts it, in the log; NULL when the log is full.
 */
struct broker_entry *broker_log_add(struct broker_server *s, const struct broker_entry *entry);

/** Add the time since @p started_ns to an entry. @param entry  may be NULL. */
void broker_log_time(struct broker_entry *entry, int64_t started_ns);

/**
 * Count an operation that has ended, with its time.
 * @param address  that was reached; "" = none.
 * @param code     that the program is given.
 * @param note     what failed, in words; may be "".
 */
void broker_log_end(struct broker_server *s, const struct broker_destination *to,
    const char *address, uint32_t code, int64_t started_ns, const char *note);

/**
 * Count an operation that was refused.
 * @param verdict  enum broker_verdict.
 * @param policy   enum policy_verdict, when the policy refused it.
 * @param address  that the name led to; "" = it was not looked up.
 */
void broker_log_refusal(struct broker_server *s, const struct broker_destination *to,
    uint8_t verdict, uint8_t policy, const char *address);

#endif

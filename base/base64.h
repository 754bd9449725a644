/* SPDX-License-Identifier: MIT */
/* Base64 of RFC 4648 into buffers. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/** Standard base64 with padding of @p len bytes, appended. */
void buf_put_base64(struct buf *b, const void *data, size_t len);

/**
 * Decode standard base64 (padding required, surrounding white space ignored) and append.
 * @return false when @p text is anything else, or over the maximum (then `overflow` is set too);
 *         the contents are then unchanged. Bits that no byte takes must be zero.
 * Source: RFC 4648, sections 3.5 and 4.
 */
bool buf_add_base64_decoded(struct buf *b, const char *text, size_t len);

#endif

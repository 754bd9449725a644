/* SPDX-License-Identifier: MIT */
/* SHA-256: the example vectors of NIST (FIPS 180-4 examples), and how fields are kept apart. */
#include "base/hash.h"
#include "tests/support/support.h"

#include <string.h>

struct vector {
	const char *text, *hex;
};

static const struct vector vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmno"
     "pqrsmnopqrstnopqrstu",
	"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

START_TEST(text_digests_the_vectors)
{
	char hex[SHA256_HEX_SIZE];

	sha256_text(hex, vectors[_i].text, strlen(vectors[_i].text));
	ck_assert_str_eq(hex, vectors[_i].hex);
}
END_TEST

START_TEST(add_in_pieces_digests_a_million_times_a)
{
	struct sha256 h;
	uint8_t digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE];
	char piece[1000];

	memset(piece, 'a', sizeof(piece));
	sha256_init(&h);
	for (int i = 0; i < 1000; i++) {
		sha256_add(&h, piece, (size_t)i);
		sha256_add(&h, piece, sizeof(piece) - (size_t)i);
	}
	sha256_end(&h, digest);
	sha256_hex(hex, digest);
	ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(fields_cannot_run_together)
{
	static const char framed[] = "\2\0\0\0\0\0\0\0ab\1\0\0\0\0\0\0\0c";
	struct sha256 h;
	uint8_t digest[SHA256_BYTES];
	char one[SHA256_HEX_SIZE];
	char other[SHA256_HEX_SIZE];

	sha256_init(&h);
	sha256_add_field(&h, "ab", 2);
	sha256_add_field(&h, "c", 1);
	sha256_end(&h, digest);
	sha256_hex(one, digest);
	sha256_text(other, framed, sizeof(framed) - 1);
	ck_assert_str_eq(one, other);
	sha256_init(&h);
	sha256_add_field(&h, "a", 1);
	sha256_add_field(&h, "bc", 2);
	sha256_end(&h, digest);
	sha256_hex(other, digest);
	ck_assert_str_ne(one, other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = tcase_create("hash");

	tcase_add_loop_test(tc, text_digests_the_vectors, 0, ARRAY_LEN(vectors));
	tcase_add_test(tc, add_in_pieces_digests_a_million_times_a);
	tcase_add_test(tc, fields_cannot_run_together);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

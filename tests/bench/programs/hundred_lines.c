/* SPDX-License-Identifier: MIT */
/*
 * The yardstick of the cold run: an ordinary C file of a hundred lines (word frequencies of a
 * file), compiled with gcc -O2.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *word;
	unsigned count;
	struct entry *next;
};

#define BUCKETS 4096

static struct entry *table[BUCKETS];

static unsigned hash(const char *s)
{
	unsigned h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h % BUCKETS;
}

static struct entry *lookup(const char *word)
{
	unsigned h = hash(word);

	for (struct entry *e = table[h]; e; e = e->next) {
		if (strcmp(e->word, word) == 0)
			return e;
	}
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		exit(1);
	e->word = strdup(word);
	if (!e->word)
		exit(1);
	e->next = table[h];
	table[h] = e;
	return e;
}

static int next_word(FILE *in, char *out, size_t size)
{
	size_t len = 0;
	int c;

	while ((c = getc(in)) != EOF) {
		if (isalpha(c)) {
			if (len + 1 < size)
				out[len++] = (char)tolower(c);
		} else if (len > 0) {
			break;
		}
	}
	out[len] = 0;
	return len > 0;
}

static int by_count(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->word, y->word);
}

int main(void)
{
	char word[256];
	size_t distinct = 0, at = 0;

	while (next_word(stdin, word, sizeof(word))) {
		struct entry *e = lookup(word);

		if (e->count++ == 0)
			distinct++;
	}
	struct entry **all = calloc(distinct + 1, sizeof(*all));

	if (!all)
		return 1;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *e = table[i]; e; e = e->next)
			all[at++] = e;
	}
	qsort(all, distinct, sizeof(struct entry *), by_count);
	for (size_t i = 0; i < distinct && i < 10; i++)
		printf("%u %s\n", all[i]->count, all[i]->word);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A name server for tests: dnsd ADDRESS ZONE-FILE [TIME-TO-LIVE]. The zone is read anew for each
 * question; a line is `NAME ADDRESS...`. All addresses of the asked family are the answer, living
 * for 0 seconds unless told otherwise; `NAME / ADDRESS...` gives them one at a time, in turns. Ends
 * after two minutes.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIFE_S 120
#define MESSAGE_MAX 512
#define HEADER 12
#define TYPE_A 1
#define TYPE_AAAA 28

struct message {
	unsigned char bytes[MESSAGE_MAX];
	size_t len;
	unsigned seconds; /* that answers live */
};

static void put16(unsigned char *p, unsigned x)
{
	p[0] = (unsigned char)(x >> 8);
	p[1] = (unsigned char)x;
}

/* The name of the question in dots. @return length of the question, 0 when it is none. */
static size_t read_question(char name[256], unsigned *type, const struct message *q)
{
	size_t at = HEADER, n = 0;

	while (at < q->len && q->bytes[at] != 0) {
		size_t len = q->bytes[at++];

		if (len > 63 || at + len > q->len || n + len + 2 > 256)
			return 0;
		if (n > 0)
			name[n++] = '.';
		memcpy(name + n, q->bytes + at, len);
		n += len;
		at += len;
	}
	name[n] = '\0';
	if (at + 5 > q->len)
		return 0;
	*type = (unsigned)q->bytes[at + 1] << 8 | q->bytes[at + 2];
	return at + 5 - HEADER;
}

/* Name by pointer, type, class, time to live, address. */
static void add_answer(struct message *m, unsigned type, const void *address, size_t len)
{
	unsigned char *p = m->bytes + m->len;

	if (m->len + 12 + len > MESSAGE_MAX)
		return;
	put16(p, 0xc000 | HEADER);
	put16(p + 2, type);
	put16(p + 4, 1);
	put16(p + 6, 0);
	put16(p + 8, m->seconds);
	put16(p + 10, (unsigned)len);
	memcpy(p + 12, address, len);
	m->len += 12 + len;
	m->bytes[7]++;
}

static void add_text(struct message *m, unsigned type, const char *text)
{
	unsigned char address[16];
	int family = type == TYPE_A ? AF_INET : AF_INET6;

	if ((type == TYPE_A || type == TYPE_AAAA) && inet_pton(family, text, address) == 1)
		add_answer(m, type, address, type == TYPE_A ? 4 : 16);
}

static bool of_family(unsigned type, const char *text)
{
	return type == (strchr(text, ':') != NULL ? TYPE_AAAA : TYPE_A);
}

/* Words behind the name. */
static void answer_line(struct message *m, unsigned type, char *rest, unsigned turn)
{
	const char *words[32];
	unsigned count = 0;
	bool in_turns = false;
	char *save = NULL;

	for (char *w = strtok_r(rest, " \t\n", &save); w; w = strtok_r(NULL, " \t\n", &save)) {
		if (strcmp(w, "/") == 0)
			in_turns = true;
		else if (of_family(type, w) && count < 32)
			words[count++] = w;
	}
	for (unsigned i = 0; i < count; i++) {
		if (!in_turns || i == turn % count)
			add_text(m, type, words[i]);
	}
}

static void answer(struct message *m, const char *zone, const char *name, unsigned type)
{
	static unsigned turns[2];
	char line[1024];
	bool known = false;
	FILE *f = fopen(zone, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		size_t len = strcspn(line, " \t\n");

		if (len != strlen(name) || strncasecmp(line, name, len) != 0)
			continue;
		known = true;
		answer_line(m, type, line + len, turns[type == TYPE_A]);
		turns[type == TYPE_A] += strchr(line, '/') != NULL;
	}
	if (f != NULL)
		(void)fclose(f);
	m->bytes[3] = (unsigned char)(0x80 | (known ? 0 : 3)); /* no such name */
}

static void serve(int fd, const char *zone, unsigned seconds)
{
	struct message q, m;
	struct sockaddr_storage from;
	socklen_t from_len = sizeof(from);
	char name[256];
	unsigned type = 0;
	ssize_t n = recvfrom(fd, q.bytes, sizeof(q.bytes), 0, (struct sockaddr *)&from, &from_len);
	size_t question;

	if (n < HEADER)
		return;
	q.len = (size_t)n;
	question = read_question(name, &type, &q);
	if (question == 0)
		return;
	memset(&m, 0, sizeof(m));
	memcpy(m.bytes, q.bytes, HEADER + question);
	m.len = HEADER + question;
	m.seconds = seconds;
	put16(m.bytes + 2, 0x8580);
	put16(m.bytes + 4, 1);
	memset(m.bytes + 6, 0, 6);
	answer(&m, zone, name, type);
	(void)sendto(fd, m.bytes, m.len, 0, (struct sockaddr *)&from, from_len);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(53)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (argc < 3 || argc > 4 || inet_pton(AF_INET, argv[1], &at.sin_addr) != 1) {
		(void)fprintf(stderr, "usage: dnsd ADDRESS ZONE-FILE [TIME-TO-LIVE]\n");
		return 2;
	}
	(void)prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0);
	(void)alarm(LIFE_S);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror("dnsd");
		return 1;
	}
	for (;;)
		serve(fd, argv[2], argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) & 0xffff : 0);
}

/* SPDX-License-Identifier: MIT */
/*
 * The hostile program of net_guest.c: in the real sandbox, with a real broker. Nothing that it does
 * reaches an address that the policy does not list, and what it did is in the log.
 */
#include "tests/net/talk.h"
#include "tests/sandbox/box.h"
#include "tests/support/support.h"

#include "lang/rt/config.h"

#include <string.h>

static const char *const allowed[] = {"93.184.216.34:7", "good.test:7", "127.0.0.1:8080", NULL};

static void run(struct box *b, struct broker_log **log, const char *what)
{
	struct sandbox_fd fd = {.to = RT_FD_NET};
	struct talk t;

	talk_start(&t, allowed);
	box_init(b, what, NULL);
	fd.from = t.broker.guest;
	b->plan.fds = &fd;
	b->plan.fd_count = 1;
	b->plan.broker_io = true;
	box_ok(b);
	*log = talk_finish(&t);
	ck_assert_int_eq(b->result.exit_status, 0);
}

/* Every attempt of net_guest.c is one that must fail. */
static void nothing_worked(const struct box *b)
{
	for (const char *line = b->result.out.data; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (len > 3 && strncmp(line + len - 3, "=ok", 3) == 0)
			ck_abort_msg("worked: %.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

START_TEST(descriptors_lead_where_the_broker_pointed_them)
{
	static const char *const lines[] = {"tcp-code=0", "listen-code=0", "udp-code=0",
	    "udp-fd=-1", "denied-code=1", "raw-inet=EPERM", "raw-inet6=EPERM", "raw-packet=EPERM",
	    "raw-unix=EPERM", "raw-netlink=EPERM", "io_uring=EPERM", "tcp-peer=93.184.216.34",
	    "tcp-named-echo=x", "tcp-connect=EPERM", "tcp-unspec=EPERM", "tcp-fastopen=EPERM",
	    "tcp-fastopen-msg=EPERM", "closed-connect=EPERM", "closed-fastopen=EPERM",
	    "listener-connect=EPERM", "unlistening-connect=EPERM", "unlistening-fastopen=EPERM"};
	CLEANUP(box_clear) struct box b;
	AUTO_FREE struct broker_log *log = NULL;

	run(&b, &log, "descriptors");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		box_has(&b, lines[i]);
	nothing_worked(&b);
	ck_assert_str_eq(talk_entry(log, BROKER_OP_TCP, BROKER_DENIED_POLICY)->host, "10.1.2.3");
	ck_assert_str_eq(talk_entry(log, BROKER_OP_TCP, BROKER_ALLOWED)->address, "93.184.216.34");
}
END_TEST

START_TEST(forgery_from_inside_costs_the_network_and_is_reported)
{
	static const struct {
		const char *what, *note;
	} ways[] = {
	    {"forge", "an unknown kind of frame"}, {"attach", "a descriptor was sent along"}};
	CLEANUP(box_clear) struct box b;
	AUTO_FREE struct broker_log *log = NULL;

	run(&b, &log, ways[_i].what);
	box_has(&b, "after-code=-1");
	if (_i == 0)
		box_has(&b, "before-code=0");
	ck_assert_str_eq(talk_entry(log, BROKER_OP_CHANNEL, BROKER_VIOLATION)->note, ways[_i].note);
}
END_TEST

START_TEST(flood_from_inside_ends_with_the_run)
{
	CLEANUP(box_clear) struct box b;
	AUTO_FREE struct broker_log *log = NULL;

	run(&b, &log, "flood");
	box_has(&b, "flood=sent");
	ck_assert_uint_eq(log->used, 0);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("net/guest");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, descriptors_lead_where_the_broker_pointed_them);
	tcase_add_loop_test(t, forgery_from_inside_costs_the_network_and_is_reported, 0, 2);
	tcase_add_test(t, flood_from_inside_ends_with_the_run);
	suite_add_tcase(s, t);
	return box_main(argc, argv, s);
}

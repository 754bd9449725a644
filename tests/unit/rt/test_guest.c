/* SPDX-License-Identifier: MIT */
/*
 * The real guest with units made by the C compiler: from descriptors as the supervisor gives them,
 * and as a standalone program.
 */
#include "lang/rt/config.h"
#include "tests/unit/rt/rt_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUT_MAX (1u << 20)

/* A finished run. */
struct run {
	int status;
	rt_u8 *out;
	size_t out_len;
	char err[8192];
};

static const char just_symbols[] = "-Wl,--just-symbols=" RT_TEST_GUEST;
static const char unit_head[] =
    "#include \"lang/rt/abi.h\"\n#include \"lang/rt/inline.h\"\n"
    "rt_bytes rt_bytes_clone(rt_view v); rt_vec rt_vec_u8_with_capacity(rt_u32 n);\n"
    "rt_bytes rt_vec_u8_into_bytes(rt_vec v); rt_bytes rt_bytes_alloc(rt_u32 n);\n"
    "rt_u32 rt_process_set_exit_code_v1(rt_u32 c); rt_bytes rt_fmt_u32_to_dec(rt_u32 x);\n"
    "rt_bytes rt_os_fs_read_file(rt_bytes path);\n";

static void run_compiler(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s failed", argv[0]);
}

/* Compile a unit to a file that is the image itself; returns its descriptor. */
static int build_unit(const char *body, uint32_t *size)
{
	char *source = test_path("unit.c");
	char *linked = test_path("unit.elf");
	char *image = test_path("unit.bin");
	FILE *f = fopen(source, "w");
	struct stat st;
	char *script = test_path("unit.ld");
	const char *cc[] = {RT_TEST_CC, "-O2", "-ffreestanding", "-fno-pic", "-fno-pie", "-no-pie",
	    "-fno-stack-protector", "-fcf-protection=none", "-mcmodel=small", "-nostdlib",
	    "-static", "-I", RT_TEST_INCLUDE, just_symbols, "-Wl,-e,x07_solve",
	    "-Wl,--build-id=none", "-T", script, "-o", linked, source, NULL};
	const char *objcopy[] = {"objcopy", "-O", "binary", linked, image, NULL};
	int fd;

	ck_assert_ptr_nonnull(f);
	/* the entry stands first: the image's own address is the program */
	(void)fprintf(f, "%s__attribute__((section(\".unit\"))) rt_bytes x07_solve(void);\n%s\n",
	    unit_head, body);
	ck_assert_int_eq(fclose(f), 0);
	f = fopen(script, "w");
	ck_assert_ptr_nonnull(f);
	(void)fprintf(f, "SECTIONS { . = 0x20000000; .text : { *(.unit) *(.text*) *(.rodata*) }\n"
			 "/DISCARD/ : { *(.eh_frame) *(.comment) *(.note*) } }\n");
	ck_assert_int_eq(fclose(f), 0);
	run_compiler(cc);
	run_compiler(objcopy);
	fd = open(image, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	*size = (uint32_t)st.st_size;
	free(script);
	free(source);
	free(linked);
	free(image);
	return fd;
}

static int fd_with(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Descriptors for the child; -1 = closed. */
struct fds {
	int config, image, input;
};

static void child(const char *program, const struct fds *fds, int in, int out, int err)
{
	int high[6] = {in, out, err, fds->config, fds->image, fds->input};

	for (int i = 0; i < 6; i++)
		high[i] = high[i] < 0 ? -1 : fcntl(high[i], F_DUPFD, 100);
	for (int i = 0; i < 6; i++) {
		if (high[i] >= 0)
			dup2(high[i], i);
		else
			close(i);
	}
	close(RT_FD_EFFECTS);
	execl(program, "x07-guest", (char *)NULL);
	_exit(127);
}

static void start_run(struct run *r, const char *program, const struct fds *fds, int in)
{
	char out_name[] = "out.XXXXXX", err_name[] = "err.XXXXXX";
	int out = mkstemp(out_name), err = mkstemp(err_name);
	ssize_t n;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		child(program, fds, in, out, err);
	ck_assert_int_eq(waitpid(pid, &r->status, 0), pid);
	r->out = malloc(OUT_MAX);
	n = pread(out, r->out, OUT_MAX, 0);
	ck_assert_int_ge(n, 0);
	r->out_len = (size_t)n;
	n = pread(err, r->err, sizeof(r->err) - 1, 0);
	ck_assert_int_ge(n, 0);
	r->err[n] = '\0';
	close(out);
	close(err);
}

static void run_with(struct run *r, struct rt_config *c, const char *body, rt_view input)
{
	struct fds fds;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	fds.image = build_unit(body, &c->image_size);
	fds.config = fd_with(c, c->size);
	fds.input = fd_with(input.ptr, input.len);
	start_run(r, RT_TEST_GUEST, &fds, null);
}

static void ck_frame(const struct run *r, const char *want)
{
	ck_assert_msg(WIFEXITED(r->status), "status %x: %s", (unsigned)r->status, r->err);
	ck_assert_uint_eq(r->out_len, 4 + strlen(want));
	ck_assert_uint_eq(rt_codec_read_u32_le((rt_view){r->out, 4}, 0), strlen(want));
	ck_assert_mem_eq(r->out + 4, want, strlen(want));
	ck_assert_int_eq(r->err[0], '{');
	ck_assert_int_eq(r->err[strlen(r->err) - 1], '\n');
}

static void ck_died(const struct run *r, const char *line)
{
	ck_assert_str_eq(r->err, line);
	ck_assert(WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGILL);
	ck_assert_uint_eq(r->out_len, 0);
}

#define ECHO "rt_bytes x07_solve(void) { return rt_bytes_clone(rt.input); }"

START_TEST(an_echo_runs_and_reports)
{
	struct run r;

	run_with(&r, rt_test_config(), ECHO, view_of("hello"));
	ck_frame(&r, "hello");
	ck_assert_int_eq(WEXITSTATUS(r.status), 0);
	ck_assert_ptr_nonnull(strstr(r.err, "\"fuel_used\":0,\"heap_used\":10,"));
	ck_assert_ptr_nonnull(strstr(r.err, "\"mem_stats\":{\"alloc_calls\":1,"));
	ck_assert_ptr_nonnull(strstr(r.err, "\"live_bytes\":0,"));
	free(r.out);
}
END_TEST

START_TEST(the_exit_code_is_the_programs)
{
	struct run r;

	run_with(&r, rt_test_config(),
	    "rt_bytes x07_solve(void) { rt_process_set_exit_code_v1(300); rt.fuel -= 7;"
	    " return rt_bytes_empty(); }",
	    view_of(""));
	ck_frame(&r, "");
	ck_assert_int_eq(WEXITSTATUS(r.status), 255);
	ck_assert_ptr_nonnull(strstr(r.err, "\"fuel_used\":7,"));
	free(r.out);
}
END_TEST

START_TEST(traps_leave_no_output)
{
	struct run r;

	run_with(&r, rt_test_config(),
	    "rt_bytes x07_solve(void) { return rt_fmt_u32_to_dec(rt_bytes_get_u8(rt.input, 9,"
	    " \"/solve/1\")); }",
	    view_of("abc"));
	ck_died(&r, "view.get_u8 oob ptr=/solve/1\n");
	free(r.out);
}
END_TEST

START_TEST(endless_recursion_is_a_stack_overflow)
{
	struct run r;

	run_with(&r, rt_test_config(),
	    "__attribute__((noinline)) static rt_u32 down(volatile rt_u32 *n) { volatile rt_u32 "
	    "a[16];"
	    " a[*n & 15] = *n + 1; return *n == 0xFFFFFFFFu ? 0 : down(a + (*n & 15)) + a[3]; }\n"
	    "rt_bytes x07_solve(void) { rt_u32 n = 0; return rt_fmt_u32_to_dec(down(&n)); }",
	    view_of(""));
	ck_died(&r, "stack overflow\n");
	free(r.out);
}
END_TEST

START_TEST(the_image_is_not_writable)
{
	struct run r;

	run_with(&r, rt_test_config(),
	    "rt_bytes x07_solve(void) { *(volatile rt_u8 *)0x20000000ul = 1; return "
	    "rt_bytes_empty(); }",
	    view_of(""));
	ck_died(&r, "invalid memory access\n");
	free(r.out);
}
END_TEST

START_TEST(input_that_does_not_fit_is_out_of_memory)
{
	static rt_u8 input[1 << 20];
	struct rt_config *c = rt_test_config();
	struct run r;

	c->mem_cap = 1 << 19;
	run_with(&r, c, ECHO, (rt_view){input, sizeof(input)});
	ck_died(&r, "out of memory\n");
	free(r.out);
}
END_TEST

START_TEST(input_from_a_pipe_is_read_to_its_end)
{
	struct rt_config *c = rt_test_config();
	struct fds fds;
	struct run r;
	int pipe_fds[2];

	ck_assert_int_eq(pipe(pipe_fds), 0);
	ck_assert_int_eq(write(pipe_fds[1], "through a pipe", 14), 14);
	close(pipe_fds[1]);
	fds.image = build_unit(ECHO, &c->image_size);
	fds.config = fd_with(c, c->size);
	fds.input = pipe_fds[0];
	start_run(&r, RT_TEST_GUEST, &fds, pipe_fds[0]);
	ck_frame(&r, "through a pipe");
	free(r.out);
}
END_TEST

START_TEST(missing_descriptors_end_with_status_2)
{
	struct rt_config *c = rt_test_config();
	struct fds fds = {-1, -1, -1};
	struct run r;

	start_run(&r, RT_TEST_GUEST, &fds, open("/dev/null", O_RDONLY));
	ck_assert_str_eq(r.err, "x07-guest: no program to run; this file is started by x07\n");
	ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 2);
	free(r.out);
	fds.image = build_unit(ECHO, &c->image_size);
	fds.config = fd_with(c, c->size);
	start_run(&r, RT_TEST_GUEST, &fds, -1);
	ck_assert_str_eq(r.err, "x07-guest: cannot read the input\n");
	ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 2);
	free(r.out);
	c->image_size += 1;
	fds.config = fd_with(c, c->size);
	start_run(&r, RT_TEST_GUEST, &fds, -1);
	ck_assert_str_eq(r.err, "x07-guest: the image is shorter than its configuration says\n");
	ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 2);
	free(r.out);
}
END_TEST

START_TEST(output_that_cannot_be_written_ends_with_status_2)
{
	struct rt_config *c = rt_test_config();
	struct fds fds;
	int status;
	pid_t pid;

	fds.image = build_unit(ECHO, &c->image_size);
	fds.config = fd_with(c, c->size);
	fds.input = fd_with("x", 1);
	pid = fork();
	if (pid == 0)
		child(RT_TEST_GUEST, &fds, -1, open("/dev/full", O_WRONLY),
		    open("/dev/null", O_WRONLY));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}
END_TEST

/* Append what config.h describes to a copy of the guest. */
static char *make_standalone(const char *body)
{
	struct rt_config *c = rt_test_config();
	char *path = test_path("alone");
	int guest = open(RT_TEST_GUEST, O_RDONLY), image = build_unit(body, &c->image_size);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0777);
	struct rt_footer f = {.image_size = c->image_size, .config_size = c->size};
	static char buf[4 << 20];
	ssize_t n = read(guest, buf, sizeof(buf));

	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(write(fd, buf, (size_t)n), n);
	f.image_at = (uint64_t)n;
	ck_assert_int_eq(read(image, buf, sizeof(buf)), c->image_size);
	ck_assert_int_eq(write(fd, buf, c->image_size), c->image_size);
	f.config_at = f.image_at + f.image_size;
	ck_assert_int_eq(write(fd, c, c->size), c->size);
	memcpy(f.magic, RT_FOOTER_MAGIC, sizeof(f.magic));
	ck_assert_int_eq(write(fd, &f, sizeof(f)), sizeof(f));
	close(fd);
	close(guest);
	close(image);
	return path;
}

START_TEST(a_standalone_program_takes_a_framed_input)
{
	char *path = make_standalone(ECHO);
	struct fds fds = {-1, -1, -1};
	struct run r;
	int fd;

	start_run(&r, path, &fds, fd_with("\5\0\0\0helloIGNORED", 16));
	ck_frame(&r, "hello");
	free(r.out);
	start_run(&r, path, &fds, fd_with("\0\0\0\0", 4));
	ck_frame(&r, "");
	free(r.out);
	start_run(&r, path, &fds, fd_with("\6\0\0\0hello", 9));
	ck_assert_str_eq(r.err, "x07-guest: cannot read the input\n");
	ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 2);
	free(r.out);
	start_run(&r, path, &fds, fd_with("\xff\xff\xff\xff", 4));
	ck_died(&r, "out of memory\n");
	free(r.out);
	/* a footer that points outside the file */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	lseek(fd, -(off_t)sizeof(struct rt_footer), SEEK_END);
	ck_assert_int_eq(write(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8), 8);
	close(fd);
	start_run(&r, path, &fds, fd_with("\0\0\0\0", 4));
	ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 2);
	free(r.out);
	free(path);
}
END_TEST

START_TEST(policy_holds_inside_the_guest)
{
	struct rt_config *c = rt_test_config();
	struct run r;

	free(test_text_file("data/a", "alpha"));
	rt_test_folder();
	c->gates = RT_GATE_SANDBOXED | RT_GATE_FS | RT_GATE_BLOCKING_IO;
	rt_test_list(&c->read_roots, "data");
	run_with(&r, c,
	    "rt_bytes x07_solve(void) { return rt_os_fs_read_file(rt_bytes_clone(rt.input)); }",
	    view_of("data/a"));
	ck_frame(&r, "alpha");
	free(r.out);
	run_with(&r, c,
	    "rt_bytes x07_solve(void) { return rt_os_fs_read_file(rt_bytes_clone(rt.input)); }",
	    view_of("/etc/passwd"));
	ck_died(&r, "os.fs.read_file unsafe path\n");
	free(r.out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest");
	TCase *tc = tcase_create("guest");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, rt_test_folder, NULL);
	tcase_add_test(tc, an_echo_runs_and_reports);
	tcase_add_test(tc, the_exit_code_is_the_programs);
	tcase_add_test(tc, traps_leave_no_output);
	tcase_add_test(tc, endless_recursion_is_a_stack_overflow);
	tcase_add_test(tc, the_image_is_not_writable);
	tcase_add_test(tc, input_that_does_not_fit_is_out_of_memory);
	tcase_add_test(tc, input_from_a_pipe_is_read_to_its_end);
	tcase_add_test(tc, missing_descriptors_end_with_status_2);
	tcase_add_test(tc, output_that_cannot_be_written_ends_with_status_2);
	tcase_add_test(tc, a_standalone_program_takes_a_framed_input);
	tcase_add_test(tc, policy_holds_inside_the_guest);
	suite_add_tcase(suite, tc);
	return test_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The smallest supervisor that can run an image: configuration, descriptors, fork, exec, read. */
#include "tests/unit/lang/guest_run.h"

#include "base/file.h"
#include "base/path.h"
#include "lang/rt/config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_MAX (64u << 20)

void guest_result_clear(struct guest_result *r)
{
	buf_clear(&r->output);
	buf_clear(&r->notes);
}

static int memory_file(const void *data, size_t len)
{
	struct err ignored = {0};
	int fd = -1;

	return file_sealed_memfd(&fd, "x07-test", data, len, &ignored) < 0 ? -1 : fd;
}

static int config_fd(const struct lang_image *image, uint64_t fuel)
{
	struct {
		struct rt_config config;
		char strings[8];
	} document = {.config = {.magic = RT_CONFIG_MAGIC,
			  .size = sizeof(document),
			  .fuel = fuel,
			  .mem_cap = 256u << 20,
			  .max_output = OUTPUT_MAX,
			  .image_entry = image->entry,
			  .image_size = image->size}};

	return memory_file(&document, sizeof(document));
}

static void child(const char *guest, const int from[6])
{
	struct rlimit cpu = {60, 60};
	char *argv[] = {(char *)"x07-guest", NULL};
	char *env[] = {NULL};
	int high[6];

	(void)setrlimit(RLIMIT_CPU, &cpu);
	for (int i = 0; i < 6; i++)
		high[i] = fcntl(from[i], F_DUPFD, 20);
	for (int i = 0; i < 6; i++)
		(void)dup2(high[i], i);
	for (int i = 0; i < 6; i++)
		(void)close(high[i]);
	execve(guest, argv, env);
	_exit(126);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool read_back(struct buf *out, int fd)
{
	struct err ignored = {0};

	return lseek(fd, 0, SEEK_SET) == 0 && file_read_fd(out, fd, "guest", &ignored) == 0;
}

bool guest_run(struct guest_result *out, const struct lang_image *image, const char *rt_dir,
    const void *input, size_t len, uint64_t fuel)
{
	AUTO_FREE char *guest = path_join(rt_dir, "x07-guest");
	AUTO_CLOSE int config = config_fd(image, fuel);
	AUTO_CLOSE int in = memory_file(input, len);
	AUTO_CLOSE int output = memfd_create("out", MFD_CLOEXEC);
	AUTO_CLOSE int notes = memfd_create("notes", MFD_CLOEXEC);
	AUTO_CLOSE int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fds[6] = {null, output, notes, config, image->fd, in};
	double start = now();
	pid_t pid = fork();

	if (pid == 0)
		child(guest, fds);
	*out = (struct guest_result){.output = buf_init(OUTPUT_MAX), .notes = buf_init(1u << 16)};
	if (pid < 0 || waitpid(pid, &out->status, 0) != pid)
		return false;
	out->seconds = now() - start;
	if (!read_back(&out->output, output) || !read_back(&out->notes, notes))
		return false;
	if (out->output.len < 4)
		return out->output.len == 0;
	memmove(out->output.data, out->output.data + 4, out->output.len - 4);
	out->output.len -= 4;
	return true;
}

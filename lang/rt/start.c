/* SPDX-License-Identifier: MIT */
/*
 * The life of a run: configuration, image, input, the program, its output. The kernel has applied
 * the sandbox before; nothing here is trusted to hold the program back.
 * Source: docs/spec/language.md 13; lang/rt/config.h.
 */
#include "lang/rt/start.h"

#include "lang/rt/arena.h"
#include "lang/rt/config.h"
#include "lang/rt/config_priv.h"
#include "lang/rt/fs_stream.h"
#include "lang/rt/mem.h"
#include "lang/rt/protos.h"
#include "lang/rt/report.h"
#include "lang/rt/rt_types.h"
#include "lang/rt/stream.h"
#include "lang/rt/trap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
/* fuel is counted down in a signed number */
#define FUEL_MAX ((uint64_t)INT64_MAX)

int rt_begin(const struct rt_config *config)
{
	int rc = rt_heap_init(config->mem_cap);

	if (rc)
		return rc;
	memset(&rt_state, 0, sizeof(rt_state));
	rt_state.config = config;
	rt.fuel = (rt_i64)(config->fuel < FUEL_MAX ? config->fuel : FUEL_MAX);
	rt.input = (rt_view){NULL, 0};
	return 0;
}

static void begin(const struct rt_config *config)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (rt_begin(config))
		rt_fail("x07-guest: cannot reserve the program's memory");
	if (sigaction(SIGPIPE, &ignore, NULL) < 0 || rt_trap_install())
		rt_fail("x07-guest: cannot set signal handlers");
}

static uint64_t file_size(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return 0;
	return (uint64_t)st.st_size;
}

/* The document on RT_FD_CONFIG, or NULL when there is none. */
static const struct rt_config *config_from_fd(void)
{
	uint64_t size = file_size(RT_FD_CONFIG);
	void *at;

	if (size < sizeof(struct rt_config) || size > RT_CONFIG_MAX)
		return NULL;
	at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, RT_FD_CONFIG, 0);
	if (at == MAP_FAILED)
		return NULL;
	return rt_config_valid(at, size) ? at : NULL;
}

static uint64_t image_pages(const struct rt_config *config)
{
	return ((uint64_t)config->image_size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static void map_image(const struct rt_config *config)
{
	void *at;

	if (file_size(RT_FD_IMAGE) < config->image_size)
		rt_fail("x07-guest: the image is shorter than its configuration says");
	at = mmap((void *)RT_UNIT_BASE, image_pages(config), PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_FIXED_NOREPLACE, RT_FD_IMAGE, 0);
	if (at != (void *)RT_UNIT_BASE)
		rt_fail("x07-guest: cannot map the image");
}

static void take_input(rt_bytes *input, int rc)
{
	if (rc == ENOMEM || rc == EFBIG)
		rt_out_of_memory();
	if (rc)
		rt_fail("x07-guest: cannot read the input");
	rt.input = (rt_view){input->ptr, input->len};
}

static int run_program(const struct rt_config *config)
{
	rt_bytes (*entry)(void) = (rt_bytes(*)(void))(uintptr_t)config->image_entry;
	rt_bytes output = entry();

	if (rt_write_output(STDOUT_FILENO, (rt_view){output.ptr, output.len}))
		rt_fail("x07-guest: cannot write the output");
	rt_bytes_drop(output);
	rt_fs_streams_end();
	if (rt_write_stats(STDERR_FILENO))
		return 2;
	return rt_state.exit_code <= 255 ? (int)rt_state.exit_code : 255;
}

static int run_supervised(const struct rt_config *config)
{
	rt_bytes input = {NULL, 0};

	begin(config);
	rt_state.effects_here = true;
	map_image(config);
	close(RT_FD_CONFIG);
	close(RT_FD_IMAGE);
	take_input(&input, rt_read_all(&input, RT_FD_INPUT, RT_ALLOC_MAX));
	close(RT_FD_INPUT);
	return run_program(config);
}

/* Part of this program's own file, in fresh memory at @p want (NULL = anywhere). */
static void *load_part(int fd, uint64_t at, uint64_t size, void *want)
{
	int fixed = want ? MAP_FIXED_NOREPLACE : 0;
	void *to =
	    mmap(want, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);

	if (to == MAP_FAILED || (want && to != want))
		return NULL;
	for (uint64_t done = 0; done < size;) {
		ssize_t n = pread(fd, (char *)to + done, (size_t)(size - done), (off_t)(at + done));

		if (n <= 0)
			return NULL;
		done += (uint64_t)n;
	}
	return to;
}

static const struct rt_config *load_standalone(int fd)
{
	struct rt_footer f;
	const struct rt_config *config;
	uint64_t size = file_size(fd);

	if (size < sizeof(f) ||
	    pread(fd, &f, sizeof(f), (off_t)(size - sizeof(f))) != (ssize_t)sizeof(f))
		return NULL;
	size -= sizeof(f);
	if (memcmp(f.magic, RT_FOOTER_MAGIC, sizeof(f.magic)) != 0)
		return NULL;
	if (f.config_size > RT_CONFIG_MAX || f.config_size < sizeof(*config) ||
	    f.config_size > size || f.config_at > size - f.config_size)
		return NULL;
	config = load_part(fd, f.config_at, f.config_size, NULL);
	if (!config || !rt_config_valid(config, f.config_size) ||
	    f.image_size != config->image_size)
		return NULL;
	if (f.image_size > size || f.image_at > size - f.image_size)
		return NULL;
	if (!load_part(fd, f.image_at, f.image_size, (void *)RT_UNIT_BASE))
		return NULL;
	if (mprotect((void *)RT_UNIT_BASE, image_pages(config), PROT_READ | PROT_EXEC) < 0)
		return NULL;
	__builtin___clear_cache((char *)RT_UNIT_BASE, (char *)RT_UNIT_BASE + f.image_size);
	return config;
}

static int run_standalone(void)
{
	int fd = openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const struct rt_config *config = fd < 0 ? NULL : load_standalone(fd);
	rt_bytes input = {NULL, 0};
	uint8_t len[4];

	if (!config)
		rt_fail("x07-guest: no program to run; this file is started by x07");
	close(fd);
	begin(config);
	if (rt_read_exact(STDIN_FILENO, len, sizeof(len)))
		rt_fail("x07-guest: cannot read the input");
	input.len = len[0] | (rt_u32)len[1] << 8 | (rt_u32)len[2] << 16 | (rt_u32)len[3] << 24;
	if (input.len) {
		input.ptr = rt_heap_alloc(input.len, false);
		if (!input.ptr)
			rt_out_of_memory();
	}
	take_input(&input, rt_read_exact(STDIN_FILENO, input.ptr, input.len));
	return run_program(config);
}

int rt_main(void)
{
	const struct rt_config *config = config_from_fd();

	return config ? run_supervised(config) : run_standalone();
}

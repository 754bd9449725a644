/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target once over each file of a corpus folder, in name order, without libFuzzer. An
 * empty or missing folder is a failure: a replay of nothing proves nothing.
 */
#include "base/file.h"
#include "base/path.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define REPLAY_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	CLEANUP(buf_clear) struct buf text = buf_init(REPLAY_MAX);
	struct err err = {0};

	if (file_read(&text, path, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	(void)fprintf(stderr, "%s\n", path);
	/* A heap copy without a terminator, so that reading past its end is seen. */
	AUTO_FREE uint8_t *copy = base_alloc(text.len);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = (uint8_t)text.data[i];
	return LLVMFuzzerTestOneInput(copy, text.len);
}

int main(int argc, char **argv)
{
	struct dirent **names = NULL;
	int count = argc == 2 ? scandir(argv[1], &names, NULL, alphasort) : -1;
	int ran = 0;
	int failed = 0;

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = path_join(argv[1], names[i]->d_name);

		free(names[i]);
		if (!file_is_regular(path))
			continue;
		ran++;
		failed += replay(path) != 0;
	}
	free((void *)names);
	(void)fprintf(stderr, "%d inputs, %d failed\n", ran, failed);
	return ran == 0 || failed > 0;
}

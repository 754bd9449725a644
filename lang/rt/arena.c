/* SPDX-License-Identifier: MIT */
/*
 * The heap: one private mapping, blocks with boundary tags, free blocks in two-level segregated
 * lists (an exact or slightly larger block in constant time, neighbours joined at once), the rest
 * cut from the top. Memory above the highest byte ever used is still zero from the kernel, so
 * zero-filled blocks cost a memset only where memory was used before.
 * Source: docs/spec/language.md 9; M. Masmano et al., "TLSF", ECRTS 2004.
 */
#include "lang/rt/arena.h"

#include "lang/rt/protos.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define UNIT 16u
#define SPLIT_LOG 4
#define SPLIT (1u << SPLIT_LOG)
#define LEVELS 30
/* unit counts are 32 bits wide */
#define ARENA_MAX (1ull << 35)

/* Stands before each block; the payload follows. */
struct block {
	uint32_t units;      /* of the payload */
	uint32_t prev_units; /* of the block before this one, 0 for the first */
	uint32_t size;       /* as asked for; 0 when free */
	uint32_t used;
};

/* In the payload of a free block. */
struct links {
	struct block *next, *prev;
};

_Static_assert(sizeof(struct block) == UNIT, "the payload keeps the alignment");
_Static_assert(sizeof(struct links) <= UNIT, "links fit the smallest payload");

static struct {
	uint8_t *base, *end;
	uint8_t *top;        /* end of the last block */
	uint8_t *high;       /* everything above is untouched */
	uint32_t last_units; /* of the block that ends at top, 0 when there is none */
	uint64_t live, peak;
	uint64_t map_len;
	uint32_t levels;
	uint32_t splits[LEVELS];
	struct block *bins[LEVELS][SPLIT];
} heap;

struct bin {
	unsigned level, split;
};

static unsigned log2_of(uint32_t x)
{
	return 31u - (unsigned)__builtin_clz(x);
}

/* The list in which a block of @p units stands. */
static struct bin bin_of(uint32_t units)
{
	unsigned log;

	if (units < SPLIT)
		return (struct bin){0, units};
	log = log2_of(units);
	return (struct bin){log - SPLIT_LOG + 1, (units >> (log - SPLIT_LOG)) & (SPLIT - 1)};
}

static struct links *links_of(struct block *b)
{
	return (struct links *)(void *)(b + 1);
}

static struct block *next_of(struct block *b)
{
	return (struct block *)(void *)((uint8_t *)(b + 1) + (uint64_t)b->units * UNIT);
}

static struct block *prev_of(struct block *b)
{
	return (struct block *)(void *)((uint8_t *)b - (uint64_t)b->prev_units * UNIT) - 1;
}

static void bin_add(struct block *b)
{
	struct bin bin = bin_of(b->units);
	struct block **head = &heap.bins[bin.level][bin.split];

	b->used = 0;
	b->size = 0;
	links_of(b)->next = *head;
	links_of(b)->prev = NULL;
	if (*head)
		links_of(*head)->prev = b;
	*head = b;
	heap.levels |= 1u << bin.level;
	heap.splits[bin.level] |= 1u << bin.split;
}

static void bin_remove(struct block *b)
{
	struct bin bin = bin_of(b->units);
	struct links *l = links_of(b);

	if (l->next)
		links_of(l->next)->prev = l->prev;
	if (l->prev) {
		links_of(l->prev)->next = l->next;
		return;
	}
	heap.bins[bin.level][bin.split] = l->next;
	if (l->next)
		return;
	heap.splits[bin.level] &= ~(1u << bin.split);
	if (!heap.splits[bin.level])
		heap.levels &= ~(1u << bin.level);
}

/* A free block of at least @p units from a list where every block is large enough. */
static struct block *find_quick(uint32_t units)
{
	uint32_t rounded = units;
	uint32_t map;
	struct bin bin;

	if (!heap.levels)
		return NULL;
	if (units >= SPLIT)
		rounded += (1u << (log2_of(units) - SPLIT_LOG)) - 1;
	bin = bin_of(rounded);
	map = heap.splits[bin.level] & (~0u << bin.split);
	if (!map) {
		map = heap.levels & (~0u << bin.level << 1);
		if (!map)
			return NULL;
		bin.level = (unsigned)__builtin_ctz(map);
		map = heap.splits[bin.level];
	}
	return heap.bins[bin.level][__builtin_ctz(map)];
}

/* The last resort: the list that may hold both smaller and larger blocks. */
static struct block *find_slow(uint32_t units)
{
	struct bin bin = bin_of(units);
	struct block *b = heap.bins[bin.level][bin.split];

	while (b && b->units < units)
		b = links_of(b)->next;
	return b;
}

/* Tell the block after @p b (or the top) how long @p b is. */
static void tell_next(struct block *b)
{
	struct block *next = next_of(b);

	if ((uint8_t *)next == heap.top)
		heap.last_units = b->units;
	else
		next->prev_units = b->units;
}

/* Cut @p b down to @p units and put the rest, if it can hold a block, into its list. */
static void split(struct block *b, uint32_t units)
{
	struct block *rest;

	if (b->units - units < 2)
		return;
	rest = (struct block *)(void *)((uint8_t *)(b + 1) + (uint64_t)units * UNIT);
	rest->units = b->units - units - 1;
	rest->prev_units = units;
	b->units = units;
	tell_next(rest);
	bin_add(rest);
}

static uint32_t units_for(uint64_t size)
{
	return (uint32_t)((size + UNIT - 1) / UNIT);
}

static struct block *cut_from_top(uint32_t units, uint64_t size, bool zero)
{
	struct block *b = (struct block *)(void *)heap.top;
	uint64_t bytes = UNIT + (uint64_t)units * UNIT;

	if ((uint64_t)(heap.end - heap.top) < bytes)
		return NULL;
	b->units = units;
	b->prev_units = heap.last_units;
	heap.last_units = units;
	heap.top += bytes;
	if (zero && heap.high > (uint8_t *)(b + 1)) {
		uint64_t dirty = (uint64_t)(heap.high - (uint8_t *)(b + 1));

		memset(b + 1, 0, dirty < size ? dirty : size);
	}
	if (heap.high < heap.top)
		heap.high = heap.top;
	return b;
}

static void count_use(uint64_t more)
{
	heap.live += more;
	if (heap.live > heap.peak)
		heap.peak = heap.live;
}

static void *use(struct block *b, uint64_t size)
{
	b->used = 1;
	b->size = (uint32_t)size;
	count_use(size);
	return b + 1;
}

void *rt_heap_alloc(uint64_t size, bool zero)
{
	struct block *b;
	uint32_t units;

	if (size > RT_ALLOC_MAX)
		return NULL;
	units = units_for(size);
	b = find_quick(units);
	if (!b) {
		b = cut_from_top(units, size, zero);
		if (b)
			return use(b, size);
		b = find_slow(units);
	}
	if (!b)
		return NULL;
	bin_remove(b);
	split(b, units);
	if (zero)
		memset(b + 1, 0, size);
	return use(b, size);
}

void rt_heap_free(void *block)
{
	struct block *b = (struct block *)block - 1;
	struct block *next = next_of(b);

	heap.live -= b->size;
	if ((uint8_t *)next != heap.top && !next->used) {
		bin_remove(next);
		b->units += next->units + 1;
	}
	if (b->prev_units && !prev_of(b)->used) {
		uint32_t units = b->units;

		b = prev_of(b);
		bin_remove(b);
		b->units += units + 1;
	}
	if ((uint8_t *)next_of(b) == heap.top) {
		heap.top = (uint8_t *)b;
		heap.last_units = b->prev_units;
		return;
	}
	next_of(b)->prev_units = b->units;
	bin_add(b);
}

bool rt_heap_grow(void *block, uint64_t size)
{
	struct block *b = (struct block *)block - 1;
	struct block *next = next_of(b);
	uint32_t units;

	if (size > RT_ALLOC_MAX)
		return false;
	units = units_for(size);
	if ((uint8_t *)next == heap.top) {
		uint64_t more = units > b->units ? (uint64_t)(units - b->units) * UNIT : 0;

		if ((uint64_t)(heap.end - heap.top) < more)
			return false;
		heap.top += more;
		b->units += (uint32_t)(more / UNIT);
		heap.last_units = b->units;
		if (heap.high < heap.top)
			heap.high = heap.top;
	} else if (units > b->units) {
		if (next->used || (uint64_t)b->units + next->units + 1 < units)
			return false;
		bin_remove(next);
		b->units += next->units + 1;
		tell_next(b);
		split(b, units);
	}
	/* as if the larger block stood beside the old one: what moving would have needed */
	count_use(size);
	heap.live -= b->size;
	b->size = (uint32_t)size;
	return true;
}

rt_u32 rt_heap_size(const void *block)
{
	return ((const struct block *)block - 1)->size;
}

uint64_t rt_heap_peak(void)
{
	return heap.peak;
}

int rt_heap_init(uint64_t cap)
{
	void *at;

	if (cap < 4096)
		cap = 4096;
	if (cap > ARENA_MAX)
		cap = ARENA_MAX;
	at = mmap(
	    NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return errno;
	memset(&heap, 0, sizeof(heap));
	heap.base = heap.top = heap.high = at;
	heap.end = heap.base + (cap & ~(uint64_t)(UNIT - 1));
	heap.map_len = cap;
	return 0;
}

void rt_heap_drop(void)
{
	if (heap.base)
		munmap(heap.base, heap.map_len);
	memset(&heap, 0, sizeof(heap));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libknot/errcode.h>
#include <libknot/error.h>

#include "model/parallel.h"

/* Memory of this size and more comes in huge pages where the system has them. */
#define HUGE_PAGE	((size_t)2 * 1024 * 1024)

/* Where the size is not known. */
#define SOME		65536

static char *first_room(size_t size)
{
	if (size < HUGE_PAGE) {
		return malloc(size);
	}
	char *bytes = size > SIZE_MAX - HUGE_PAGE ? NULL :
	              aligned_alloc(HUGE_PAGE, (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
	if (bytes != NULL) {
		(void)madvise(bytes, size, MADV_HUGEPAGE);
	}
	return bytes;
}

/* Room for the next read: doubles, one byte more than the file for the end to be seen. */
static int make_room(char **bytes, size_t used, size_t *capacity, size_t hint)
{
	if (used + 1 < *capacity) {
		return KNOT_EOK;
	}
	size_t want = *capacity == 0 ? hint + 2 : *capacity * 2;
	char *grown = *capacity == 0 ? first_room(want) :
	              want > *capacity ? realloc(*bytes, want) : NULL;
	if (grown == NULL) {
		return KNOT_ENOMEM;
	}
	*bytes = grown;
	*capacity = want;
	return KNOT_EOK;
}

/* What is read. */
struct request {
	int fd;
	size_t hint;            /* How much is expected. */
	bool exact;             /* That is the size of a regular file. */
	size_t limit;
};

/* Reads on behind what is there already. The bytes are the caller's also on failure. */
static int read_on(const struct request *request, char **bytes, size_t *used, size_t *capacity)
{
	for (;;) {
		int ret = make_room(bytes, *used, capacity, request->hint);
		if (ret != KNOT_EOK) {
			return ret;
		}
		ssize_t got = read(request->fd, *bytes + *used, *capacity - *used - 1);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return knot_map_errno();
		}
		*used += (size_t)got;
		if (request->limit > 0 && *used > request->limit) {
			return KNOT_ERANGE;
		}
		/* There was room for more than the file's size: it has not grown meanwhile. */
		if (got == 0 || (request->exact && *used == request->hint)) {
			(*bytes)[*used] = '\0';
			return KNOT_EOK;
		}
	}
}

static int read_all(const struct request *request, char **out_bytes, size_t *out_size)
{
	char *bytes = NULL;
	size_t used = 0, capacity = 0;
	int ret = read_on(request, &bytes, &used, &capacity);
	if (ret != KNOT_EOK) {
		free(bytes);
		return ret;
	}
	*out_bytes = bytes;
	*out_size = used;
	return KNOT_EOK;
}

/* A file whose parts are read by several threads. */
struct shared {
	int fd;
	char *bytes;
	size_t size;
	atomic_size_t next;
	atomic_bool failed;
};

static void read_parts(void *context)
{
	struct shared *shared = context;
	size_t at;
	while ((at = atomic_fetch_add(&shared->next, HUGE_PAGE)) < shared->size) {
		size_t end = shared->size - at < HUGE_PAGE ? shared->size : at + HUGE_PAGE;
		while (at < end) {
			ssize_t got = pread(shared->fd, shared->bytes + at, end - at, (off_t)at);
			if (got <= 0 && !(got < 0 && errno == EINTR)) {
				atomic_store(&shared->failed, true);
				return;
			}
			at += got > 0 ? (size_t)got : 0;
		}
	}
}

/* A large file: its size is known, and what comes behind it, or is missing, read_on() finds. */
static int read_shared(int fd, size_t size, unsigned threads, char **out_bytes, size_t *out_size)
{
	size_t used = 0, capacity = 0;
	struct shared shared = { .fd = fd, .size = size };
	int ret = make_room(&shared.bytes, 0, &capacity, size);
	if (ret != KNOT_EOK) {
		return ret;
	}
	acml_parallel(threads, read_parts, &shared);
	if (!atomic_load(&shared.failed) && lseek(fd, (off_t)size, SEEK_SET) == (off_t)size) {
		used = size;
	}
	const struct request rest = { .fd = fd, .hint = size };
	ret = read_on(&rest, &shared.bytes, &used, &capacity);
	if (ret != KNOT_EOK) {
		free(shared.bytes);
		return ret;
	}
	*out_bytes = shared.bytes;
	*out_size = used;
	return KNOT_EOK;
}

static int slurp(const char *path, int flags, mode_t allowed, size_t limit, unsigned threads,
                 char **out_bytes, size_t *out_size, struct stat *out_stat)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	if (fd < 0) {
		return knot_map_errno();
	}

	int ret;
	if (fstat(fd, out_stat) != 0) {
		ret = knot_map_errno();
	} else if (!S_ISREG(out_stat->st_mode) && (out_stat->st_mode & S_IFMT) != allowed) {
		ret = KNOT_EFILE;
	} else if (limit > 0 && out_stat->st_size > 0 && (uint64_t)out_stat->st_size > limit) {
		ret = KNOT_ERANGE;
	} else if (threads > 1 && limit == 0 && S_ISREG(out_stat->st_mode) &&
	           out_stat->st_size >= (off_t)(4 * HUGE_PAGE)) {
		ret = read_shared(fd, (size_t)out_stat->st_size, threads, out_bytes, out_size);
	} else {
		struct request request = { .fd = fd, .hint = SOME, .limit = limit };
		if (out_stat->st_size > 0) {
			request.hint = (size_t)out_stat->st_size;
			request.exact = S_ISREG(out_stat->st_mode);
		}
		ret = read_all(&request, out_bytes, out_size);
	}
	close(fd);
	return ret;
}

int acml_slurp_large(const char *path, unsigned threads, char **out_bytes, size_t *out_size)
{
	struct stat info;
	if (strcmp(path, "-") == 0) {
		const struct request request = { .fd = STDIN_FILENO, .hint = SOME };
		return read_all(&request, out_bytes, out_size);
	}
	/* A pipe is welcome: a shell's <(command). */
	return slurp(path, 0, S_IFIFO, 0, threads, out_bytes, out_size, &info);
}

int acml_slurp(const char *path, size_t limit, char **out_bytes, size_t *out_size)
{
	if (strcmp(path, "-") == 0) {
		const struct request request = { .fd = STDIN_FILENO, .hint = SOME, .limit = limit };
		return read_all(&request, out_bytes, out_size);
	}
	/* A pipe is welcome: a shell's <(command). */
	struct stat info;
	return slurp(path, 0, S_IFIFO, limit, 1, out_bytes, out_size, &info);
}

int acml_slurp_include(const char *path, size_t limit, char **out_bytes, size_t *out_size,
                       struct stat *out_stat)
{
	return slurp(path, O_NONBLOCK, S_IFREG, limit, 1, out_bytes, out_size, out_stat);
}

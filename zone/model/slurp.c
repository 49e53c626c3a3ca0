/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libknot/errcode.h>
#include <libknot/error.h>

/* Files of this size and more are mapped. */
#define LARGE		((size_t)4 * 1024 * 1024)

/* Where the size is not known. */
#define SOME		65536

/* Room for the next read: doubles, one byte more than the file for the end to be seen. */
static int make_room(char **bytes, size_t used, size_t *capacity, size_t hint)
{
	if (used + 1 < *capacity) {
		return KNOT_EOK;
	}
	size_t want = *capacity == 0 ? hint + 2 : *capacity * 2;
	char *grown = want > *capacity ? realloc(*bytes, want) : NULL;
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

/* Opens a file that may be read; flags: open()'s, allowed: a kind beside regular files. */
static int open_file(const char *path, int flags, mode_t allowed, int *out_fd,
                     struct stat *out_stat)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	if (fd < 0) {
		return knot_map_errno();
	}
	int ret = KNOT_EOK;
	if (fstat(fd, out_stat) != 0) {
		ret = knot_map_errno();
	} else if (!S_ISREG(out_stat->st_mode) && (out_stat->st_mode & S_IFMT) != allowed) {
		ret = KNOT_EFILE;
	}
	if (ret != KNOT_EOK) {
		close(fd);
		return ret;
	}
	*out_fd = fd;
	return KNOT_EOK;
}

static int read_open(int fd, const struct stat *st, size_t limit, char **out_bytes,
                     size_t *out_size)
{
	struct request request = { .fd = fd, .hint = SOME, .limit = limit };
	if (limit > 0 && st->st_size > 0 && (uint64_t)st->st_size > limit) {
		return KNOT_ERANGE;
	}
	if (st->st_size > 0) {
		request.hint = (size_t)st->st_size;
		request.exact = S_ISREG(st->st_mode);
	}
	return read_all(&request, out_bytes, out_size);
}

static int slurp(const char *path, int flags, mode_t allowed, size_t limit, char **out_bytes,
                 size_t *out_size, struct stat *out_stat)
{
	int fd = -1;
	int ret = open_file(path, flags, allowed, &fd, out_stat);
	if (ret == KNOT_EOK) {
		ret = read_open(fd, out_stat, limit, out_bytes, out_size);
		close(fd);
	}
	return ret;
}

/* Behind the file come zeros: the rest of its last page, and one page more. NULL: read it. */
static char *map_open(int fd, size_t size, size_t *out_mapped)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (size + page - 1) / page * page + page;
	char *bytes = mmap(NULL, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED) {
		return NULL;
	}
	if (mmap(bytes, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
		munmap(bytes, room);
		return NULL;
	}
	*out_mapped = room;
	return bytes;
}

int acml_slurp_zone(const char *path, struct acml_slurped *out)
{
	struct stat *st = &out->stat;
	if (strcmp(path, "-") == 0) {
		const struct request request = { .fd = STDIN_FILENO, .hint = SOME };
		return read_all(&request, &out->bytes, &out->size);
	}
	/* A pipe is welcome: a shell's <(command). */
	int ret = open_file(path, 0, S_IFIFO, &out->fd, st);
	if (ret != KNOT_EOK) {
		return ret;
	}
	if (S_ISREG(st->st_mode) && (uint64_t)st->st_size >= LARGE &&
	    (uint64_t)st->st_size < SIZE_MAX / 2) {
		out->size = (size_t)st->st_size;
		out->bytes = map_open(out->fd, out->size, &out->mapped);
	}
	if (out->mapped == 0) {
		ret = read_open(out->fd, st, 0, &out->bytes, &out->size);
		close(out->fd);
	}
	return ret;
}

bool acml_slurped_changed(const struct acml_slurped *slurped)
{
	struct stat now;
	const struct stat *then = &slurped->stat;
	return slurped->mapped > 0 &&
	       (fstat(slurped->fd, &now) != 0 || now.st_size != then->st_size ||
	        now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
	        now.st_mtim.tv_nsec != then->st_mtim.tv_nsec);
}

void acml_slurped_clear(struct acml_slurped *slurped)
{
	if (slurped->mapped > 0) {
		munmap(slurped->bytes, slurped->mapped);
		close(slurped->fd);
	} else {
		free(slurped->bytes);
	}
	*slurped = (struct acml_slurped) { 0 };
}

int acml_slurp(const char *path, size_t limit, char **out_bytes, size_t *out_size)
{
	if (strcmp(path, "-") == 0) {
		const struct request request = { .fd = STDIN_FILENO, .hint = SOME, .limit = limit };
		return read_all(&request, out_bytes, out_size);
	}
	/* A pipe is welcome: a shell's <(command). */
	struct stat info;
	return slurp(path, 0, S_IFIFO, limit, out_bytes, out_size, &info);
}

int acml_slurp_include(const char *path, size_t limit, char **out_bytes, size_t *out_size,
                       struct stat *out_stat)
{
	return slurp(path, O_NONBLOCK, S_IFREG, limit, out_bytes, out_size, out_stat);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BEING_WRITTEN "is being written: write beside it and rename, or reload once it is done"

#define SECOND INT64_C(1000000000)

static int64_t nanoseconds(const struct timespec *time)
{
	return time->tv_sec * SECOND + time->tv_nsec;
}

void acml_identity_of(const struct stat *st, struct acml_identity *out)
{
	*out = (struct acml_identity){
		.device = st->st_dev, .inode = st->st_ino, .size = st->st_size,
		.mtime = nanoseconds(&st->st_mtim), .ctime = nanoseconds(&st->st_ctim),
	};
}

bool acml_identity_equal(const struct acml_identity *a, const struct acml_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

int64_t acml_source_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return nanoseconds(&now);
}

/* File times move in steps: of a clock tick (4 to 10 ms), or of up to two seconds where a file
 * system keeps whole seconds only. A second write within the step of the first leaves the times as
 * they are. */
bool acml_source_fresh(const struct stat *st)
{
	int64_t step = st->st_ctim.tv_nsec != 0 ? SECOND / 20 : 2 * SECOND;
	return acml_source_clock() - nanoseconds(&st->st_ctim) < step;
}

/* A read lease is granted only while nobody has the file open for writing. It needs the file's
 * owner or CAP_LEASE; where it cannot be had, nothing is known. A writer who comes in the moment
 * that the lease exists waits for its end, and the holder gets a signal: one that is ignored by
 * default, not SIGIO, which ends a process. */
static bool has_writer(int fd)
{
	if (fcntl(fd, F_SETSIG, SIGURG) != 0) {
		return false;
	}
	if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0) {
		return errno == EAGAIN;
	}
	/* close() gives it back. */
	return false;
}

static const char *open_regular(const char *path, int *out_fd, struct stat *out_st)
{
	/* Without O_NONBLOCK a FIFO would hold up the server. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? "is not there" : strerror(errno);
	}
	const char *fault = NULL;
	if (fstat(fd, out_st) != 0) {
		fault = strerror(errno);
	} else if (!S_ISREG(out_st->st_mode)) {
		fault = "is not a regular file";
	}
	if (fault != NULL) {
		close(fd);
		return fault;
	}
	*out_fd = fd;
	return NULL;
}

static const char *read_bytes(int fd, char *bytes, size_t size)
{
	for (size_t done = 0; done < size; ) {
		ssize_t got = read(fd, bytes + done, size - done);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return got < 0 ? strerror(errno) : BEING_WRITTEN;
		}
		done += got;
	}
	bytes[size] = '\0';
	return NULL;
}

/* Whether what was read between two looks is one whole version. */
static const char *check_still(int fd, const struct stat *before)
{
	struct stat after;
	struct acml_identity first, last;
	if (has_writer(fd)) {
		return BEING_WRITTEN;
	}
	if (fstat(fd, &after) != 0) {
		return strerror(errno);
	}
	acml_identity_of(before, &first);
	acml_identity_of(&after, &last);
	return acml_identity_equal(&first, &last) ? NULL : BEING_WRITTEN;
}

const char *acml_source_read(const char *path, size_t limit, struct acml_source *out_source)
{
	struct acml_source source = { 0 };
	int fd = -1;
	const char *fault = open_regular(path, &fd, &source.st);
	if (fault != NULL) {
		return fault;
	}
	source.size = source.st.st_size;
	if (source.size == 0) {
		fault = "is empty";
	} else if (source.size > limit) {
		fault = "is too large";
	} else if ((source.bytes = malloc(source.size + 1)) == NULL) {
		fault = "does not fit into memory";
	} else {
		fault = read_bytes(fd, source.bytes, source.size);
	}
	if (fault == NULL) {
		fault = check_still(fd, &source.st);
	}
	close(fd);
	if (fault != NULL) {
		acml_source_clear(&source);
		return fault;
	}
	source.fresh = acml_source_fresh(&source.st);
	*out_source = source;
	return NULL;
}

const char *acml_source_still(const char *path, int64_t start, struct stat *out_st,
                              bool *out_fresh)
{
	struct stat st;
	int fd = -1;
	const char *fault = open_regular(path, &fd, &st);
	if (fault != NULL) {
		return fault;
	}
	bool busy = has_writer(fd);
	close(fd);
	if (busy || nanoseconds(&st.st_ctim) >= start) {
		return BEING_WRITTEN;
	}
	*out_st = st;
	*out_fresh = acml_source_fresh(&st);
	return NULL;
}

void acml_source_clear(struct acml_source *source)
{
	free(source->bytes);
	source->bytes = NULL;
}

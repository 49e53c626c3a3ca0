/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/filename.h"
#include "model/read.h"
#include "model/write.h"

/* One fixed name for each published file: what a killed server left is overwritten by the next
 * publication, and no folder of thousands of files has to be searched for leftovers. */
static bool temporary_name(const char *path, char out[ACML_PATH_MAX + 16])
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	int len = snprintf(out, ACML_PATH_MAX + 16, "%.*s.%.*s.acmlint-new",
	                   (int)(base - path), path, NAME_MAX - 16, base);
	return len < ACML_PATH_MAX + 16;
}

/* At first, the source's mode as far as the server's umask lets it, but nobody else may write. */
static mode_t mode_of(const struct acml_publication *publication)
{
	return publication->published != NULL ? publication->published->st_mode & 0777 :
	       (publication->source->st_mode & 0644) | 0600;
}

static int open_temporary(const char *path, mode_t mode)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, mode);
	if (fd < 0 && errno == EEXIST && unlink(path) == 0) {
		fd = open(path, flags, mode);
	}
	return fd;
}

/* Owner and mode. A server that may not give files away keeps them. */
static bool set_access(int fd, const struct acml_publication *publication, const struct stat *st)
{
	const struct stat *old = publication->published;
	mode_t mode = mode_of(publication);
	if (old != NULL && old->st_uid != st->st_uid && fchown(fd, old->st_uid, -1) != 0 &&
	    errno != EPERM) {
		return false;
	}
	if (old != NULL && old->st_gid != st->st_gid && fchown(fd, -1, old->st_gid) != 0 &&
	    errno != EPERM) {
		return false;
	}
	return old == NULL || (st->st_mode & 0777) == mode || fchmod(fd, mode) == 0;
}

/* knotd takes a file with the same modification time for the same file. */
static bool set_time(int fd, const struct stat *old, const struct stat *st)
{
	if (st->st_mtim.tv_sec != old->st_mtim.tv_sec ||
	    st->st_mtim.tv_nsec != old->st_mtim.tv_nsec) {
		return true;
	}
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, st->st_mtim };
	times[1].tv_nsec = (times[1].tv_nsec + 1000000) % 1000000000;
	return futimens(fd, times) == 0;
}

static bool fill(int fd, const struct acml_publication *publication, struct stat *out_st)
{
	const struct stat *old = publication->published;
	if (!acml_write_all(fd, publication->bytes, publication->size) || fstat(fd, out_st) != 0 ||
	    !set_access(fd, publication, out_st)) {
		return false;
	}
	return old == NULL ||
	       (set_time(fd, old, out_st) && fsync(fd) == 0 && fstat(fd, out_st) == 0);
}

const char *acml_publish(const struct acml_publication *publication, struct stat *out_st,
                         int *out_unflushed)
{
	char temporary[ACML_PATH_MAX + 16];
	if (strlen(publication->path) >= ACML_PATH_MAX ||
	    !temporary_name(publication->path, temporary)) {
		return "has too long a name";
	}
	int fd = open_temporary(temporary, mode_of(publication));
	if (fd < 0) {
		return errno == ENOENT ? "is in a folder that is not there" : strerror(errno);
	}
	struct stat st;
	if (!fill(fd, publication, &st) || rename(temporary, publication->path) != 0) {
		const char *fault = strerror(errno);
		close(fd);
		unlink(temporary);
		return fault;
	}
	/* From here on the new version is in place, come what may. */
	if (publication->published != NULL) {
		(void)acml_flush_folder(publication->path);
		close(fd);
		fd = -1;
	}
	*out_st = st;
	*out_unflushed = fd;
	return NULL;
}

void acml_publish_clean(const char *path)
{
	char temporary[ACML_PATH_MAX + 16];
	if (strlen(path) < ACML_PATH_MAX && temporary_name(path, temporary)) {
		(void)unlink(temporary);
	}
}

bool acml_publish_same(const char *path, const char *bytes, size_t size)
{
	char *published = NULL;
	size_t published_size = 0;
	bool same = acml_slurp(path, size + 1, &published, &published_size) == 0 &&
	            published_size == size && memcmp(published, bytes, size) == 0;
	free(published);
	return same;
}

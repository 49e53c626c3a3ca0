/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Publishing: the bytes of a version that was linted take the place of the published file, whole
 * or not at all, whenever the server, the machine or the disk stops.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct acml_publication {
	const char *path;               /* The published file. */
	const char *bytes;
	size_t size;
	const struct stat *published;   /* The file now there, or NULL. */
	const struct stat *source;
};

/*
 * NULL when it was published, else why not, a static string that reads after "PATH".
 *
 * Replacing: flushed to the disk, renamed, the folder flushed. The first publication, which has no
 * good version to lose, is renamed only: out_unflushed is a descriptor on the same file system,
 * the caller's to syncfs() and close(); -1 otherwise. Owner and mode are those of the file that is
 * replaced.
 */
const char *acml_publish(const struct acml_publication *publication, struct stat *out_st,
                         int *out_unflushed);

/* Removes what an interrupted publication of this file may have left. */
void acml_publish_clean(const char *path);

/* Whether the file holds exactly these bytes. */
bool acml_publish_same(const char *path, const char *bytes, size_t size);

/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/write.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool acml_write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t done = write(fd, bytes, size);
		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			return false;
		}
		bytes += done;
		size -= (size_t)done;
	}
	return true;
}

bool acml_flush_folder(const char *path)
{
	char *copy = strdup(path);
	int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	free(copy);
	if (fd < 0) {
		return false;
	}
	bool done = fsync(fd) == 0;
	close(fd);
	return done;
}

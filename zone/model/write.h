/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Write: bytes to a descriptor, and a folder to the disk, for all who replace files. */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False with errno set. */
bool acml_write_all(int fd, const char *bytes, size_t size);

/* Flushes the folder that holds path, so that a rename in it lasts. False with errno set. */
bool acml_flush_folder(const char *path);

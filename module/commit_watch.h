/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit watch: the folders in which the server puts its dumps, through inotify. The server writes
 * beside and renames, so a file that is moved in is whole. A folder that is not there is made, as
 * the server itself would; one that goes is made again. Not thread-safe.
 */

#pragma once

#include <stdbool.h>

struct acml_commit_watch;

/* NULL: no memory, or no inotify (errno). */
struct acml_commit_watch *acml_commit_watch_new(void);

/* Accepts NULL. */
void acml_commit_watch_free(struct acml_commit_watch *watch);

/* To be polled for input. */
int acml_commit_watch_fd(const struct acml_commit_watch *watch);

/* Watches the folder of a file, counted. NULL, or why it cannot be watched: then it is not. */
const char *acml_commit_watch_add(struct acml_commit_watch *watch, const char *path);
void acml_commit_watch_drop(struct acml_commit_watch *watch, const char *path);

/* What was moved in since the last call; path NULL: something, somewhere. Paths are as they were
 * added. */
void acml_commit_watch_read(struct acml_commit_watch *watch,
                            void (*came)(void *ctx, const char *path), void *ctx);

/* Whether a folder is lost and has to be looked for again; acml_commit_watch_mend() does that, and
 * says whether one was found, in which things may have happened. */
bool acml_commit_watch_lost(const struct acml_commit_watch *watch);
bool acml_commit_watch_mend(struct acml_commit_watch *watch);

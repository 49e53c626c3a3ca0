/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/filename.h"

/* As the server makes it. */
#define FOLDER_MODE (S_IRWXU | S_IRWXG)

#define EVENTS (IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

struct folder {
	struct folder *next;
	size_t users;
	int wd;                 /* -1: lost. */
	size_t len;
	char path[];            /* With its final slash. */
};

struct acml_commit_watch {
	int fd;
	struct folder *folders;
};

struct acml_commit_watch *acml_commit_watch_new(void)
{
	struct acml_commit_watch *watch = calloc(1, sizeof(*watch));
	if (watch != NULL) {
		watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		if (watch->fd < 0) {
			free(watch);
			return NULL;
		}
	}
	return watch;
}

void acml_commit_watch_free(struct acml_commit_watch *watch)
{
	if (watch == NULL) {
		return;
	}
	while (watch->folders != NULL) {
		struct folder *folder = watch->folders;
		watch->folders = folder->next;
		free(folder);
	}
	close(watch->fd);
	free(watch);
}

int acml_commit_watch_fd(const struct acml_commit_watch *watch)
{
	return watch->fd;
}

static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static struct folder **find(struct acml_commit_watch *watch, const char *path)
{
	size_t len = folder_len(path);
	struct folder **at = &watch->folders;
	while (*at != NULL && ((*at)->len != len || memcmp((*at)->path, path, len) != 0)) {
		at = &(*at)->next;
	}
	return at;
}

static bool make_folder(const char *path)
{
	char part[ACML_PATH_MAX];
	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, FOLDER_MODE) != 0 && errno != EEXIST) {
			return false;
		}
	}
	return true;
}

static bool find_again(struct acml_commit_watch *watch, struct folder *folder)
{
	if (make_folder(folder->path)) {
		folder->wd = inotify_add_watch(watch->fd, folder->path, EVENTS);
	}
	return folder->wd >= 0;
}

const char *acml_commit_watch_add(struct acml_commit_watch *watch, const char *path)
{
	struct folder **at = find(watch, path);
	if (*at != NULL) {
		(*at)->users++;
		return NULL;
	}
	size_t len = folder_len(path);
	struct folder *folder = calloc(1, sizeof(*folder) + len + 1);
	if (folder == NULL) {
		return strerror(ENOMEM);
	}
	memcpy(folder->path, path, len);
	folder->len = len;
	folder->users = 1;
	folder->wd = -1;
	if (!find_again(watch, folder)) {
		const char *fault = errno == ENOSPC ?
			"the system has no inotify watch left (fs.inotify.max_user_watches)" :
			strerror(errno);
		free(folder);
		return fault;
	}
	*at = folder;
	return NULL;
}

/* Two spellings of one folder share its watch. */
static void unwatch(struct acml_commit_watch *watch, int wd)
{
	const struct folder *folder = watch->folders;
	while (folder != NULL && folder->wd != wd) {
		folder = folder->next;
	}
	if (folder == NULL && wd >= 0) {
		inotify_rm_watch(watch->fd, wd);
	}
}

void acml_commit_watch_drop(struct acml_commit_watch *watch, const char *path)
{
	struct folder **at = find(watch, path);
	struct folder *folder = *at;
	if (folder != NULL && --folder->users == 0) {
		*at = folder->next;
		unwatch(watch, folder->wd);
		free(folder);
	}
}

static void take_moved(const struct acml_commit_watch *watch, const struct inotify_event *event,
                       void (*came)(void *ctx, const char *path), void *ctx)
{
	char path[ACML_PATH_MAX + NAME_MAX + 1];
	for (const struct folder *folder = watch->folders; folder != NULL; folder = folder->next) {
		if (folder->wd == event->wd) {
			snprintf(path, sizeof(path), "%s%s", folder->path, event->name);
			came(ctx, path);
		}
	}
}

/* Deleted, renamed or unmounted: whatever stands at its path now is another one. */
static void lose(struct acml_commit_watch *watch, const struct inotify_event *event)
{
	for (struct folder *folder = watch->folders; folder != NULL; folder = folder->next) {
		if (folder->wd == event->wd) {
			folder->wd = -1;
		}
	}
	if (!(event->mask & IN_IGNORED)) {
		inotify_rm_watch(watch->fd, event->wd);
	}
}

static void take(struct acml_commit_watch *watch, const struct inotify_event *event,
                 void (*came)(void *ctx, const char *path), void *ctx)
{
	if (event->mask & IN_Q_OVERFLOW) {
		came(ctx, NULL);
	} else if (event->mask & IN_MOVED_TO) {
		take_moved(watch, event, came, ctx);
	} else {
		lose(watch, event);
	}
}

void acml_commit_watch_read(struct acml_commit_watch *watch,
                            void (*came)(void *ctx, const char *path), void *ctx)
{
	union {
		struct inotify_event event;
		char bytes[16384];
	} buffer;
	ssize_t size;
	while ((size = read(watch->fd, buffer.bytes, sizeof(buffer.bytes))) > 0) {
		for (ssize_t at = 0; at < size; ) {
			const struct inotify_event *event = (const void *)(buffer.bytes + at);
			take(watch, event, came, ctx);
			at += sizeof(*event) + event->len;
		}
	}
}

bool acml_commit_watch_lost(const struct acml_commit_watch *watch)
{
	const struct folder *folder = watch->folders;
	while (folder != NULL && folder->wd >= 0) {
		folder = folder->next;
	}
	return folder != NULL;
}

bool acml_commit_watch_mend(struct acml_commit_watch *watch)
{
	bool found = false;
	for (struct folder *folder = watch->folders; folder != NULL; folder = folder->next) {
		if (folder->wd < 0) {
			found |= find_again(watch, folder);
		}
	}
	return found;
}

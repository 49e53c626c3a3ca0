/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The least that a validator of Knot 3.5 can do: it sees that a dump has come, asks the server
 * whether an update waits, and has it published unread. What it costs is Knot's own.
 *
 *   blind FOLDER SOCKET      dumps are named ZONE.zone
 */

#include <libknot/libknot.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define PAUSE 50        /* Microseconds: the update opens a moment behind its dump. */

struct validator {
	knot_ctl_t *ctl;
	const char *socket;
	bool connected;
};

/* Sends a command: whether the answer has no error, and this word, where one is wanted. */
static bool command(struct validator *validator, const char *name, const char *zone,
                    const char *word)
{
	knot_ctl_data_t data = { [KNOT_CTL_IDX_CMD] = name, [KNOT_CTL_IDX_ZONE] = zone };
	knot_ctl_type_t type = KNOT_CTL_TYPE_DATA;
	if (word != NULL) {
		data[KNOT_CTL_IDX_FILTERS] = "t";
	}
	if (!validator->connected) {
		validator->connected = knot_ctl_connect(validator->ctl, validator->socket) == 0;
	}
	int ret = knot_ctl_send(validator->ctl, KNOT_CTL_TYPE_DATA, &data);
	ret = ret == 0 ? knot_ctl_send(validator->ctl, KNOT_CTL_TYPE_BLOCK, NULL) : ret;
	bool good = true, found = word == NULL;
	while (ret == 0 && type != KNOT_CTL_TYPE_BLOCK && type != KNOT_CTL_TYPE_END) {
		ret = knot_ctl_receive(validator->ctl, &type, &data);
		if (ret == 0 && type == KNOT_CTL_TYPE_DATA) {
			const char *value = data[KNOT_CTL_IDX_DATA];
			good &= data[KNOT_CTL_IDX_ERROR] == NULL;
			found |= word != NULL && value != NULL && strcmp(value, word) == 0;
		}
	}
	if (ret != 0 || type == KNOT_CTL_TYPE_END) {
		knot_ctl_close(validator->ctl);
		validator->connected = false;
		return false;
	}
	return good && found;
}

static void publish(struct validator *validator, const char *dump)
{
	char zone[256];
	size_t size = strlen(dump), end = strlen("zone");
	if (size <= end || size >= sizeof(zone) || strcmp(dump + size - end, "zone") != 0) {
		return;
	}
	/* With its final dot. */
	snprintf(zone, sizeof(zone), "%.*s", (int)(size - end), dump);
	while (!command(validator, "zone-status", zone, "open-external") ||
	       !command(validator, "zone-commit", zone, NULL)) {
		usleep(PAUSE);
	}
}

int main(int argc, char **argv)
{
	union {
		struct inotify_event event;
		char bytes[65536];
	} buffer;
	struct validator validator = { .ctl = knot_ctl_alloc(), .socket = argv[argc - 1] };
	int fd = inotify_init1(IN_CLOEXEC);
	if (argc != 3 || validator.ctl == NULL ||
	    inotify_add_watch(fd, argv[1], IN_MOVED_TO) < 0) {
		fputs("blind FOLDER SOCKET\n", stderr);
		return 3;
	}
	ssize_t size;
	while ((size = read(fd, buffer.bytes, sizeof(buffer.bytes))) > 0) {
		for (ssize_t at = 0; at < size; ) {
			const struct inotify_event *event = (const void *)(buffer.bytes + at);
			publish(&validator, event->name);
			at += sizeof(*event) + event->len;
		}
	}
	return 2;
}

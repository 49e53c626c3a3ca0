/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_control.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The protocol, as libknot's control.c has it. */
enum { END, DATA, EXTRA, BLOCK, FIRST_ITEM = 16 };
enum { ITEM_CMD = 0, ITEM_ERROR = 2, ITEM_ZONE = 6, ITEM_OWNER = 7, ITEM_TTL = 8, ITEM_TYPE = 9,
       ITEM_DATA = 10, ITEMS = 12 };

#define TEXT 256

struct connection {
	struct fake_server *server;
	int fd;
	FILE *out;
	char items[ITEMS][TEXT];
};

static bool get(struct connection *connection, void *bytes, size_t size)
{
	char *at = bytes;
	while (size > 0) {
		struct pollfd fd = { .fd = connection->fd, .events = POLLIN };
		while (poll(&fd, 1, 20) == 0) {
			pthread_mutex_lock(&connection->server->mutex);
			bool stop = connection->server->stop;
			pthread_mutex_unlock(&connection->server->mutex);
			if (stop) {
				return false;
			}
		}
		ssize_t got = recv(connection->fd, at, size, 0);
		if (got <= 0) {
			return false;
		}
		at += got;
		size -= got;
	}
	return true;
}

static void put_item(FILE *out, int item, const char *text)
{
	size_t size = strlen(text);
	fputc(FIRST_ITEM + item, out);
	fputc((int)(size >> 8), out);
	fputc((int)(size & 0xff), out);
	fwrite(text, size, 1, out);
}

/* A command up to its BLOCK. */
static bool get_command(struct connection *connection)
{
	unsigned char code, size[2];
	memset(connection->items, 0, sizeof(connection->items));
	while (get(connection, &code, 1) && code != END) {
		if (code == BLOCK) {
			return true;
		} else if (code < FIRST_ITEM) {
			continue;
		}
		if (code >= FIRST_ITEM + ITEMS || !get(connection, size, 2) || size[0] != 0 ||
		    !get(connection, connection->items[code - FIRST_ITEM], size[1])) {
			return false;
		}
	}
	return false;
}

static void put_status(FILE *out, const struct fake_zone *zone)
{
	static const char *const pending[] = { "-", "open-external", "open" };
	char serial[16] = "-";
	if (zone->any) {
		snprintf(serial, sizeof(serial), "%u", zone->serial);
	}
	fputc(DATA, out);
	put_item(out, ITEM_TYPE, "role");
	put_item(out, ITEM_DATA, zone->secondary ? "slave" : "master");
	fputc(EXTRA, out);
	put_item(out, ITEM_TYPE, "serial");
	put_item(out, ITEM_DATA, serial);
	fputc(EXTRA, out);
	put_item(out, ITEM_TYPE, "transaction");
	put_item(out, ITEM_DATA, pending[zone->pending]);
}

static void put_error(FILE *out, const char *text)
{
	fputc(DATA, out);
	put_item(out, ITEM_ERROR, text);
}

static void put_record(FILE *out, const char *owner, const char *type, const char *rdata)
{
	fputc(DATA, out);
	put_item(out, ITEM_OWNER, owner);
	put_item(out, ITEM_TTL, "60");
	put_item(out, ITEM_TYPE, type);
	put_item(out, ITEM_DATA, rdata);
}

static void put_zone(FILE *out, const struct fake_zone *zone, size_t records)
{
	char text[TEXT];
	snprintf(text, sizeof(text), "ns.example.net. h.example.net. %u 1 1 1 1", zone->serial);
	put_record(out, zone->name, "SOA", text);
	for (size_t i = 0; i < records; i++) {
		snprintf(text, sizeof(text), "h%zu.%s", i, zone->name);
		put_record(out, text, "A", "192.0.2.1");
	}
}

/* One name of it. */
static void put_name(FILE *out, const struct fake_zone *zone, const char *owner)
{
	const char *end = zone->below != NULL ? strstr(zone->below, owner) : NULL;
	if (end != NULL && end > zone->below && strlen(end) == strlen(owner)) {
		return;         /* An empty non-terminal: nothing, and no error. */
	} else if (zone->below == NULL || strcmp(owner, zone->below) != 0) {
		put_error(out, "no such node in zone found");
		return;
	}
	put_record(out, owner, "NS", "ns.example.net.");
	if (zone->ds != NULL) {
		put_record(out, owner, "DS", zone->ds);
	}
}

static void answer(struct fake_server *server, struct fake_zone *zone, FILE *out, bool commit)
{
	if (zone->pending == FAKE_NONE) {
		put_error(out, "no active transaction");
		return;
	}
	zone->commits += commit;
	zone->aborts += !commit;
	if (commit) {
		zone->any = true;
		zone->serial = zone->next;
	}
	zone->pending = FAKE_NONE;
	pthread_cond_broadcast(&server->answered);
}

static struct fake_zone *find(struct fake_server *server, const char *name)
{
	for (size_t i = 0; i < FAKE_ZONES; i++) {
		if (server->zones[i].name != NULL && strcmp(server->zones[i].name, name) == 0) {
			return &server->zones[i];
		}
	}
	return NULL;
}

static void carry_out(struct connection *connection)
{
	struct fake_server *server = connection->server;
	const char *command = connection->items[ITEM_CMD];
	FILE *out = connection->out;
	pthread_mutex_lock(&server->mutex);
	struct fake_zone *zone = find(server, connection->items[ITEM_ZONE]);
	if (zone == NULL) {
		server->lacked++;
		put_error(out, "no such zone found");
	} else if (strcmp(command, "zone-status") == 0) {
		put_status(out, zone);
	} else if (strcmp(command, "zone-commit") == 0 || strcmp(command, "zone-abort") == 0) {
		answer(server, zone, out, strcmp(command, "zone-commit") == 0);
	} else if (strcmp(command, "zone-read") == 0 && connection->items[ITEM_OWNER][0] != 0) {
		put_name(out, zone, connection->items[ITEM_OWNER]);
	} else if (strcmp(command, "zone-read") == 0 && zone->any) {
		put_zone(out, zone, server->records);
	} else if (strcmp(command, "zone-reload") == 0 || strcmp(command, "zone-refresh") == 0) {
		zone->asked += zone->secondary == (strcmp(command, "zone-refresh") == 0);
	}
	pthread_mutex_unlock(&server->mutex);
}

/* False: the connection ends. */
static bool serve_command(struct connection *connection)
{
	struct fake_server *server = connection->server;
	char *bytes = NULL;
	size_t size = 0;
	pthread_mutex_lock(&server->mutex);
	enum fake_mood mood = server->mood;
	int busy = server->busy_ms;
	server->commands++;
	server->most = server->commands > server->most ? server->commands : server->most;
	pthread_mutex_unlock(&server->mutex);
	connection->out = open_memstream(&bytes, &size);
	if (mood == FAKE_BUSY) {
		usleep(busy * 1000);
	} else if (mood == FAKE_MAD) {
		fwrite("\x01\x19\x00\x04type\xff\xff\xff\x03", 12, 1, connection->out);
	} else if (mood != FAKE_SILENT) {
		carry_out(connection);
	}
	fputc(BLOCK, connection->out);
	fclose(connection->out);
	pthread_mutex_lock(&server->mutex);
	server->commands--;
	pthread_mutex_unlock(&server->mutex);
	size = mood == FAKE_RUDE ? size / 2 : mood == FAKE_SILENT ? 0 : size;
	bool sent = true;
	for (size_t done = 0; sent && done < size; ) {
		ssize_t put = send(connection->fd, bytes + done, size - done, MSG_NOSIGNAL);
		sent = put > 0;
		done += sent ? (size_t)put : 0;
	}
	free(bytes);
	return sent && mood != FAKE_RUDE;
}

static void *serve(void *arg)
{
	struct connection *connection = arg;
	while (get_command(connection) && serve_command(connection)) {
	}
	close(connection->fd);
	free(connection);
	return NULL;
}

static void *listen_on(void *arg)
{
	struct fake_server *server = arg;
	pthread_t threads[1024];
	size_t n_threads = 0;
	int fd;
	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		struct connection *connection = calloc(1, sizeof(*connection));
		if (connection == NULL || n_threads == 1024) {
			abort();
		}
		connection->server = server;
		connection->fd = fd;
		pthread_create(&threads[n_threads++], NULL, serve, connection);
	}
	for (size_t i = 0; i < n_threads; i++) {
		pthread_join(threads[i], NULL);
	}
	return NULL;
}

bool fake_start(struct fake_server *server, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pthread_mutex_init(&server->mutex, NULL);
	pthread_cond_init(&server->answered, NULL);
	server->stop = false;
	snprintf(server->path, sizeof(server->path), "%s", path);
	strcpy(address.sun_path, server->path);
	unlink(path);
	server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	return server->listener >= 0 &&
	       bind(server->listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       listen(server->listener, 5) == 0 &&
	       pthread_create(&server->thread, NULL, listen_on, server) == 0;
}

void fake_stop(struct fake_server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->stop = true;
	pthread_mutex_unlock(&server->mutex);
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
	unlink(server->path);
	pthread_cond_destroy(&server->answered);
	pthread_mutex_destroy(&server->mutex);
}

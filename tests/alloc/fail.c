/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Preloaded library: lets the n-th allocation of a program fail. Counting begins with main(), so
 * that what other libraries do while they are loaded stays out of it.
 *
 *   ACML_FAIL_AT=n       the n-th fails, the ones behind it succeed
 *   ACML_FAIL_FROM=n     the n-th fails and all behind it
 *   ACML_FAIL_COUNT=fd   at the end, writes the number of allocations to this descriptor
 *
 * glibc's own callers (strdup, fopen, getline …) come through here as well. Cryptographic
 * libraries, libunbound and the dynamic linker get what they ask for, and are not counted: without
 * memory, GMP ends the program, GnuTLS frees what it never had, libdnssec's dnssec_sign_new() does
 * not look, and what libunbound's threads ask for differs from run to run.
 */

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

typedef int (*main_fn)(int argc, char **argv, char **envp);
typedef int (*start_fn)(main_fn program, int argc, char **argv, void (*init)(void),
                        void (*fini)(void), void (*unload)(void), void *stack);

int __libc_start_main(main_fn program, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*unload)(void), void *stack);

static main_fn real_main;
static atomic_bool counting;
static atomic_ulong count;
static unsigned long fail_at;
static unsigned long fail_from;

/* Whether the code at an address cannot live without memory. */
static bool is_spared(const void *caller)
{
	static const char *const names[] = {
		"libgmp", "libhogweed", "libnettle", "libgnutls", "libtasn1", "libunbound", "libevent",
		"libcrypto", "libssl", "ld-",
	};
	Dl_info info;
	if (dladdr(caller, &info) == 0) {
		return false;
	}
	if (info.dli_sname != NULL && strcmp(info.dli_sname, "dnssec_sign_new") == 0) {
		return true;
	}
	const char *name = info.dli_fname != NULL ? strrchr(info.dli_fname, '/') : NULL;
	for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(name + 1, names[i], strlen(names[i])) == 0) {
			return true;
		}
	}
	return false;
}

static bool refuse(const void *caller)
{
	if (!counting || is_spared(caller)) {
		return false;
	}
	unsigned long number = atomic_fetch_add(&count, 1) + 1;
	return number == fail_at || (fail_from != 0 && number >= fail_from);
}

void *malloc(size_t size)
{
	if (refuse(__builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	if (refuse(__builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
	if (refuse(__builtin_return_address(0))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(old, size);
}

static unsigned long setting(const char *name)
{
	const char *text = getenv(name);
	return text == NULL ? 0 : strtoul(text, NULL, 10);
}

static void tell(void)
{
	unsigned long total = count;
	counting = false;

	unsigned long fd = setting("ACML_FAIL_COUNT");
	if (fd != 0) {
		dprintf((int)fd, "%lu\n", total);
	}
}

/* What libraries do while they are loaded stays out of it whenever that is. */
void *dlopen(const char *file, int mode)
{
	typedef void *(*open_fn)(const char *, int);
	open_fn next;
	void *symbol = dlsym(RTLD_NEXT, "dlopen");
	memcpy(&next, &symbol, sizeof(next));
	bool was = counting;
	counting = false;
	void *handle = next(file, mode);
	counting = was;
	return handle;
}

static int counted_main(int argc, char **argv, char **envp)
{
	fail_at = setting("ACML_FAIL_AT");
	fail_from = setting("ACML_FAIL_FROM");
	atexit(tell);
	counting = true;
	return real_main(argc, argv, envp);
}

int __libc_start_main(main_fn program, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*unload)(void), void *stack)
{
	void *symbol = dlsym(RTLD_NEXT, "__libc_start_main");
	start_fn next;
	memcpy(&next, &symbol, sizeof(next));

	real_main = program;
	return next(counted_main, argc, argv, init, fini, unload, stack);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Where the parts of a record stand in a zone file's text. Private to the patch. */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Offsets into the text; the end of one part is behind its last byte. */
struct acml_record_text {
	size_t start;                   /* Of its first line. */
	size_t owner_end;               /* start: the owner is inherited. */
	size_t type_start, type_end;
	size_t data_start, data_end;    /* Closing parentheses included. */
	size_t serial_start, serial_end;    /* The third item of the data; 0: there is none. */
	size_t end;                     /* Behind its last line's end. */
	bool opened;                    /* A parenthesis opens before the data. */
	bool commented;                 /* Comments stand between its parts. */
};

/* False: it is not a record. at: where its first line begins. */
bool acml_record_find(const char *bytes, size_t size, size_t at, struct acml_record_text *out);

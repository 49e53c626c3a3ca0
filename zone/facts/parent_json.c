/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The parent as AWS tells it: route53domains get-domain-detail, route53 get-dnssec, route53
 * get-hosted-zone. Members that are not known are left alone. */

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libknot/errcode.h>
#include <libknot/wire.h>

#include "facts/parent_build.h"
#include "model/crypto.h"
#include "model/load_json.h"
#include "model/names.h"

/* A public key as it stands in a DNSKEY, behind four bytes of header. */
#define KEY_SIZE 4096

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' :
	       isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Blanks between the digits are allowed. 0: no digest. */
static size_t parse_hex(const char *text, uint8_t *out, size_t size)
{
	size_t digits = 0;
	for (; *text != '\0'; text++) {
		int value = hex(*text);
		if (*text == ' ') {
			continue;
		}
		if (value < 0 || digits / 2 >= size) {
			return 0;
		}
		out[digits / 2] = (uint8_t)(digits % 2 == 0 ? value << 4 : out[digits / 2] | value);
		digits++;
	}
	return digits % 2 == 0 ? digits / 2 : 0;
}

static size_t parse_base64(const char *text, uint8_t *out, size_t size)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t used = 0;
	for (; *text != '\0' && *text != '='; text++) {
		if (isspace((unsigned char)*text)) {
			continue;
		}
		const char *letter = strchr(letters, *text);
		if (letter == NULL) {
			return 0;
		}
		bits = bits << 6 | (uint32_t)(letter - letters);
		n_bits += 6;
		if (n_bits >= 8) {
			if (used == size) {
				return 0;
			}
			n_bits -= 8;
			out[used++] = (uint8_t)(bits >> n_bits);
		}
	}
	return used;
}

/* A member that is a number from 0 to most; also as text. Absent or null: false. */
static bool number(const json_t *object, const char *key, unsigned most, unsigned *out)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= (json_int_t)most) {
		*out = (unsigned)json_integer_value(value);
		return true;
	}
	char rest;
	return json_is_string(value) && sscanf(json_string_value(value), "%9u%c", out, &rest) == 1 &&
	       *out <= most;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int name_of(const struct acml_document *document, const json_t *object, const char *key,
                   knot_dname_storage_t out)
{
	const char *text = text_of(object, key);
	if (text == NULL || text[0] == '\0' || !acml_name_parse(text, out)) {
		return acml_parent_fault(document, 0, 0, "%s is not a domain name", key);
	}
	return KNOT_EOK;
}

/* Some registries take the key and make the DS themselves: so do we, with SHA-256. */
static int ds_of_key(const knot_dname_t *child, const json_t *entry, unsigned algorithm,
                     uint8_t digest[ACML_DIGEST_MAX], struct acml_parent_ds *out)
{
	uint8_t key[KEY_SIZE];
	unsigned flags = 257;
	const char *text = text_of(entry, "PublicKey");
	(void)number(entry, "Flags", 65535, &flags);
	size_t size = text != NULL ? parse_base64(text, key + 4, sizeof(key) - 4) : 0;
	knot_wire_write_u16(key, (uint16_t)flags);
	key[2] = 3;
	key[3] = (uint8_t)algorithm;
	out->digest_type = 2;
	out->digest = digest;
	out->key_tag = acml_crypto_key_tag(key, size + 4);
	return size > 0 ? acml_crypto_ds(child, key, size + 4, 2, digest, &out->digest_size) :
	       KNOT_EINVAL;
}

static int say_key(const struct acml_document *document, const knot_dname_t *child,
                   const json_t *entry)
{
	uint8_t digest[ACML_DIGEST_MAX];
	struct acml_statement statement = {
		.kind = ACML_SAYS_DS, .child = child, .ds = { .file = document->name },
	};
	unsigned algorithm, tag, type;
	if (!number(entry, "Algorithm", 255, &algorithm)) {
		return acml_parent_fault(document, 0, 0, "DnssecKeys: a key without Algorithm");
	}
	statement.ds.algorithm = (uint8_t)algorithm;
	const char *text = text_of(entry, "Digest");
	if (text != NULL && text[0] != '\0') {
		statement.ds.digest_size = parse_hex(text, digest, sizeof(digest));
		if (statement.ds.digest_size == 0 || !number(entry, "KeyTag", 65535, &tag) ||
		    !number(entry, "DigestType", 255, &type)) {
			return acml_parent_fault(document, 0, 0, "DnssecKeys: a Digest that is not "
			                         "hexadecimal, or without KeyTag and DigestType");
		}
		statement.ds.key_tag = (uint16_t)tag;
		statement.ds.digest_type = (uint8_t)type;
		statement.ds.digest = digest;
	} else {
		int ret = ds_of_key(child, entry, algorithm, digest, &statement.ds);
		if (ret != KNOT_EOK) {
			return ret == KNOT_ENOMEM ? ret :
			       acml_parent_fault(document, 0, 0, "DnssecKeys: a key with neither Digest "
			                         "nor a usable PublicKey");
		}
	}
	return acml_parent_say(document->build, &statement);
}

static int say_ns(const struct acml_document *document, const knot_dname_t *child,
                  const char *text, enum acml_statement_kind kind)
{
	knot_dname_storage_t name;
	if (text == NULL || text[0] == '\0' || !acml_name_parse(text, name)) {
		return acml_parent_fault(document, 0, 0, "a name server that is not a domain name");
	}
	const struct acml_statement statement = {
		.kind = kind, .child = child, .ns = { .name = name, .file = document->name },
	};
	return acml_parent_say(document->build, &statement);
}

static int read_domain(const struct acml_document *document, const json_t *object)
{
	knot_dname_storage_t child;
	int ret = name_of(document, object, "DomainName", child);
	if (ret != KNOT_EOK || !acml_parent_wants(document->build, child)) {
		return ret;
	}
	const json_t *servers = json_object_get(object, "Nameservers");
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(servers); i++) {
		const json_t *entry = json_array_get(servers, i);
		ret = say_ns(document, child, text_of(entry, "Name"), ACML_SAYS_NS);
	}
	const json_t *keys = json_object_get(object, "DnssecKeys");
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(keys); i++) {
		ret = say_key(document, child, json_array_get(keys, i));
	}
	if (ret == KNOT_EOK && json_is_array(keys)) {
		const struct acml_statement listed = {
			.kind = ACML_SAYS_DS_LISTED, .child = child,
		};
		ret = acml_parent_say(document->build, &listed);
	}
	return ret;
}

static int read_hosted(const struct acml_document *document, const json_t *object)
{
	const json_t *zone = json_object_get(object, "HostedZone");
	const json_t *config = json_object_get(zone, "Config");
	const json_t *set = json_object_get(object, "DelegationSet");
	const json_t *servers = json_object_get(set, "NameServers");
	knot_dname_storage_t child;
	int ret = name_of(document, zone, "Name", child);
	if (ret != KNOT_EOK || !acml_parent_wants(document->build, child)) {
		return ret;
	}
	const struct acml_statement statement = {
		.kind = ACML_SAYS_HOSTED,
		.child = child,
		.flag = json_is_true(json_object_get(config, "PrivateZone")),
		.text = document->name,
	};
	ret = acml_parent_say(document->build, &statement);
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(servers); i++) {
		ret = say_ns(document, child, json_string_value(json_array_get(servers, i)),
		             ACML_SAYS_HOSTED_NS);
	}
	return ret;
}

/* "12345 13 2 0123…" of a key that signs. */
static int say_advised(const struct acml_document *document, const knot_dname_t *child,
                       const json_t *entry)
{
	const char *text = text_of(entry, "DSRecord");
	const char *status = text_of(entry, "Status");
	unsigned tag, algorithm, type;
	int at = 0;
	uint8_t digest[ACML_DIGEST_MAX];
	if (text == NULL || text[0] == '\0' ||
	    (status != NULL && strcasecmp(status, "ACTIVE") != 0)) {
		return KNOT_EOK;
	}
	struct acml_statement statement = {
		.kind = ACML_SAYS_DS_ADVISED, .child = child, .ds = { .file = document->name },
	};
	bool sound = sscanf(text, "%5u %3u %3u %n", &tag, &algorithm, &type, &at) == 3 && at > 0 &&
	             tag <= 65535 && algorithm <= 255 && type <= 255;
	statement.ds.digest_size = sound ? parse_hex(text + at, digest, sizeof(digest)) : 0;
	if (statement.ds.digest_size == 0) {
		return acml_parent_fault(document, 0, 0, "KeySigningKeys: DSRecord is no DS record");
	}
	statement.ds.key_tag = (uint16_t)tag;
	statement.ds.algorithm = (uint8_t)algorithm;
	statement.ds.digest_type = (uint8_t)type;
	statement.ds.digest = digest;
	return acml_parent_say(document->build, &statement);
}

static int read_dnssec(const struct acml_document *document, const json_t *object)
{
	const knot_dname_t *child = document->build->options->for_zone;
	if (child == NULL) {
		return acml_parent_fault(document, 0, 0, "route53 get-dnssec does not say the zone; "
		                         "lint that one zone alone");
	}
	const char *served = text_of(json_object_get(object, "Status"), "ServeSignature");
	int ret = KNOT_EOK;
	if (served != NULL) {
		const struct acml_statement statement = {
			.kind = ACML_SAYS_SERVED, .child = child, .text = served,
		};
		ret = acml_parent_say(document->build, &statement);
	}
	const json_t *keys = json_object_get(object, "KeySigningKeys");
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(keys); i++) {
		ret = say_advised(document, child, json_array_get(keys, i));
	}
	return ret;
}

static bool has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

static int read_object(const struct acml_document *document, const json_t *object)
{
	if (has(object, "HostedZone")) {
		return read_hosted(document, object);
	} else if (has(object, "KeySigningKeys") || has(object, "Status")) {
		return read_dnssec(document, object);
	} else if (has(object, "DomainName") && (has(object, "Nameservers") ||
	                                         has(object, "DnssecKeys"))) {
		return read_domain(document, object);
	}
	return acml_parent_fault(document, 0, 0, "none of route53domains get-domain-detail, route53 "
	                         "get-dnssec, route53 get-hosted-zone");
}

static int read_value(const struct acml_document *document, const json_t *value)
{
	if (!json_is_array(value)) {
		return read_object(document, value);
	}
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(value); i++) {
		ret = read_object(document, json_array_get(value, i));
	}
	return ret;
}

static bool only_blanks(const struct acml_document *document, size_t at)
{
	while (at < document->size && isspace((unsigned char)document->bytes[at])) {
		at++;
	}
	return at == document->size;
}

/* The line that an offset stands on. */
static uint32_t line_of(const struct acml_document *document, size_t offset)
{
	uint32_t line = 0;
	for (size_t i = 0; i < offset && i < document->size; i++) {
		line += document->bytes[i] == '\n';
	}
	return line;
}

int acml_parent_json(struct acml_document *document)
{
	int ret = KNOT_EOK;
	size_t at = 0;
	do {
		json_error_t error;
		json_t *value;
		ret = acml_load_json(document->bytes + at, document->size - at,
		                     JSON_DISABLE_EOF_CHECK, &value, &error);
		if (ret == KNOT_ENOMEM) {
			return ret;
		} else if (ret != KNOT_EOK) {
			uint32_t line = line_of(document, at) + (uint32_t)(error.line > 0 ?
			                error.line : 1);
			return acml_parent_fault(document, line, (uint32_t)(error.column > 0 ?
			                         error.column : 0), "no JSON: %s", error.text);
		}
		ret = read_value(document, value);
		json_decref(value);
		at += (size_t)error.position;
	} while (ret == KNOT_EOK && !only_blanks(document, at));
	return ret;
}

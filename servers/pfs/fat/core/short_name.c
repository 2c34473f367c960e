/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short names: 8 and 3 letters of code page 437, all capitals. Every file has
 * one. Whose name can't be written so gets a long one besides, and a short one
 * made of what can be kept and a number: "A long name.text" is ALONGN~1.TEX.
 * The numbers are those that Linux gives: ~1 to ~9, then four hexadecimal
 * digits, so that many alike names don't cost a search each.
 */
#include "fat.h"
#include <base/text.h>
#include <string.h>

enum {
	BASE_BYTES = 8,
	TAIL_BASE = 6,      /* letters kept before ~1 */
	TAIL_LONG_BASE = 2, /* before 1234~1 */
	TAIL_TRIES = 4096,
};

/* Half of a short name on its way. */
struct part {
	uint8_t bytes[BASE_BYTES];
	unsigned count, room;
	int exact; /* nothing was left out or replaced */
	int upper, lower; /* it has no letters of the other kind */
};

uint8_t short_sum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < SHORT_BYTES; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + name[i]);
	return sum;
}

/* The letters of name bytes [from, to), padding left out. */
static unsigned part_show(const uint8_t *bytes, unsigned count, int lower,
    uint16_t *letters)
{
	unsigned length = 0;

	for (unsigned i = 0; i < count; i++) {
		uint8_t byte = bytes[i];

		letters[i] = page_letter(lower ? page_lower(byte) : byte);
		if (byte != ' ')
			length = i + 1;
	}
	return length;
}

unsigned short_show(const struct volume *volume,
    const struct disk_entry *entry, char *text)
{
	int bits = !volume->options.show_lower && !volume->options.show_upper;
	int lower = volume->options.show_lower;
	uint16_t letters[SHORT_BYTES + 1], extension[3];
	uint8_t name[SHORT_BYTES];
	unsigned count, more;

	memcpy(name, entry->name, sizeof name);
	if (name[0] == NAME_E5)
		name[0] = NAME_DELETED;
	count = part_show(name, BASE_BYTES,
	    lower || (bits && (entry->lower & LOWER_BASE)), letters);
	more = part_show(name + BASE_BYTES, 3,
	    lower || (bits && (entry->lower & LOWER_EXTENSION)), extension);
	if (more) {
		letters[count++] = '.';
		memcpy(letters + count, extension, more * sizeof *extension);
		count += more;
	}
	return letters_write(letters, count, text, SHORT_TEXT);
}

unsigned name_trim(const char *text, unsigned length)
{
	while (length && text[length - 1] == '.')
		length--;
	return length;
}

static int letter_is_bad(uint16_t letter)
{
	return letter < 0x20 || (letter < 0x80 &&
	    memchr("*?<>|\":/\\", letter, 9) != 0);
}

/* 0: there is no more room. */
static int part_add(struct part *part, uint16_t letter)
{
	uint8_t byte, upper;

	if (letter == '.' || letter == ' ') {
		part->exact = 0;
		return 1;
	}
	if (part->count == part->room) {
		part->exact = 0;
		return 0;
	}
	byte = page_byte(letter, &upper);
	if (!byte || (letter < 0x80 && memchr("[];,+=", letter, 6))) {
		part->exact = 0;
		byte = upper = '_';
	} else if (byte >= 0x7f) {
		part->lower = part->upper = 0;
	} else if (upper >= 'A' && upper <= 'Z') {
		if (upper == byte)
			part->lower = 0;
		else
			part->upper = 0;
	}
	part->bytes[part->count++] = upper;
	return 1;
}

/* Where the extension begins (behind its dot), or count. */
static unsigned extension_find(const struct new_name *name)
{
	unsigned dot = name->count, i;

	while (dot && name->letters[dot - 1] != '.')
		dot--;
	if (!dot || dot == name->count)
		return name->count;
	/* ".profile" is all base */
	for (i = 0; i < dot - 1; i++)
		if (name->letters[i] != '.' && name->letters[i] != ' ')
			return dot;
	return name->count;
}

/* Both parts; 0: nothing of the name can be kept. */
static int parts_make(const struct new_name *name, struct part *base,
    struct part *extension)
{
	unsigned start = extension_find(name), i;
	unsigned end = start < name->count ? start - 1 : start;

	for (i = 0; i < end; i++)
		if (!part_add(base, name->letters[i]))
			break;
	for (i = start; i < name->count; i++)
		if (!part_add(extension, name->letters[i]))
			break;
	return base->count != 0;
}

static int short_is_taken(struct node *directory, const uint8_t *short_name)
{
	struct disk_entry entry;
	struct found found;
	char text[SHORT_TEXT];
	unsigned length;

	memset(&entry, 0, sizeof entry);
	memcpy(entry.name, short_name, SHORT_BYTES);
	length = short_show(node_volume(directory), &entry, text);
	return names_find(directory, text, length, &found) != E_NOENT;
}

static void short_make(struct new_name *name, const struct part *base,
    unsigned kept, const char *tail, const struct part *extension)
{
	uint8_t *to = name->short_name;
	unsigned length = (unsigned)strlen(tail);

	memset(to, ' ', SHORT_BYTES);
	if (kept > base->count)
		kept = base->count;
	memcpy(to, base->bytes, kept);
	memcpy(to + kept, tail, length);
	memcpy(to + BASE_BYTES, extension->bytes, extension->count);
	if (to[0] == NAME_DELETED)
		to[0] = NAME_E5;
}

/* A short name with a number that no other has. */
static error_t tail_make(struct node *directory, struct new_name *name,
    const struct part *base, const struct part *extension)
{
	char tail[BASE_BYTES];
	uint32_t dice;

	for (unsigned i = 1; i < 10; i++) {
		text_format(tail, sizeof tail, "~%u", i);
		short_make(name, base, TAIL_BASE, tail, extension);
		if (!short_is_taken(directory, name->short_name))
			return 0;
	}
	/* not the time: names made at once would try the same numbers */
	dice = name_hash((const char *)name->letters, name->count * 2);
	for (unsigned i = 0; i < TAIL_TRIES; i++, dice -= 11) {
		text_format(tail, sizeof tail, "%04X~%u", dice & 0xffff,
		    1 + (dice >> 16 & 7));
		short_make(name, base, TAIL_LONG_BASE, tail, extension);
		if (!short_is_taken(directory, name->short_name))
			return 0;
	}
	return E_NOSPC;
}

/* All of the name is in the short one, perhaps with the help of NT's bits. */
static int short_is_all(const struct volume *volume, struct new_name *name,
    const struct part *base, const struct part *extension)
{
	if (!volume->options.create_winnt)
		return base->upper && extension->upper;
	if ((!base->upper && !base->lower) ||
	    (!extension->upper && !extension->lower))
		return 0;
	if (!base->upper)
		name->lower |= LOWER_BASE;
	if (!extension->upper)
		name->lower |= LOWER_EXTENSION;
	return 1;
}

static error_t short_find(struct node *directory, struct new_name *name)
{
	struct volume *volume = node_volume(directory);
	struct part base = { .room = BASE_BYTES, .exact = 1, .upper = 1,
		.lower = 1 };
	struct part extension = { .room = 3, .exact = 1, .upper = 1,
		.lower = 1 };

	if (!parts_make(name, &base, &extension))
		return E_INVAL;
	short_make(name, &base, BASE_BYTES, "", &extension);
	if (base.exact && extension.exact) {
		if (short_is_taken(directory, name->short_name))
			return E_EXIST;
		if (short_is_all(volume, name, &base, &extension))
			name->slots = 1;
		return 0;
	}
	if (volume->options.no_tail &&
	    !short_is_taken(directory, name->short_name))
		return 0;
	return tail_make(directory, name, &base, &extension);
}

error_t name_make(struct node *directory, const char *text, unsigned length,
    struct new_name *name)
{
	length = name_trim(text, length);
	if (!length)
		return E_NOENT;
	if (!letters_read(text, length, name->letters, &name->count))
		return name->count > LONG_MAX ? E_NAMETOOLONG : E_INVAL;
	for (unsigned i = 0; i < name->count; i++)
		if (letter_is_bad(name->letters[i]))
			return E_INVAL;
	if (name->letters[name->count - 1] == ' ')
		return E_INVAL;
	name->lower = 0;
	name->slots = (name->count + LONG_LETTERS - 1) / LONG_LETTERS + 1;
	return short_find(directory, name);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* /etc/fstab and /proc/mounts: lines of words. */
#include "mount.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
	FILE *file;
};

/* \040 and the like stand for what would end a word. */
static void word_take(char *to, size_t size, const char *word)
{
	size_t length = 0;

	while (*word && length + 1 < size) {
		if (word[0] == '\\' && word[1] >= '0' && word[1] <= '3' &&
		    word[2] && word[3]) {
			to[length++] = (word[1] - '0') * 64 +
			    (word[2] - '0') * 8 + (word[3] - '0');
			word += 4;
		} else {
			to[length++] = *word++;
		}
	}
	to[length] = 0;
}

struct table *table_open(const char *path)
{
	struct table *table = malloc(sizeof(*table));

	if (!table)
		return NULL;
	table->file = fopen(path, "r");
	if (table->file)
		return table;
	free(table);
	return NULL;
}

int table_next(struct table *table, struct line *line)
{
	char text[1024], *words[4];
	int count;

	while (fgets(text, sizeof(text), table->file)) {
		count = 0;
		for (char *word = strtok(text, " \t\n"); word && count < 4;
		     word = strtok(NULL, " \t\n"))
			words[count++] = word;
		if (count < 3 || words[0][0] == '#')
			continue;
		word_take(line->source, sizeof(line->source), words[0]);
		word_take(line->target, sizeof(line->target), words[1]);
		word_take(line->type, sizeof(line->type), words[2]);
		word_take(line->options, sizeof(line->options),
		    count > 3 ? words[3] : "defaults");
		return 1;
	}
	return 0;
}

void table_close(struct table *table)
{
	fclose(table->file);
	free(table);
}

int table_find(const char *path, const char *name, struct line *found)
{
	struct table *table = table_open(path);
	struct line line;
	int there = 0;

	if (!table)
		return 0;
	while (table_next(table, &line)) {
		if (strcmp(line.target, name) == 0 ||
		    strcmp(line.source, name) == 0) {
			*found = line;
			there = 1;
		}
	}
	table_close(table);
	return there;
}

int options_have(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, word, length) == 0 &&
		    (at[length] == ',' || !at[length]))
			return 1;
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs top [SECONDS [TIMES]]: the servers by what they did in the last seconds.
 * Two lists are compared by name; columns are found by their titles.
 */
#include "acs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROWS_MAX = 64,
	COLUMNS_MAX = 16,
};

struct table {
	char *text; /* owned; its cells end in 0 */
	char *cells[ROWS_MAX][COLUMNS_MAX];
	int rows;
};

struct rate {
	const char *cells[4]; /* name, state, memory, restarts */
	double received, sent, cpu;
};

static void table_split(struct table *table, char *text, unsigned size)
{
	int column = 0;
	char *cell = text;

	table->text = text;
	table->rows = 0;
	memset(table->cells, 0, sizeof table->cells);
	for (unsigned i = 0; i < size && table->rows < ROWS_MAX; i++) {
		char end = text[i];

		if (end != '\t' && end != '\n')
			continue;
		text[i] = 0;
		if (column < COLUMNS_MAX)
			table->cells[table->rows][column++] = cell;
		cell = text + i + 1;
		if (end == '\n') {
			table->rows++;
			column = 0;
		}
	}
}

/* The cell of row under title, or "0". */
static const char *cell(const struct table *table, int row, const char *title)
{
	for (int i = 0; i < COLUMNS_MAX && table->cells[0][i]; i++)
		if (strcmp(table->cells[0][i], title) == 0 &&
		    table->cells[row][i])
			return table->cells[row][i];
	return "0";
}

static int row_find(const struct table *table, const char *name)
{
	for (int i = 1; i < table->rows; i++)
		if (strcmp(cell(table, i, "SERVER"), name) == 0)
			return i;
	return -1;
}

/* What a counter grew by; one that fell began anew with a new task. */
static double grown(const struct table *was, int old, const struct table *is,
    int row, const char *title)
{
	double now = atof(cell(is, row, title));
	double then = old < 0 ? 0 : atof(cell(was, old, title));

	return now >= then ? now - then : now;
}

static int by_work(const void *one, const void *other)
{
	const struct rate *first = one, *second = other;
	double a = first->cpu * 1000 + first->received;
	double b = second->cpu * 1000 + second->received;

	return (a < b) - (a > b);
}

static void rates_print(const struct table *was, const struct table *is,
    unsigned seconds)
{
	struct rate rates[ROWS_MAX];
	int count = 0;

	for (int row = 1; row < is->rows; row++) {
		int old = row_find(was, cell(is, row, "SERVER"));
		struct rate *rate = &rates[count++];

		rate->cells[0] = cell(is, row, "SERVER");
		rate->cells[1] = cell(is, row, "STATE");
		rate->cells[2] = cell(is, row, "MEMORY(KB)");
		rate->cells[3] = cell(is, row, "RESTARTS");
		rate->received = grown(was, old, is, row, "RECEIVED") / seconds;
		rate->sent = grown(was, old, is, row, "SENT") / seconds;
		rate->cpu = grown(was, old, is, row, "CPU(s)") * 100 / seconds;
	}
	qsort(rates, count, sizeof *rates, by_work);
	printf("%-16s %-10s %6s %10s %8s %10s %s\n", "SERVER", "STATE",
	    "CPU%", "RECEIVED/s", "SENT/s", "MEMORY(KB)", "RESTARTS");
	for (int i = 0; i < count; i++)
		printf("%-16s %-10s %6.1f %10.0f %8.0f %10s %s\n",
		    rates[i].cells[0], rates[i].cells[1], rates[i].cpu,
		    rates[i].received, rates[i].sent, rates[i].cells[2],
		    rates[i].cells[3]);
}

static int table_read(struct table *table)
{
	unsigned size;
	char *text = list_read(&size);

	if (text)
		table_split(table, text, size);
	return text != NULL;
}

int top_show(unsigned seconds, unsigned times)
{
	static struct table tables[2];
	unsigned turn = 0;

	if (!seconds || !table_read(&tables[0]))
		return 1;
	do {
		sleep(seconds);
		free(tables[!turn].text);
		if (!table_read(&tables[!turn]))
			return 1;
		if (isatty(1))
			printf("\033[H\033[J");
		rates_print(&tables[turn], &tables[!turn], seconds);
		fflush(stdout);
		turn = !turn;
	} while (times == 0 || --times);
	return 0;
}

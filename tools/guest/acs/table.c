/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of the ACS, taken apart: cells by row and column. */
#include "table.h"
#include "acs.h"
#include <stdlib.h>
#include <string.h>

void table_split(struct table *table, char *text, unsigned size)
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

const char *table_cell(const struct table *table, int row, const char *title)
{
	for (int i = 0; i < COLUMNS_MAX && table->cells[0][i]; i++)
		if (strcmp(table->cells[0][i], title) == 0 &&
		    table->cells[row][i])
			return table->cells[row][i];
	return "0";
}

int table_find(const struct table *table, const char *name)
{
	for (int i = 1; i < table->rows; i++)
		if (strcmp(table->cells[i][0], name) == 0)
			return i;
	return -1;
}

double table_grown(const struct table *was, int old, const struct table *is,
    int row, const char *title)
{
	double now = atof(table_cell(is, row, title));
	double then = old < 0 ? 0 : atof(table_cell(was, old, title));

	return now >= then ? now - then : now;
}

int table_read(struct table *table)
{
	unsigned size;
	char *text = list_read(&size);

	if (text)
		table_split(table, text, size);
	return text != NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of the ACS, taken apart. The first row has the columns' titles. */
#pragma once

enum {
	ROWS_MAX = 64,
	COLUMNS_MAX = 16,
};

struct table {
	char *text; /* owned; its cells end in 0 */
	char *cells[ROWS_MAX][COLUMNS_MAX];
	int rows;
};

/* The servers, now; 0, and said: they can't be had. */
int table_read(struct table *table);
void table_split(struct table *table, char *text, unsigned size);

/* The cell of row under title, or "0". */
const char *table_cell(const struct table *table, int row, const char *title);

/* The row whose first cell is name, or -1. */
int table_find(const struct table *table, const char *name);

/* What a counter grew by between two tables; row old is that of row, -1: there
 * was none. One that fell began anew with a new task. */
double table_grown(const struct table *was, int old, const struct table *is,
    int row, const char *title);

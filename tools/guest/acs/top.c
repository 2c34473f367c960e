/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acs top [SECONDS [TIMES]]: the servers by what they did in the last seconds.
 * Two lists are compared by name; columns are found by their titles.
 */
#include "acs.h"
#include "table.h"
#include "waits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rate {
	const char *cells[4]; /* name, state, memory, restarts */
	double received, sent, cpu;
};

static int by_work(const void *one, const void *other)
{
	const struct rate *first = one, *second = other;
	double a = first->cpu * 1000 + first->received;
	double b = second->cpu * 1000 + second->received;

	return (a < b) - (a > b);
}

static int rates_find(const struct table *was, const struct table *is,
    unsigned seconds, struct rate rates[ROWS_MAX])
{
	int count = 0;

	for (int row = 1; row < is->rows; row++) {
		int old = table_find(was, table_cell(is, row, "SERVER"));
		struct rate *rate = &rates[count++];

		rate->cells[0] = table_cell(is, row, "SERVER");
		rate->cells[1] = table_cell(is, row, "STATE");
		rate->cells[2] = table_cell(is, row, "MEMORY(KB)");
		rate->cells[3] = table_cell(is, row, "RESTARTS");
		rate->received =
		    table_grown(was, old, is, row, "RECEIVED") / seconds;
		rate->sent = table_grown(was, old, is, row, "SENT") / seconds;
		rate->cpu =
		    table_grown(was, old, is, row, "CPU(s)") * 100 / seconds;
	}
	qsort(rates, count, sizeof *rates, by_work);
	return count;
}

static void rates_print(const struct table *was, const struct table *is,
    unsigned seconds, const struct waits *waits)
{
	struct rate rates[ROWS_MAX];
	int count = rates_find(was, is, seconds, rates);

	printf("%-16s %-10s %6s %10s %8s %10s %-8s %s\n", "SERVER", "STATE",
	    "CPU%", "RECEIVED/s", "SENT/s", "MEMORY(KB)", "RESTARTS",
	    "WAITS FOR");
	for (int i = 0; i < count; i++)
		printf("%-16s %-10s %6.1f %10.0f %8.0f %10s %-8s %s\n",
		    rates[i].cells[0], rates[i].cells[1], rates[i].cpu,
		    rates[i].received, rates[i].sent, rates[i].cells[2],
		    rates[i].cells[3], waits_of(waits, rates[i].cells[0]));
}

int top_show(mach_port_t acs, unsigned seconds, unsigned times)
{
	static struct table tables[2];
	static struct waits waits;
	unsigned turn = 0;

	if (!seconds || !table_read(&tables[0]))
		return 1;
	do {
		sleep(seconds);
		free(tables[!turn].text);
		if (!table_read(&tables[!turn]))
			return 1;
		waits_read(&waits, acs);
		if (isatty(1))
			printf("\033[H\033[J");
		rates_print(&tables[turn], &tables[!turn], seconds, &waits);
		fflush(stdout);
		turn = !turn;
	} while (times == 0 || --times);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times of the disk: local time from 1980 to 2107, two seconds fine; when a
 * file was made is known to 10 ms, when it was used to the day. What local time
 * is the option time_offset says; without it it is UTC.
 */
#include "fat.h"

enum {
	DAY = 24 * 60 * 60,
	DAYS_TO_1980 = 3652,
	YEARS = 128,
	TEN_MS = 10 * 1000 * 1000,
};

static const uint16_t before_month[] = { 0, 31, 59, 90, 120, 151, 181, 212,
	243, 273, 304, 334 };

/* Days from 1970 to the start of a year, counted from 1980. (2100 is no leap
 * year.) */
static int64_t year_start(unsigned year)
{
	return DAYS_TO_1980 + year * 365 + (year + 3) / 4 - (year > 120);
}

static int year_is_leap(unsigned year)
{
	return year % 4 == 0 && year != 120;
}

static unsigned month_start(unsigned year, unsigned month)
{
	return before_month[month] + (month > 1 && year_is_leap(year));
}

void time_read(const struct volume *volume, uint16_t date, uint16_t time,
    uint8_t tens, struct fs_time *out)
{
	unsigned year = date >> 9, month = date >> 5 & 15, day = date & 31;
	int64_t days;

	month = month < 1 ? 0 : month > 12 ? 11 : month - 1;
	days = year_start(year) + month_start(year, month) +
	    (day ? day - 1 : 0);
	out->seconds = days * DAY + (time >> 11) * 3600 +
	    (time >> 5 & 63) * 60 + (time & 31) * 2 + tens / 100 -
	    volume->options.east;
	out->nanoseconds = tens % 100 * (uint32_t)TEN_MS;
}

void time_write(const struct volume *volume, const struct fs_time *in,
    uint16_t *date, uint16_t *time, uint8_t *tens)
{
	int64_t seconds = in->seconds + volume->options.east;
	int64_t days = seconds / DAY;
	uint32_t left = (uint32_t)(seconds % DAY);
	unsigned year, month = 11;

	*tens = 0;
	if (seconds < year_start(0) * DAY) {
		*date = 1 << 5 | 1;
		*time = 0;
		return;
	}
	if (days >= year_start(YEARS)) {
		*date = (YEARS - 1) << 9 | 12 << 5 | 31;
		*time = 23 << 11 | 59 << 5 | 29;
		*tens = 199;
		return;
	}
	year = (unsigned)(days - DAYS_TO_1980) / 366;
	while (days >= year_start(year + 1))
		year++;
	days -= year_start(year);
	while (days < month_start(year, month))
		month--;
	*date = (uint16_t)(year << 9 | (month + 1) << 5 |
	    (unsigned)(days - month_start(year, month) + 1));
	*time = (uint16_t)(left / 3600 << 11 | left / 60 % 60 << 5 |
	    left % 60 / 2);
	*tens = (uint8_t)((left & 1) * 100 + in->nanoseconds / TEN_MS);
}

void time_trim(const struct volume *volume, struct fs_time *time)
{
	int64_t first = year_start(0) * DAY - volume->options.east;
	int64_t last = year_start(YEARS) * DAY - 1 - volume->options.east;

	if (time->seconds < first)
		time->seconds = first;
	if (time->seconds > last)
		time->seconds = last;
	time->seconds &= ~(int64_t)1;
	time->nanoseconds = 0;
}

void day_trim(const struct volume *volume, struct fs_time *time)
{
	time_trim(volume, time);
	time->seconds -= (time->seconds + volume->options.east) % DAY;
}

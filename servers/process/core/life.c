/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a process's life. */
#include "core/life.h"
#include <string.h>

enum {
	STATUS_STOPPED = 0x7f,
	STATUS_CONTINUED = 0xffff,
	STATUS_CORE = 0x80,
	CLOCK_HERTZ = 100,
	MICROSECONDS = 1000000,
};

int life_status_exit(int code)
{
	return (code & 0xff) << 8;
}

int life_status_signal(int signal)
{
	return signal & 0x7f;
}

int life_status_stop(int signal)
{
	return (signal & 0xff) << 8 | STATUS_STOPPED;
}

int life_status_continue(void)
{
	return STATUS_CONTINUED;
}

int life_stop(struct process *process, int signal)
{
	if (process->life != LIFE_RUNNING)
		return 0;
	process->life = LIFE_STOPPED;
	process->stop_signal = signal;
	process->report_stop = 1;
	process->report_continue = 0;
	return 1;
}

int life_continue(struct process *process)
{
	if (process->life != LIFE_STOPPED)
		return 0;
	process->life = LIFE_RUNNING;
	process->report_stop = 0;
	process->report_continue = 1;
	return 1;
}

void life_forget_timers(struct process *process)
{
	if (!process->has_own_timers)
		return;
	memset(process->own_timers, 0, sizeof process->own_timers);
	process->has_own_timers = 0;
}

int life_end(struct process *process, int status)
{
	if (process->life == LIFE_ZOMBIE)
		return 0;
	process->life = LIFE_ZOMBIE;
	process->status = status;
	process->report_stop = process->report_continue = 0;
	signals_flush(&process->signals, ~0ULL);
	memset(process->timers, 0, sizeof process->timers);
	life_forget_timers(process);
	return 1;
}

void life_child_record(const struct process *process, int status,
    struct signal_record *record)
{
	const struct usage *usage = &process->usage;

	memset(record, 0, sizeof *record);
	record->signal = SIGNAL_CHILD;
	record->words[0] = process->pid;
	record->words[1] = (int32_t)process->credentials.user.real;
	if (status == STATUS_CONTINUED) {
		record->code = CHILD_CONTINUED;
		record->words[2] = SIGNAL_CONTINUE;
	} else if ((status & 0xff) == STATUS_STOPPED) {
		record->code = CHILD_STOPPED;
		record->words[2] = status >> 8 & 0xff;
	} else if (status & 0x7f) {
		record->code = status & STATUS_CORE ? CHILD_DUMPED :
		    CHILD_KILLED;
		record->words[2] = status & 0x7f;
	} else {
		record->code = CHILD_EXITED;
		record->words[2] = status >> 8 & 0xff;
	}
	record->words[3] =
	    (int32_t)(usage->user / (MICROSECONDS / CLOCK_HERTZ));
	record->words[4] =
	    (int32_t)(usage->system / (MICROSECONDS / CLOCK_HERTZ));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tty1: the PC's own screen and keyboard. Text goes through the screen's
 * parser to the card's memory (mapped from the kernel's "mem" device); keys
 * come as scan codes from its "kbd" device. Where there is no such card or the
 * keyboard is not to be had, tty1 is the kernel's "console" device.
 *
 * The screen belongs to the output thread; what it answers and the mode of the
 * cursor keys cross over to the input under the lock.
 */
#include "core/keymap.h"
#include "core/screen.h"
#include "tty.h"
#include <base/heap.h>
#include <base/log.h>
#include <base/mach.h>
#include <base/memory.h>
#include <base/port.h>
#include <base/thread.h>
#include <base/types.h>
#include <device/device_types.h>
#include <kernel/device.client.h>
#include <kernel/mach_i386.client.h>
#include <server/server.h>
#include <string.h>

enum {
	VGA_MEMORY = 0xb8000,
	VGA_SIZE = 0x8000,
	VGA_INDEX = 0x3d4, /* port; the data port is the next one */
	VGA_CURSOR_START = 10,
	VGA_CURSOR_HIGH = 14,
	VGA_CURSOR_LOW = 15,
	VGA_ROWS = 25,
	VGA_COLUMNS = 80,
	VGA_CURSOR_OFF = 0x20,
	VGA_CURSOR_SHAPE = 13, /* first scan line of the cursor */
	CONSOLE_PAUSE = 100, /* ms after an error */
	INITIAL = 1,         /* pid of init: Ctrl-Alt-Del is its SIGINT */
};

/* The kernel's keyboard device: events instead of characters. */
enum {
	KEYBOARD_MODE = (int)0x80044b01, /* _IOW('K', 1, int) */
	KEYBOARD_EVENTS = 1,
	KEYBOARD_EVENT = 5, /* type of an event with a scan code */
};

struct keyboard_event {
	uint16_t type;
	uint16_t spare;
	int32_t seconds, microseconds;
	uint32_t code;
};
_Static_assert(sizeof(struct keyboard_event) == 16, "as the kernel's");

static struct {
	struct terminal *terminal; /* referenced */
	struct screen screen;
	struct keymap keymap;
	volatile uint16_t *video;
	mach_port_t keyboard; /* send right, owned */
	unsigned char shape;  /* of the cursor, as it was set last */
} console;

static void port_put(unsigned port, unsigned char byte)
{
	__asm__ volatile("outb %0,%w1" : : "a"(byte), "Nd"(port));
}

static void video_register(unsigned char index, unsigned char byte)
{
	port_put(VGA_INDEX, index);
	port_put(VGA_INDEX + 1, byte);
}

static void video_cursor(void)
{
	const struct screen *screen = &console.screen;
	unsigned at = screen->now.row * screen->columns + screen->now.column;
	unsigned char shape =
	    screen->cursor_visible ? VGA_CURSOR_SHAPE : VGA_CURSOR_OFF;

	video_register(VGA_CURSOR_HIGH, at >> 8);
	video_register(VGA_CURSOR_LOW, at);
	if (shape != console.shape)
		video_register(VGA_CURSOR_START, shape);
	console.shape = shape;
}

static void video_update(void)
{
	struct screen *screen = &console.screen;
	unsigned at, end;

	if (screen->dirty_first <= screen->dirty_last) {
		at = screen->dirty_first * screen->columns;
		end = (screen->dirty_last + 1) * screen->columns;
		for (; at < end; at++)
			console.video[at] = screen->cells[at];
	}
	screen_clean(screen);
	video_cursor();
}

/* With the lock held. */
static void console_answer(void)
{
	struct screen *screen = &console.screen;

	console.keymap.cursor_keys = screen->cursor_keys;
	if (screen->answer_count == 0)
		return;
	terminal_input(console.terminal, screen->answer, screen->answer_count);
	screen->answer_count = 0;
}

static void console_output(void *argument)
{
	struct terminal *terminal = console.terminal;

	(void)argument;
	thread_name("screen");
	tty_lock();
	for (;;) {
		terminal_fly(terminal);
		tty_unlock();
		screen_write(&console.screen, terminal->flight,
		    terminal->in_flight);
		video_update();
		tty_lock();
		terminal->in_flight = 0;
		console_answer();
		terminal_changed(terminal);
	}
}

/* With the lock held. Keys that find no room are lost, as on any PC. */
static void console_key(unsigned char code)
{
	unsigned char bytes[KEYMAP_BYTES];
	unsigned count = keymap_scan(&console.keymap, code, bytes);

	if (count > 0)
		terminal_input(console.terminal, bytes, count);
	if (console.keymap.reboot) {
		console.keymap.reboot = 0;
		signals_process(INITIAL, LINE_SIGINT);
	}
}

static void console_input(void *argument)
{
	union {
		io_buf_ptr_inband_t bytes;
		struct keyboard_event events[8];
	} data;
	mach_msg_type_number_t count;
	unsigned index;
	error_t error;

	(void)argument;
	thread_name("keyboard");
	for (;;) {
		count = sizeof data.events;
		error = device_read_inband(console.keyboard, 0, 0,
		    sizeof data.events, data.bytes, &count);
		if (error) {
			thread_sleep(CONSOLE_PAUSE);
			continue;
		}
		tty_lock();
		for (index = 0; index < count / sizeof data.events[0]; index++)
			if (data.events[index].type == KEYBOARD_EVENT)
				console_key(data.events[index].code);
		tty_unlock();
	}
}

static error_t video_map(void)
{
	mach_port_t device, object, permission;
	vm_address_t address;
	error_t error;

	error = device_open(server_device, D_READ | D_WRITE, "mem", &device);
	if (error)
		return error;
	error = device_map(device, VM_PROT_READ | VM_PROT_WRITE, VGA_MEMORY,
	    VGA_SIZE, &object, 0);
	if (!error) {
		error = memory_map(object, 0, VGA_SIZE,
		    VM_PROT_READ | VM_PROT_WRITE, &address);
		port_drop(object);
	}
	port_drop(device);
	if (error)
		return error;
	error = i386_io_perm_create(
	    server_device, VGA_INDEX, VGA_INDEX + 1, &permission);
	if (!error) {
		error = i386_io_perm_modify(mach_task_self(), permission, TRUE);
		port_drop(permission);
	}
	if (error)
		memory_free(address, VGA_SIZE);
	else
		console.video = (volatile uint16_t *)address;
	return error;
}

static error_t keyboard_open(void)
{
	int mode = KEYBOARD_EVENTS;
	error_t error;

	error = device_open(
	    server_device, D_READ | D_WRITE, "kbd", &console.keyboard);
	if (error)
		return error;
	error = device_set_status(console.keyboard, KEYBOARD_MODE, &mode, 1);
	if (error) {
		port_drop(console.keyboard);
		console.keyboard = MACH_PORT_NULL;
	}
	return error;
}

static error_t console_start(struct terminal *terminal)
{
	struct window_size size = { VGA_ROWS, VGA_COLUMNS, 0, 0 };
	error_t error;

	error = video_map();
	if (!error)
		error = keyboard_open();
	if (error) {
		log_line("tty1 is the kernel's console: %s", error_name(error));
		return serial_attach(terminal, "console");
	}
	screen_init(&console.screen, VGA_ROWS, VGA_COLUMNS);
	keymap_init(&console.keymap);
	terminal->line.size = size;
	video_update();
	error = thread_start(console_output, NULL);
	if (!error)
		error = thread_start(console_input, NULL);
	return error;
}

error_t console_init(void)
{
	struct terminal *terminal;
	error_t error;

	error = terminal_find_or_new(DEVICE_NUMBER(MAJOR_TERMINAL, 1),
	    &terminal);
	if (error)
		return error;
	terminal->start = console_start;
	console.terminal = terminal;
	return 0;
}

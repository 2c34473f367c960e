/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init: process 1. It sets the machine up (/etc/rc), keeps a login shell on
 * the console, collects orphans, and ends the system on SIGTERM (power off)
 * or SIGINT (reboot). With `script=DISK` on the kernel's command line it
 * runs the commands that tools/run handed over instead (tools/README.md) and
 * powers off.
 */
#include "init.h"
#include <acs.client.h>
#include <fcntl.h>
#include <newlib/masix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	TIOCSCTTY = 0x540e,
	QUICK_DEATHS_MAX = 5, /* of the shell, before init waits */
	TERMINAL = 0,         /* index of TERM in the environment */
	OTHERS = 7,           /* and of DISK1... */
	DISKS_MAX = 10,
};

static char command_line[1024];

static char *environment[OTHERS + DISKS_MAX + 1] = {
	"TERM=linux", "HOME=/root", "USER=root", "LOGNAME=root",
	"SHELL=/bin/bash",
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C"
};

void say(const char *text)
{
	write(2, text, strlen(text));
}

int word_value(const char *name, char *value, unsigned size)
{
	size_t length = strlen(name);

	for (char *at = command_line; (at = strstr(at, name)); at += length) {
		if ((at == command_line || at[-1] == ' ') &&
		    at[length] == '=') {
			const char *from = at + length + 1;

			snprintf(value, size, "%.*s", (int)strcspn(from, " "),
			    from);
			return 1;
		}
	}
	return 0;
}

static int word_given(const char *word)
{
	size_t length = strlen(word);

	for (char *at = command_line; (at = strstr(at, word)); at += length) {
		int starts = at == command_line || at[-1] == ' ';

		if (starts && (!at[length] || at[length] == ' '))
			return 1;
	}
	return 0;
}

static void command_line_read(void)
{
	mach_port_t acs = acs_right();
	mach_msg_type_number_t count = sizeof(command_line);

	if (!acs || acs_command_line(acs, command_line, &count))
		count = 0;
	if (count >= sizeof(command_line))
		count = sizeof(command_line) - 1;
	command_line[count] = 0;
}

static void host_name_set(void)
{
	char name[65];
	int file = open("/etc/hostname", O_RDONLY);
	int length = file < 0 ? -1 : read(file, name, sizeof(name) - 1);

	if (file >= 0)
		close(file);
	if (length > 0) {
		name[length] = 0;
		name[strcspn(name, "\r\n")] = 0;
		sethostname(name, strlen(name));
	}
}

static void program_run(char *const argv[])
{
	int pid = fork(), status;

	if (!pid) {
		execve(argv[0], argv, environment);
		_exit(127);
	}
	if (pid > 0)
		deaths_await(pid, &status, -1);
}

/* tools/run --add: the disk named on the command line goes to /mnt. */
static void added_disk_mount(void)
{
	char disk[16], path[32];

	if (!word_value("add", disk, sizeof(disk)))
		return;
	snprintf(path, sizeof(path), "/dev/%s", disk);
	if (mount(path, "/mnt", "ext2", 0, ""))
		say("init: /mnt can't be mounted\n");
}

/* tools/run --disk: DISK1=/dev/hdc and so on, for hd2 and so on. */
static void disks_name(void)
{
	static char texts[DISKS_MAX][32];
	char word[16], disk[16];

	for (int i = 0; i < DISKS_MAX; i++) {
		snprintf(word, sizeof(word), "disk%d", i + 1);
		if (!word_value(word, disk, sizeof(disk)))
			return;
		snprintf(texts[i], sizeof(texts[i]), "DISK%d=/dev/%.2s%c",
		    i + 1, disk, 'a' + disk[2] - '0');
		environment[OTHERS + i] = texts[i];
	}
}

static int shell_start(void)
{
	static char *const login[] = { "-bash", NULL };
	static char *const plain[] = { "-sh", NULL };
	int pid = fork();

	if (pid)
		return pid;
	setsid();
	close(0);
	close(1);
	close(2);
	open("/dev/console", O_RDWR);
	dup(0);
	dup(0);
	ioctl(0, TIOCSCTTY, NULL);
	chdir("/root");
	if (!word_given("single"))
		execve("/bin/bash", login, environment);
	execve("/bin/sh", plain, environment);
	execve("/bin/busybox", plain, environment);
	say("init: no shell can be run: /bin/bash, /bin/sh, /bin/busybox\n");
	_exit(127);
}

/* A shell for the console, as long as the system lives. An environment that has
 * no console has none: its programs come from outside. */
static void shells_keep(void)
{
	int quick = 0, status;

	if (access("/dev/console", F_OK))
		deaths_await(0, &status, -1);
	while (!deaths_end()) {
		time_t started = time(NULL);
		int pid = shell_start();

		if (pid < 0)
			deaths_await(0, &status, 1);
		else
			deaths_await(pid, &status, -1);
		quick = time(NULL) - started < 2 ? quick + 1 : 0;
		if (quick == QUICK_DEATHS_MAX) {
			say("init: the shell ends at once; next try in 10 s\n");
			deaths_await(0, &status, 10);
			quick = 0;
		} else if (!deaths_end()) {
			say("\nLogged out. A new shell; `halt` powers off.\n");
		}
	}
}

static void system_end(unsigned command)
{
	signal(SIGTERM, SIG_IGN);
	kill(-1, SIGTERM);
	kill(-1, SIGKILL);
	sync();
	if (reboot(command))
		say("init: the system does not end\n");
	for (;;)
		pause();
}

int main(void)
{
	static char *const rc[] = { "/bin/sh", "/etc/rc", NULL };
	char disk[16];
	int deaths, end;

	if (getpid() != 1) {
		say("init: only process 1 is init; see halt and reboot\n");
		return 1;
	}
	umask(022);
	while ((deaths = deaths_watch()) < 0) {
		say("init: there is no pipe; next try in 1 s\n");
		sleep(1);
	}
	command_line_read();
	host_name_set();
	if (access("/etc/rc", R_OK) == 0)
		program_run(rc);
	added_disk_mount();
	disks_name();
	if (word_value("script", disk, sizeof(disk))) {
		environment[TERMINAL] = "TERM=dumb";
		script_run(disk, environment, deaths);
		end = SIGINT; /* a reboot ends QEMU at once */
	} else {
		shells_keep();
		end = deaths_end();
	}
	system_end(end == SIGINT ? REBOOT_RESTART : REBOOT_POWER_OFF);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Process 1 of the Linux that Masix is compared with: loads the modules of the
 * initial file system, mounts Masix's own disk, and does there what
 * tools/README.md asks of Masix: a shell on the terminal, or a script whose
 * output goes to a disk.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SECTOR = 512,
	RECORD_MAGIC = 0x4e55524d,
	RECORD_DATA = 1,
	RECORD_END = 2,
	RECORD_MAX = 65520,
	OTHERS = 7,     /* the first free place of the environment */
	DISKS_MAX = 10, /* of tools/linux --disk */
};

struct script_head {
	char magic[8];
	uint32_t version, length, result_start, result_sectors;
};

static struct {
	uint32_t magic, kind, length, sequence;
	char data[RECORD_MAX];
} record;

static int script;       /* the disk */
static uint32_t sector;  /* where the next record goes */

static void fail(const char *what)
{
	fprintf(stderr, "linux_init: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_AUTOBOOT);
	exit(1);
}

static void modules_load(void)
{
	char line[256];
	FILE *list = fopen("/modules/order", "r");

	while (list && fgets(line, sizeof(line), list)) {
		int file;

		line[strcspn(line, "\n")] = 0;
		file = open(line, O_RDONLY);
		if (file < 0 || syscall(SYS_finit_module, file, "", 0))
			fprintf(stderr, "linux_init: module %s: %s\n", line,
			    strerror(errno));
		close(file);
	}
	if (list)
		fclose(list);
}

/* Whether the disk block ("sda") has that serial number. */
static int serial_is(const char *block, const char *serial)
{
	char path[300], page[64] = "";
	int file, length;

	snprintf(path, sizeof(path), "/sys/block/%s/device/vpd_pg80", block);
	file = open(path, O_RDONLY);
	length = file < 0 ? 0 : read(file, page, sizeof(page) - 1);
	if (file >= 0)
		close(file);
	if (length <= 4)
		return 0;
	page[length] = 0;
	for (char *end = page + length; end[-1] == ' '; end--)
		end[-1] = 0;
	return strcmp(page + 4 + strspn(page + 4, " "), serial) == 0;
}

/* Linux's name of the disk that QEMU gave this serial number, or 0. */
static int disk_find(const char *serial, char name[16])
{
	DIR *blocks = opendir("/sys/block");
	struct dirent *entry;
	int found = 0;

	while (blocks && !found && (entry = readdir(blocks))) {
		found = serial_is(entry->d_name, serial);
		if (found)
			snprintf(name, 16, "%.15s", entry->d_name);
	}
	if (blocks)
		closedir(blocks);
	return found;
}

/* A disk that was named on the command line, as /dev/NAME SUFFIX, or 0. */
static int disk_named(const char *key, const char *suffix, char path[64])
{
	const char *serial = getenv(key);
	char name[16] = "?";

	if (!serial)
		return 0;
	/* The drivers find their disks in the background, in any order. */
	for (int tries = 0; tries < 1500; tries++) {
		if (disk_find(serial, name)) {
			snprintf(path, 64, "/dev/%s%s", name, suffix);
			if (!access(path, F_OK))
				return 1;
		}
		usleep(20000);
	}
	snprintf(path, 64, "/dev/%s%s", name, suffix);
	return 1;
}

static void root_enter(void)
{
	char disk[64], add[64];
	int adding;

	mount("dev", "/dev", "devtmpfs", 0, "");
	mount("sys", "/sys", "sysfs", 0, "");
	modules_load();
	adding = disk_named("masix_add", "", add);
	if (!disk_named("masix_root", "1", disk))
		fail("no root named");
	if (mount(disk, "/root", "ext4", 0, ""))
		fail(disk);
	mount("dev", "/root/dev", "devtmpfs", 0, "");
	mount("proc", "/root/proc", "proc", 0, "");
	mount("sys", "/root/sys", "sysfs", 0, "");
	mkdir("/root/dev/pts", 0755);
	mount("pts", "/root/dev/pts", "devpts", 0, "ptmxmode=666");
	if (symlink("/proc/self/fd", "/root/dev/fd") ||
	    symlink("fd/0", "/root/dev/stdin") ||
	    symlink("fd/1", "/root/dev/stdout") ||
	    symlink("fd/2", "/root/dev/stderr"))
		fail("/dev/fd");
	if (adding && mount(add, "/root/mnt", "ext4", 0, ""))
		fail(add);
	if (chdir("/root") || chroot("."))
		fail("chroot");
	sethostname("masix", 5);
}

static void record_write(uint32_t kind, uint32_t length)
{
	uint32_t size = 16 + length;
	uint32_t sectors = (size + SECTOR - 1) / SECTOR;

	record.magic = RECORD_MAGIC;
	record.kind = kind;
	record.length = length;
	memset((char *)&record + size, 0, sectors * SECTOR - size);
	if (pwrite(script, &record, sectors * SECTOR,
	    (off_t)sector * SECTOR) < 0)
		fail("results");
	fdatasync(script);
	record.sequence++;
	sector += sectors;
}

/* tools/linux --disk: DISK1=/dev/sdc and so on. */
static void disks_name(char **environment)
{
	static char texts[DISKS_MAX][80];
	char word[16], path[64];

	for (int i = 0; i < DISKS_MAX; i++) {
		snprintf(word, sizeof(word), "masix_disk%d", i + 1);
		if (!disk_named(word, "", path))
			return;
		snprintf(texts[i], sizeof(texts[i]), "DISK%d=%s", i + 1, path);
		environment[i] = texts[i];
	}
}

static void child_start(char *commands, const char *input, int output)
{
	char *arguments[] = { "bash", "-c", commands, NULL };
	char *login[] = { "-bash", NULL };
	static char *environment[OTHERS + DISKS_MAX + 1] = {
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
		":/sbin:/bin",
		"TERM=dumb", "LANG=C.UTF-8"
	};
	int file;

	disks_name(environment + OTHERS);

	setsid();
	file = open(input, O_RDWR);
	dup2(file, 0);
	dup2(commands ? output : file, 1);
	dup2(commands ? output : file, 2);
	for (int other = 3; other < 64; other++)
		close(other);
	if (!commands)
		ioctl(0, TIOCSCTTY, 0);
	if (chdir("/root"))
		_exit(126);
	execve("/bin/bash", commands ? arguments : login, environment);
	_exit(127);
}

/* Passes on what comes from the pipe, until it ends or, once the shell is
 * dead, until it is empty. The shell's wait status. */
static int output_pass(int from, int shell)
{
	struct pollfd wait = { .fd = from, .events = POLLIN };
	int status = 0, dead = 0, found;
	ssize_t length;

	for (;;) {
		found = poll(&wait, 1, dead ? 0 : 20);
		if (found > 0) {
			length = read(from, record.data, RECORD_MAX);
			if (length > 0) {
				record_write(RECORD_DATA, length);
				continue;
			}
			wait.fd = -1;
			found = 0;
		}
		if (found == 0 && dead)
			return status;
		dead |= waitpid(shell, &status, WNOHANG) == shell;
	}
}

static void script_run(const char *disk)
{
	char first[SECTOR], *commands;
	struct script_head *head = (struct script_head *)first;
	int ends[2], shell, status, code;

	script = open(disk, O_RDWR);
	if (script < 0 || pread(script, first, SECTOR, 0) != SECTOR ||
	    memcmp(head->magic, "MASIXRUN", 8))
		fail(disk);
	commands = calloc(1, head->length + 1);
	if (pread(script, commands, head->length, SECTOR) < 0)
		fail(disk);
	sector = head->result_start;
	if (pipe(ends))
		fail("pipe");
	shell = fork();
	if (!shell)
		child_start(commands, "/dev/null", ends[1]);
	close(ends[1]);
	status = output_pass(ends[0], shell);
	code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	memcpy(record.data, &code, sizeof(code));
	record_write(RECORD_END, sizeof(code));
}

int main(void)
{
	char disk[64];
	int shell;

	root_enter();
	if (disk_named("masix_script", "", disk)) {
		script_run(disk);
	} else {
		shell = fork();
		if (!shell)
			child_start(NULL, "/dev/ttyS0", -1);
		while (wait(NULL) != shell)
			;
	}
	sync();
	mount("", "/", "", MS_REMOUNT | MS_RDONLY, "");
	mount("", "/mnt", "", MS_REMOUNT | MS_RDONLY, "");
	reboot(disk_named("masix_script", "", disk) ? RB_AUTOBOOT :
	    RB_POWER_OFF);
	return 1;
}

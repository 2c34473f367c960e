/* SPDX-License-Identifier: BSD-2-Clause */
/* Images from makefs, mounted from memory: see fixture.h. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int image_make(struct ram_device *ram, const char *order, const char *options)
{
	char folder[] = "/tmp/masix-ffs-XXXXXX", line[512];
	int bad;

	if (!mkdtemp(folder))
		return -1;
	snprintf(line, sizeof line, "mkdir %s/empty && PATH=$PATH:/usr/sbin "
	    "makefs -t ffs -B %s -o version=1%s%s -f 200 -s %zu %s/image "
	    "%s/empty >%s/log 2>&1 || { cat %s/log; false; }", folder, order,
	    *options ? "," : "", options, (size_t)ram->device.size, folder,
	    folder, folder, folder);
	bad = system(line);
	snprintf(line, sizeof line, "%s/image", folder);
	bad = bad || ram_load(ram, line);
	snprintf(line, sizeof line, "rm -r %s", folder);
	return system(line) || bad;
}

int fixture_mount(struct fixture *fixture)
{
	struct fs_options options = { .now = fake_clock,
		.complain = fake_complain };

	if (ffs_ops.mount(&fixture->ram.device, &options, &fixture->volume))
		fixture->volume = 0;
	return fixture->volume != 0;
}

int fixture_open(struct fixture *fixture, size_t size, const char *order,
    const char *options)
{
	fixture->volume = 0;
	ram_open(&fixture->ram, size);
	return !image_make(&fixture->ram, order, options) &&
	    fixture_mount(fixture);
}

error_t fixture_unmount(struct fixture *fixture)
{
	struct fs_volume *volume = fixture->volume;

	fixture->volume = 0;
	return volume_unmount(volume);
}

unsigned ram_check(struct ram_device *ram, int repair)
{
	struct check_result result;

	if (ffs_check(&ram->device, repair, fake_complain, &result))
		return UINT32_MAX;
	return repair ? result.severe : result.faults;
}

unsigned fixture_check(struct fixture *fixture)
{
	if (fixture->volume && fixture_unmount(fixture))
		return UINT32_MAX;
	return ram_check(&fixture->ram, 0);
}

void fixture_close(struct fixture *fixture)
{
	if (fixture->volume)
		fixture_unmount(fixture);
	ram_close(&fixture->ram);
}

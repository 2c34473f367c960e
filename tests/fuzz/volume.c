/* SPDX-License-Identifier: BSD-2-Clause */
/* Damage, and what is done with the volume then: see volume.h. The operations
 * are in use.c. */
#include "volume.h"
#include "use.h"
#include "fakes/volume.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BASES_MOST = 16,
	HEAD = 5,
	RARE = 0xfd,
	PIECE = 16,
	PLACE_ANY = 0x8000,
	SECTOR = 512,
	OPERATIONS = 40, /* of one mount */
};

struct base {
	struct ram_device ram;
	uint32_t *pieces; /* that hold something; owned */
	uint32_t count;
};

static struct base bases[BASES_MOST];

int fuzz_loud(void)
{
	static int loud = -1;

	if (loud < 0)
		loud = getenv("LOUD") != 0;
	if (loud)
		setvbuf(stdout, 0, _IONBF, 0);
	return loud;
}

static void pieces_find(struct base *base)
{
	static const uint8_t none[PIECE];
	uint32_t all = (uint32_t)(base->ram.device.size / PIECE);

	base->pieces = calloc(all, sizeof *base->pieces);
	for (uint32_t i = 0; i < all && base->count < PLACE_ANY; i++)
		if (memcmp(base->ram.bytes + (size_t)i * PIECE, none, PIECE))
			base->pieces[base->count++] = i;
}

static struct base *base_get(unsigned index)
{
	struct base *base;

	index = fuzz_type.rare && index == RARE ? fuzz_type.rare :
						  index % fuzz_type.bases;
	base = &bases[index];
	if (!base->pieces) {
		fuzz_type.base(&base->ram, index);
		pieces_find(base);
		ram_record(&base->ram);
	}
	ram_rewind(&base->ram);
	base->ram.recording = 0;
	base->ram.calls = base->ram.fail_at = 0;
	return base;
}

/* One patch; what it took of the input. */
static size_t patch(struct base *base, const uint8_t *data, size_t size)
{
	uint32_t place = data[0] | (uint32_t)data[1] << 8;
	size_t count = data[2] % 8 + 1u, at;

	if (place & PLACE_ANY)
		at = (size_t)(place - PLACE_ANY) * PIECE %
		    (size_t)base->ram.device.size;
	else
		at = (size_t)base->pieces[place % base->count] * PIECE;
	at += data[2] >> 4;
	if (count > size - 3)
		count = size - 3;
	if (at + count > base->ram.device.size)
		at = (size_t)base->ram.device.size - count;
	if (fuzz_loud())
		printf("patch of %zu bytes at 0x%zx\n", count, at);
	memcpy(base->ram.bytes + at, data + 3, count);
	base->ram.touched[at / SECTOR] = 1;
	base->ram.touched[(at + count) / SECTOR -
	    ((at + count) % SECTOR == 0)] = 1;
	return 3 + count;
}

static int volume_use(struct base *base, const uint8_t *head,
    struct arguments *arguments)
{
	char *words[WORDS];
	struct fs_options options = { .now = fake_clock, .argv = words,
		.complain = fuzz_loud() ? fake_complain : 0,
		.read_only = (head[1] & USE_READ_ONLY) != 0 };
	struct fs_volume *volume;

	for (unsigned i = 0; i < WORDS; i++)
		if (head[2] >> i & 1 && fuzz_type.words[i])
			words[options.argc++] = (char *)fuzz_type.words[i];
	if (fuzz_type.type->ops->mount(&base->ram.device, &options, &volume))
		return 0;
	use_volume(volume, arguments, OPERATIONS);
	if (fs_nodes_busy(volume))
		abort();
	volume_unmount(volume);
	return 1;
}

static void fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	abort();
}

/* After a repair it is as good as new, and stays so. */
static void repair_use(struct base *base, const uint8_t *head,
    struct arguments *arguments)
{
	const uint8_t plain[] = { head[0], 0, 0, 0, 0 };
	const uint8_t careful[] = { head[0], USE_READ_ONLY, 0, 0, 0 };

	if (fuzz_type.check(&base->ram, 1))
		return;
	if (fuzz_type.check(&base->ram, 0))
		fail("a fault is left after the repair");
	/* What has features that we don't write is mounted read-only. */
	if (!volume_use(base, plain, arguments) &&
	    !volume_use(base, careful, arguments))
		fail("it can't be mounted after the repair");
	if (fuzz_type.check(&base->ram, 0))
		fail("a fault after the use");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *head = data;
	struct arguments arguments;
	struct base *base;

	if (size < HEAD)
		return 0;
	base = base_get(head[0]);
	data += HEAD;
	size -= HEAD;
	for (unsigned i = 0; i < head[4] % 16u && size > 3; i++) {
		size_t taken = patch(base, data, size);

		data += taken;
		size -= taken;
	}
	arguments = (struct arguments){ data, size,
		(head[1] & 0xf0) == USE_EXTENDED };
	base->ram.device.read_only = 0;
	if (head[1] & USE_CHECK && fuzz_type.check) {
		repair_use(base, head, &arguments);
		return 0;
	}
	base->ram.device.read_only = head[1] & USE_DEVICE_READ_ONLY;
	base->ram.fail_at = head[3];
	volume_use(base, head, &arguments);
	if (head[1] & USE_AGAIN)
		volume_use(base, head, &arguments);
	return 0;
}

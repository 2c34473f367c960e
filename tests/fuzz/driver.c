/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz entry without libFuzzer, as a unit test: every seed once, then
 * MUTANTS (environment; default below) made of them by a generator that always
 * starts the same. An input that takes too long, or at which a sanitizer
 * stops, is printed, in the form that xxd -r -p reads.
 *
 *	driver [FOLDER]
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SEEDS_MOST = 1024,
	INPUT_MOST = 2048,
	MUTANTS = 400,
	PATIENCE = 60, /* seconds an input: the host may be busy */
};

struct input {
	uint8_t *data;
	size_t size;
};

extern const char fuzz_format[]; /* of the entry */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void));

static struct input seeds[SEEDS_MOST];
static unsigned seed_count;
static struct input current;

static void current_say(void)
{
	printf("input: ");
	for (size_t i = 0; i < current.size; i++)
		printf("%02x", current.data[i]);
	printf("\n");
	fflush(stdout);
}

static void bad_signal(int number)
{
	printf("%s\n", number == SIGALRM ? "takes too long" : "broke off");
	current_say();
	_exit(1);
}

static void run(const uint8_t *data, size_t size)
{
	/* in memory of its own, so that no byte behind it is read unseen */
	current.data = malloc(size ? size : 1);
	current.size = size;
	memcpy(current.data, data, size);
	alarm(PATIENCE);
	LLVMFuzzerTestOneInput(current.data, size);
	free(current.data);
}

static void seed_read(const char *folder, const char *name)
{
	static uint8_t data[INPUT_MOST];
	struct input *seed = &seeds[seed_count];
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		return;
	seed->size = fread(data, 1, sizeof data, file);
	fclose(file);
	seed->data = malloc(seed->size + 1);
	memcpy(seed->data, data, seed->size);
	seed_count++;
}

static void seeds_read(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, 0, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.' && seed_count < SEEDS_MOST)
			seed_read(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(count < 0 ? 0 : entries);
}

static uint32_t noise(uint32_t below)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* One change of data, which has room for INPUT_MOST. */
static size_t change(uint8_t *data, size_t size)
{
	size_t at = noise((uint32_t)size + 1), count;
	const struct input *other = &seeds[noise(seed_count)];

	switch (noise(6)) {
	case 0:
		if (at < size)
			data[at] = (uint8_t)noise(256);
		return size;
	case 1:
		if (at < size)
			data[at] ^= (uint8_t)(1 << noise(8));
		return size;
	case 2:
		count = noise(8) + 1;
		if (size + count > INPUT_MOST)
			return size;
		memmove(data + at + count, data + at, size - at);
		for (size_t i = 0; i < count; i++)
			data[at + i] = (uint8_t)noise(256);
		return size + count;
	case 3:
		count = noise(8) + 1;
		if (at + count > size)
			return size;
		memmove(data + at, data + at + count, size - at - count);
		return size - count;
	case 4:
		if (at < size)
			data[at] = noise(2) ? 0xff : 0;
		return size;
	default: /* goes on as another does */
		if (at >= other->size)
			return size;
		memcpy(data + at, other->data + at, other->size - at);
		return other->size;
	}
}

static void mutant_run(void)
{
	static uint8_t data[INPUT_MOST];
	const struct input *seed = &seeds[noise(seed_count)];
	size_t size = seed->size;

	memcpy(data, seed->data, size);
	for (uint32_t i = noise(5) + 1; i; i--)
		size = change(data, size);
	run(data, size);
}

int main(int argc, char **argv)
{
	const char *count = getenv("MUTANTS");
	long mutants = count ? atol(count) : MUTANTS;

	char folder[256];

	snprintf(folder, sizeof folder, "tests/fuzz/seeds/%s", fuzz_format);
	__sanitizer_set_death_callback(current_say);
	signal(SIGALRM, bad_signal);
	signal(SIGABRT, bad_signal);
	seeds_read(argc > 1 ? argv[1] : folder);
	for (unsigned i = 0; i < seed_count; i++)
		run(seeds[i].data, seeds[i].size);
	if (seed_count)
		for (long i = 0; i < mutants; i++)
			mutant_run();
	alarm(0);
	/* Of a format without seeds nothing has been tried. */
	printf("2 tests, %d failures\n", seed_count ? 0 : 2);
	return !seed_count;
}

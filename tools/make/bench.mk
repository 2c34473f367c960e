# SPDX-License-Identifier: BSD-2-Clause
# The benchmark: one static i386 program for Linux, run on Linux and on Masix.
build/bench/bench: $(wildcard tests/bench/*.c tests/bench/*.h)
	@mkdir -p $(@D)
	$(call say,BENCH)
	$(Q)gcc -m32 -static -O2 -Wall -Wextra -Werror -o $@ $(filter %.c,$^)
	@strip $@

.PHONY: bench bench-files
bench-files: image-run build/linux/initrd.gz build/bench/bench
bench: ## measure against Linux; the table is in build/bench.txt, too
	@$(MAKE) -s --no-print-directory bench-files
	@tools/bench build/bench.txt build/bench/bench

# SPDX-License-Identifier: BSD-2-Clause
# Booting what was built. ARGS goes to tools/run, say ARGS='--vga --mem 64'.
.PHONY: run debug trace image-run
image-run: build/masix.img build/boot.archive build/archive/acs build/mach/gnumach
run: ## boot it in QEMU, the serial line on this terminal
	@$(MAKE) -s --no-print-directory image-run
	@exec tools/run $(ARGS)
debug: ## the same, stopped, with gdb and all symbols
	@$(MAKE) -s --no-print-directory image-run
	@exec tools/debug $(ARGS)
trace: ## boots, runs ARGS (ARGS='ls /') and prints the servers' messages
	@$(MAKE) -s --no-print-directory image-run
	@exec tools/run -c 'masix-trace $(ARGS)'

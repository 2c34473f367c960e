# SPDX-License-Identifier: BSD-2-Clause
# Packages: pinned, fetched once into the cache, unpacked under build/.
pin-files := $(shell find mach mig servers libmasix boot tests tools \
	-name pin 2>/dev/null)

.PHONY: pins
pins: ## raise the versions of all pinned packages, print what changed
	tools/packages pins $(pin-files)

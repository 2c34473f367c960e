# SPDX-License-Identifier: BSD-2-Clause
# Servers that are broken on purpose, each in five ways (tests/broken/break), for
# tests/boot/broken.conf.
broken-servers := pfs-ext2 datapager codepager vfs process devices tty
broken-kinds := start refuse request ping hang

build/test/broken: $(broken-servers:%=build/image/%) tests/broken/break
	@rm -rf $@
	@mkdir -p $@
	$(Q)for server in $(broken-servers); do \
		for kind in $(broken-kinds); do \
			tests/broken/break build/image/$$server $$kind \
				$@/$$server-$$kind; \
		done; \
	done

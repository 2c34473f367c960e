# SPDX-License-Identifier: BSD-2-Clause
server  := process
address := 0x18000000
rank    := 8
serves  := process process_info process_control signal_notice exc
calls   := text vfs vfs_control tty_control file acs
$(add-server)

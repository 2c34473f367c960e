# SPDX-License-Identifier: BSD-2-Clause
server  := vfs
address := 0x14000000
rank    := 6
serves  := vfs vfs_control file device_notice file_notice
calls   := acs pfs file device_server text_notice
$(add-server)

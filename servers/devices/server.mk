# SPDX-License-Identifier: BSD-2-Clause
server  := devices
address := 0x17000000
rank    := 5
serves  := file device_server
calls   := acs device_notice env file
$(add-server)

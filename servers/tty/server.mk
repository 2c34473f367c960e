# SPDX-License-Identifier: BSD-2-Clause
server  := tty
address := 0x16000000
rank    := 4
serves  := file device_server tty_control pfs device_reply
calls   := acs signal_notice
$(add-server)

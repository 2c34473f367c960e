# Read by root's login shell on the console. tools/run puts the host
# terminal's type and size on the kernel's command line.
if [ -r /proc/cmdline ]; then
	for word in $(cat /proc/cmdline); do
		case $word in
		term=?*) TERM=${word#term=} ;;
		size=*x*)
			size=${word#size=}
			stty rows ${size%x*} columns ${size#*x} 2>/dev/null
			;;
		esac
	done
	unset word size
	export TERM
fi
cat /etc/motd
[ -z "$BASH" ] || . /root/.bashrc

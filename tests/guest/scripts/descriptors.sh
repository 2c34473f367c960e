# The directory of one's own descriptors, and other names for them.
exec 7</etc/passwd 8>$PWD/out
ls /proc/self/fd/ | grep -x '[78]'; ls /dev/fd | grep -x '[78]'
ls -l /proc/self/fd | sed -n 's,.* 7 ->,7 ->,p'
readlink /proc/self/fd/7; readlink /proc/self/fd/99; echo $?
stat -c '%F %a' /proc/self/fd /proc/self/fd/7 /proc/self/fd/8
stat -L -c %F /proc/self/fd/7 /dev/fd/7; stat /proc/self/fd/99 >/dev/null 2>&1; echo $?
find /proc/self/fd -mindepth 1 -type l -name '[78]' | sed 's,.*/,,' | sort
perl -e 'opendir D, "/proc/self/fd"; print join(" ", grep /^[78]$/, sort readdir D), "\n"'
for f in /proc/self/fd/*; do case $f in */[78]) echo "${f##*/}" ;; esac; done
echo through >/dev/fd/8; cat out; read -r line </dev/fd/7; echo "$line"
cat <(echo one) <(echo two); cat /dev/fd/99 2>&1; echo $?
test -d /proc/self/fd && test -L /proc/self/fd/7 && test ! -e /proc/self/fd/99 && echo as it should
touch /proc/self/fd/x 2>/dev/null; echo $?; mkdir /proc/self/fd/d 2>/dev/null; echo $?
exec 7<&-; ls /proc/self/fd | grep -x 7; echo closed

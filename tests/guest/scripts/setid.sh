# Programs with set-id bits: who they are, what they inherit.
export LC_ALL=C
mkdir d; chmod 755 d . ..; cd d
as() { chroot --userspec=1000:1000 / /bin/bash -c "cd $PWD; $1"; }
echo secret >secret; chmod 600 secret
for program in id cat head cut tee dd; do
	install -m 4755 /usr/bin/$program suid-$program 2>/dev/null ||
		install -m 4755 /bin/$program suid-$program
done
install -m 2755 -g 42 /usr/bin/id sgid-id
install -m 6755 -o 7 -g 8 /usr/bin/id both-id
install -m 4755 -o 1000 /usr/bin/id own-id
echo "== who"
as id
as ./suid-id
as ./sgid-id
as ./both-id
as ./own-id
./own-id
./both-id
echo "== what they may"
as 'cat secret; echo $?; ./suid-cat secret; echo $?'
as 'echo more | ./suid-tee -a secret >/dev/null; echo $?'
cat secret
echo "== positions of inherited files"
seq 10 >numbers
as '(read a; echo $a; ./suid-head -c 4; read b; echo $b; ./suid-dd bs=1 count=3 2>/dev/null; read c; echo "[$c]") <numbers'
exec 7>out
as 'echo before >&7; ./suid-cat secret >&7; echo after >&7'
echo end >&7
exec 7>&-
cat out
as 'exec 9</etc/passwd; ./suid-head -n 1 <&9; exec 8<&9 9<&-; ./suid-head -c 0 <&8; echo $?'
echo "== appending, pipes, many"
as 'for i in 1 2 3; do ./suid-cat secret; done | ./suid-cat | ./suid-cut -c 1-3'
for i in 1 2; do as "echo $i; ./suid-id -u" >>log; done; cat log
echo "== signals, umask, directory, environment"
as 'trap "" INT QUIT USR1; umask 027; ./suid-cat /proc/self/status | grep -E "^(Sig(Ign|Cgt|Blk)|Umask|Uid|Gid):"'
as 'cd /usr; '$PWD'/suid-cat share/base-files/motd | wc -l'
as 'umask 077; echo x | ./suid-tee made >/dev/null' 2>/dev/null
as 'X=1 LD_PRELOAD=/nowhere ./suid-id -u' 2>&1
echo "== close on exec, standard descriptors"
as './suid-cat <&-; echo $?' 2>&1 | sed 's/^[^:]*: //'
as './suid-cat secret >&-; echo $?' 2>&1 | sed 's/^[^:]*: //'
perl -e 'use Fcntl; open F, "<", "numbers"; $) = $( = 1000; $< = $> = 1000;
	printf "%d\n", fileno F; exec "./suid-cat", "/dev/fd/" . fileno F' 2>&1
perl -e 'open F, "<", "numbers"; fcntl F, 2, 0; <F>; sysseek F, 6, 0;
	$) = $( = 1000; $< = $> = 1000; open STDIN, "<&F"; exec "./suid-cat"' 2>&1
echo "== scripts have no set-id"
printf '#!/usr/bin/id -u\n' >script; chmod 4755 script; as ./script
printf '#!%s/suid-id\n' $PWD >script2; chmod 755 script2; as ./script2 2>&1
echo "== locks stay over the exec"
mkfifo hold
perl -e 'use Fcntl qw(:DEFAULT :flock); open F, ">", "locked"; fcntl F, 2, 0; flock F, LOCK_EX;
	my $r = pack "s s l l i", F_WRLCK, 0, 0, 0, 0; open G, ">", "ranged"; fcntl G, 2, 0; fcntl G, F_SETLK, $r;
	chmod 0666, "locked", "ranged"; open STDIN, "<", "hold"; $) = $( = 1000; $< = $> = 1000;
	exec "./suid-cat"' &
exec 6>hold
perl -e 'use Fcntl qw(:DEFAULT :flock); open F, "<", "locked"; print flock(F, LOCK_SH | LOCK_NB) ? "free\n" : "locked\n";
	my $r = pack "s s l l i", F_WRLCK, 0, 0, 0, 0; open G, "+<", "ranged";
	print fcntl(G, F_SETLK, $r) ? "free\n" : "locked\n"'
exec 6>&-
wait $!; echo $?
perl -e 'use Fcntl ":flock"; open F, "<", "locked"; print flock(F, LOCK_SH | LOCK_NB) ? "free\n" : "locked\n"'

#!/bin/dash
# A POSIX script for dash; the second half gives the same work to busybox's
# ash and to bash in POSIX mode and compares.
dir=$(mktemp -d /tmp/dash.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C

title() { printf '== %s\n' "$*"; }

title words and quotes
set -- one 'two words' "" three
echo $# "$2" "[$3]" "$*"
for word; do printf '<%s>' "$word"; done; echo
IFS=:; set -- $(echo a:b::c); echo $#; unset IFS
x='a  b'; echo $x "$x"
echo "nested $(echo "in $(echo 'deep "quoted"')")"
echo 'single '\''quote' "double \"quote\"" back\\slash
echo "${x:-no} ${y:-default} ${y-unset} ${x:+set} ${#x}"
path=/a/b/c.tar.gz; echo ${path##*/} ${path#*/} ${path%.*} ${path%%.*}
: ${z:=assigned}; echo $z
echo $((1 + 2 * 3)) $(((1 + 2) * 3)) $((7 % 3)) $((1 << 4)) $((5 > 3)) $((0x10))
i=5; echo $((i += 2)) $i $((-i)) $((!i)) $((i == 7 && 1))
echo ~root "~root" $(cd / && pwd)

title tests
t() { if [ "$@" ]; then echo "yes: $*"; else echo "no: $*"; fi; }
t 1 -lt 2; t 2 -le 1; t a = a; t a != a; t -z ''; t -n ''; t -d /; t -f /
t ! -e /none; t a = a -a b = c; t a = b -o c = c; t '(' a = a ')'
t 010 -eq 10; t -5 -lt 3
case abc in a*c) echo glob;; *) echo none;; esac
case 7 in [0-3]) echo low;; [4-9]) echo high;; esac
case "x y" in "x y") echo quoted;; esac
case - in [!a-z]) echo not a letter;; esac

title loops
i=0; while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 3 ] && continue; printf '%s ' $i; done; echo
until [ $i = 0 ]; do i=$((i - 1)); done; echo $i
for a in 1 2 3; do for b in x y; do [ $a$b = 2x ] && continue 2; printf '%s ' $a$b; done; done; echo
for a in 1 2 3; do for b in x y; do [ $a$b = 2x ] && break 2; printf '%s ' $a$b; done; done; echo
printf 'a b c\nd e f\n' | while read -r first rest; do echo "$first|$rest"; done

title functions
f() { echo "f: $# $1"; return ${2:-0}; }
f a; f b 3; echo $?
g() { local v=inner; h; echo $v; }
h() { v=changed; }
v=outer; g; echo $v
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }
fact 10
count() { n=$((n + 1)); [ $n -lt 100 ] && count; }
n=0; count; echo $n

title here documents
name=value
cat <<END
$name $(echo sub) $((1 + 1)) \$name \\
END
cat <<'END'
$name $(echo sub) `x`
END
cat <<-END
	tabs
	  and blanks
	END
cat <<A - <<B
lost
A
kept
B
tr a-z A-Z <<END | rev
through a pipe
END
f2() { cat <<END
in a function with $1
END
}
f2 argument; f2 another

title redirections
exec 3>out; echo three >&3; exec 3>&-; cat out
{ echo o; echo e >&2; } 2>&1 >/dev/null | cat
{ echo o; echo e >&2; } >both 2>&1; cat both
exec 4<out; read -r line <&4; echo "$line"; exec 4<&-
set -C; (echo no >out) 2>/dev/null || echo noclobber; echo yes >|out; set +C; cat out
echo a >>out; echo b >>out; wc -l <out
(exec 5<none) 2>/dev/null; echo $?
ls none 2>/dev/null; echo $?

title traps and jobs
(trap 'echo exit trap' EXIT; echo body)
(trap 'echo caught; exit 5' TERM; kill -TERM $(sh -c 'echo $PPID'); echo never); echo $?
true & wait $!; echo $?
(exit 6) & p=$!; wait $p; echo $?
sleep 1000 & p=$!; kill $p; wait $p 2>/dev/null; echo $?
for i in 1 2 3 4; do (echo $i >job.$i) 2>/dev/null & done; wait; cat job.1 job.2 job.3 job.4
sh -c 'kill -9 $$'; echo $?
a=$(exit 3); echo $?
! true; echo $?
false || echo or; true && echo and
(set -e; false; echo never); echo $?
set -u; (echo $nothing) 2>/dev/null; echo $?; set +u

title builtins
set -- -a -b value rest
while getopts ab: option; do echo "$option ${OPTARG-}"; done; shift $((OPTIND - 1)); echo "$@"
umask 027; umask; : >masked; stat -c %a masked; umask 022
type cd echo ls | sed 's,/usr,,'
command -v test; hash -r
eval 'e=1; echo $e'; readonly r=1; (r=2) 2>/dev/null || echo readonly
alias hi='echo hello'; alias | grep -c hi; unalias hi
printf '%s-%d-%05.1f-%x-%c|%5s|%-5s|\n' str 42 3.14159 255 char r l
echo 'echo sourced $1' >lib; . ./lib; unset -f f; f 2>/dev/null; echo $?
pwd | sed "s#$dir#DIR#"; cd /usr; cd - >/dev/null; times | wc -l

title the same in three shells
cat >work.sh <<'END'
# Primes, words, a tree, text through tools.
i=2
while [ $i -lt 60 ]; do
	j=2; prime=1
	while [ $((j * j)) -le $i ]; do
		[ $((i % j)) = 0 ] && { prime=0; break; }
		j=$((j + 1))
	done
	[ $prime = 1 ] && printf '%s ' $i
	i=$((i + 1))
done
echo
gcd() { if [ $2 = 0 ]; then echo $1; else gcd $2 $(($1 % $2)); fi; }
gcd 1071 462; gcd 17 5
mkdir -p t/a/b t/c; for f in t/x t/a/y t/a/b/z t/c/w; do echo "$f" | tr / - >$f; done
find t -type f | sort | xargs cat
find t -name '[yz]' -exec cat {} \;
tar cf t.tar t; tar tf t.tar | sort; rm -r t; tar xf t.tar; cat t/a/b/z
gzip t.tar; gunzip -c t.tar.gz | tar tf - | wc -l; gzip -d t.tar.gz; ls t.tar
seq 100 | awk '{ s += $1 } END { print s, NR }'
seq 20 | sed -n '5,8p;s/^1\(.\)$/<\1>/p'
printf '%s\n' pear apple fig apple | sort | uniq -c | sort -k1nr -k2 | awk '{ print $1 $2 }'
echo "a,b;c" | cut -d, -f2 | tr ';' '\n'
grep -n e <<X
one
two
three
X
set -- $(expr 6 \* 7) $(basename /x/y.c .c) $(dirname /x/y.c); echo "$@"
printf '%s' abc | od -An -tx1 | tr -d ' '; printf checksum | md5sum
trap 'echo leaving' EXIT; (trap - EXIT; exit 2); echo $?
cat <<X | wc -w
$(seq 50)
X
for i in 3 1 2; do echo $i; done | sort -r | while read -r n; do printf '%s;' $n; done; echo
head -c 100000 /dev/zero | wc -c; yes | head -n 3 | paste -s -d+ -
case $(date -u -d @86400 +%Y-%m-%d) in 1970-01-02) echo a day;; esac
test -x /bin/sh && echo sh; rm -r t t.tar
END
mkdir d1 d2 d3
(cd d1 && dash ../work.sh) >dash.out 2>&1; echo $?
(cd d2 && busybox ash ../work.sh) >ash.out 2>&1; echo $?
(cd d3 && bash --posix ../work.sh) >bash.out 2>&1; echo $?
cmp dash.out ash.out && cmp dash.out bash.out && echo the same
cat dash.out

echo "== the same again, larger"
cat >large.sh <<'END'
# A calculator by recursive descent, in plain sh.
input= position=
peek() { rest=${input#"$position"}; token=${rest%"${rest#?}"}; }
number() {
	value=
	while peek; case $token in [0-9]) ;; *) false ;; esac; do
		value=$value$token position=$position$token
	done
}
factor() {
	peek
	case $token in
	'(') position=$position$token; sum; position=$position')' ;;
	-) position=$position$token; factor; value=$((-value)) ;;
	*) number ;;
	esac
}
product() {
	local left op
	factor
	while left=$value; peek; case $token in '*' | / | %) ;; *) false ;; esac; do
		op=$token position=$position$token
		factor
		value=$((left $op value))
	done
}
sum() {
	local left op
	product
	while left=$value; peek; case $token in + | -) ;; *) false ;; esac; do
		op=$token position=$position$token
		product
		value=$((left $op value))
	done
}
for input in 1+2 '2*3+4' '2+3*4' '(2+3)*4' '100/7%5' '-(3-10)*2' '((1))' '8/2/2-1'; do
	position=
	sum
	echo "$input = $value"
done
END
for shell in dash 'busybox ash' 'bash --posix'; do $shell large.sh >large.out 2>&1; echo $?; md5sum <large.out; done | uniq -c | sed 's/^ *//'
cat large.out

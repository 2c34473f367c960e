#!/bin/bash
# Functions, locals, recursion, return codes, arrays, parameter expansion.
set -u
fail=0
say() { printf '%s\n' "$*"; }
title() { say; say "== $1"; }

title recursion
factorial() {
	local n=$1
	if ((n <= 1)); then
		echo 1
	else
		local below
		below=$(factorial $((n - 1)))
		echo $((n * below))
	fi
}
for i in 1 2 3 5 8 10; do say "$i! = $(factorial $i)"; done
fibonacci() {
	local a=0 b=1 t i
	for ((i = 0; i < $1; i++)); do
		printf '%d ' "$a"
		t=$((a + b)) a=$b b=$t
	done
	echo
}
fibonacci 20
hanoi() {
	(($1 == 0)) && return
	hanoi $(($1 - 1)) "$2" "$4" "$3"
	moves=$((moves + 1))
	hanoi $(($1 - 1)) "$4" "$3" "$2"
}
moves=0
hanoi 7 a b c
say "hanoi of 7: $moves moves"

title scope
x=global
inner() { x=changed; }
outer() { local x=local; inner; say "outer sees $x"; }
outer
say "global is $x"
inner
say "global is $x"

title returns
status() { return "$1"; }
for code in 0 1 2 42 127 255; do
	status $code
	say "status $code gives $?"
done
! status 1 && say "negation holds"
status 0 && say and-list || say or-list
status 3 || say "or-list after $?"

title arrays
list=(alpha beta gamma delta)
say "${#list[@]} elements, second ${list[1]}, last ${list[-1]}"
list+=(epsilon zeta)
say "${list[@]:1:3}"
unset 'list[2]'
say "indices ${!list[@]}"
for item in "${list[@]}"; do printf '<%s>' "$item"; done
echo
say "${list[@]^^}"
say "${list[@]/a/A}"
declare -A colour=([sky]=blue [grass]=green [sun]=yellow)
for key in $(printf '%s\n' "${!colour[@]}" | sort); do
	say "$key is ${colour[$key]}"
done
colour[sky]=grey
say "now ${colour[sky]}, ${#colour[@]} entries"
[[ -v colour[moon] ]] || say "no moon"
mapfile -t lines <<'END'
first line
  second line
third	line
END
say "${#lines[@]} lines, second [${lines[1]}]"

title expansion
path=/usr/local/lib/archive.tar.gz
say "${path##*/} ${path%/*} ${path%%.*} ${path#*/} ${path##*.}"
say "${path//\//:} ${path/local/share} ${#path}"
unset nothing
say "${nothing:-default} ${nothing-unset} ${path:+set}"
: "${nothing:=assigned}"
say "$nothing ${nothing:2:4} ${nothing: -3}"
text="Hello, World"
say "${text,,} ${text^^} ${text:7} ${text:0:5}"
say "${text//[aeiou]/_}"
name=path
say "indirect ${!name}"
say {a,b,c}{1,2} {1..5} {a..e} {10..0..5}
say "$((0x1f + 010 + 2#1010)) $((7 / 2)) $((-7 % 3)) $((1 << 20)) $((5 > 3 ? 1 : 2))"
say "$((2 ** 31)) $((~5)) $((6 & 3)) $((6 | 3)) $((6 ^ 3))"

title patterns
for word in apple banana cherry 42 3.14 "" "two words" -x; do
	case $word in
	[ab]*) kind="a or b" ;;
	c*y) kind="c to y" ;;
	'') kind=empty ;;
	*[!0-9]*) kind="not a number" ;;
	*) kind=number ;;
	esac
	say "[$word] $kind"
done
[[ "file.txt" == *.txt ]] && say "glob match"
if [[ "2024-05-17" =~ ^([0-9]{4})-([0-9]{2})-([0-9]{2})$ ]]; then
	say "year ${BASH_REMATCH[1]} month ${BASH_REMATCH[2]} day ${BASH_REMATCH[3]}"
fi
shopt -s extglob
for f in a.c b.h c.cc d.o; do
	case $f in
	*.@(c|h)) say "$f source" ;;
	!(*.o)) say "$f other" ;;
	*) say "$f object" ;;
	esac
done

title loops
i=0
while :; do
	((++i > 10)) && break
	((i % 2)) && continue
	printf '%d ' $i
done
echo
until ((i == 0)); do ((i -= 1)); done
say "i is $i"
for ((a = 1, b = 10; a < b; a++, b--)); do printf '%d-%d ' $a $b; done
echo
for row in 1 2 3; do
	for column in 1 2 3; do
		((column == 3)) && continue 2
		printf '%d%d ' $row $column
	done
done
echo
select_test() { set -- one two three; while (($#)); do printf '%s:%d ' "$1" $#; shift; done; echo; }
select_test

title quoting
set -- 'a b' "c  d" e\ f "g'h" 'i"j' '*' '$x'
say "$# arguments"
for argument in "$@"; do printf '[%s]' "$argument"; done
echo
IFS=, eval 'say "$*"'
printf '%q\n' "it's a \"test\" of \$quoting"
printf '%5d|%-5d|%05d|%x|%o|%e|%.3f|%s|%c\n' 42 42 42 255 8 12345.678 3.14159 str char
printf '%s %s\n' one two three four
printf '%b' 'tab\there\nnewline\n'
echo -e 'a\tb\x41\0102'
echo -n "no newline"; echo

title a stack and a queue
declare -a stack=()
push() { stack+=("$@"); }
pop() { [ ${#stack[@]} -gt 0 ] || return 1; popped=${stack[-1]}; unset 'stack[-1]'; }
push a b 'c d'; push e
while pop; do printf '<%s>' "$popped"; done; echo
pop || say empty
queue=()
for i in {1..6}; do queue+=($i); ((i % 3 == 0)) && { say "takes ${queue[0]}"; queue=("${queue[@]:1}"); }; done
say "left ${queue[*]}"

title by name
assign() { local -n target=$1; shift; target=("$@"); }
assign result 1 2 3; say "${#result[@]} in result"
twice() { local -n what=$1; what+=" $what"; }
word=ho; twice word; say "$word"
apply() { local f=$1 x; shift; for x; do printf '%s ' "$("$f" "$x")"; done; echo; }
square() { echo $(($1 * $1)); }; upper() { echo "${1^^}"; }; half() { echo "${1:0:${#1}/2}"; }
apply square 1 2 3 4; apply upper ab cd; apply half abcdef wxyz
declare -A memo; calls=0
fib() {
	if [[ -v memo[$1] ]]; then fibbed=${memo[$1]}; return; fi
	((calls++)) || :
	if (($1 < 2)); then fibbed=$1; else
		local a; fib $(($1 - 1)); a=$fibbed; fib $(($1 - 2)); fibbed=$((a + fibbed))
	fi
	memo[$1]=$fibbed
}
fib 40; say "fib 40 = $fibbed in $calls calls"

title permutations
permute() {
	local done=$1 rest=$2 i
	[ -z "$rest" ] && { echo "$done"; return; }
	for ((i = 0; i < ${#rest}; i++)); do permute "$done${rest:i:1}" "${rest:0:i}${rest:i+1}"; done
}
permute '' abc | paste -sd' '; permute '' abcd | sort | uniq | wc -l

title traces
where() { local i; for ((i = 1; i < ${#FUNCNAME[@]} - 1; i++)); do printf '%s<' "${FUNCNAME[i]}"; done; echo top; }
one() { where; }; two() { one; }; two

title done
say "failures $fail"
exit $fail

#!/bin/bash
# Here-documents, here-strings, redirections, descriptors, subshells, groups.
dir=$(mktemp -d /tmp/heredoc.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9

echo "== here-documents"
name=World
cat <<END
Hello, $name. $((6 * 7)) and $(echo nested).
	tab kept \$name not expanded
END
cat <<'END'
Hello, $name. $((6 * 7)) `not run`
END
cat <<-END
	tabs stripped
		all of them
	END
cat <<ONE; cat <<TWO
first
ONE
second
TWO
tr a-z A-Z <<<"a here-string of $name"
while read -r first rest; do
	echo "[$first] [$rest]"
done <<END
alpha beta gamma
one   two   three
  leading   blanks
lonely
END
big=$(for ((i = 0; i < 3000; i++)); do echo "line $i of a long document"; done)
wc -lc <<<"$big"
md5sum <<<"$big"

echo "== redirections"
echo one >file
echo two >>file
cat file
{ echo out; echo err >&2; } >out 2>err
cat out; cat err
{ echo out; echo err >&2; } >both 2>&1
cat both
{ echo out; echo err >&2; } &>both2
cat both2
ls /nonexistent 2>/dev/null || echo "ls failed with $?"
cat <file >copy; cmp file copy && echo same
: >empty
[ -s empty ] || echo "empty is empty"
set -o noclobber
(echo x >file) 2>/dev/null || echo "noclobber holds"
echo forced >|file
set +o noclobber
cat file
exec 3>third
echo "to three" >&3
exec 3>&-
cat third
(echo gone >&3) 2>/dev/null || echo "three is closed"
exec 4<third
read -r line <&4
echo "read: $line"
exec 4<&-
exec 5<>readwrite
printf '0123456789' >&5
exec 5>&-
cat readwrite; echo
exec {fd}>automatic
echo "to a number above 9: $((fd >= 10))" >&$fd
exec {fd}>&-
cat automatic
3>&1 echo swapped 1>&3

echo "== offsets shared with children"
exec 6>shared
echo parent >&6
(echo child >&6; (echo grandchild >&6))
echo parent again >&6
/bin/echo external >&6
exec 6>&-
cat shared
exec 7<shared
read -r a <&7
(read -r b <&7; echo "child read $b")
read -r c <&7
echo "parent read $a, then $c"
head -n 1 <&7
exec 7<&-
printf '1\n2\n3\n4\n' | { read -r x; echo "first $x"; cat; }

echo "== append from many"
: >log
for ((i = 0; i < 20; i++)); do (echo "entry $i" >>log) & done
wait
sort -k2n log | head -n 3
wc -l <log

echo "== groups and subshells"
x=1
(x=2; echo "inside $x"; exit 3)
echo "outside $x, status $?"
{ x=4; echo "group $x"; }
echo "after group $x"
(cd / && pwd)
[ "$PWD" = "$dir" ] && echo "still there"
echo "depth $BASH_SUBSHELL $(echo $BASH_SUBSHELL) $( (echo $BASH_SUBSHELL) )"
value=$(echo a; echo b; echo; echo)
echo "[$value]"
echo "$(printf 'trailing\n\n\n')|"
lines=$(printf '%s\n' one two three | while read -r w; do echo "<$w>"; done)
echo "$lines"
eval "y='evaluated'; echo \$y"
echo `echo old style \`echo nested\``

echo "== process substitution"
diff <(printf '1\n2\n3\n') <(printf '1\n2\n4\n')
echo "diff said $?"
paste <(seq 3) <(seq 4 6) <(seq 7 9)
while read -r n; do sum=$((${sum:-0} + n)); done < <(seq 100)
echo "sum $sum"
echo written > >(sed 's/^/through: /' >through)
for ((i = 0; i < 1000; i++)); do [ -s through ] && break; sleep 0.01; done
cat through
tee >(wc -c >count) <file >/dev/null
for ((i = 0; i < 1000; i++)); do [ -s count ] && break; sleep 0.01; done
cat count

echo "== read"
IFS=: read -r user _ uid gid _ home shell < <(echo 'root:x:0:0:root:/root:/bin/bash')
echo "$user $uid $gid $home $shell"
read -r -n 4 four <<<abcdefgh; echo "$four"
read -r -d ';' part <<<'one;two'; echo "$part"
read -ra words <<<'split into words'; echo "${#words[@]} ${words[2]}"
read -r -t 0.05 nothing </dev/zero; echo "timed or not: ok"
printf 'no newline at end' | { read -r l; echo "status $? [$l]"; }
while IFS=, read -r a b c; do echo "$c-$b-$a"; done <<'END'
1,2,3
x,y,z
"q",,last
END

echo "== a page from a template"
template() {
	cat <<END
<h1>${title:-untitled}</h1>
$(for item in "${items[@]}"; do cat <<ITEM
  <li>${item//&/&amp;}</li>
ITEM
done)
$([ ${#items[@]} -gt 2 ] && echo "<p>many</p>" || echo "<p>few</p>")
END
}
title='A & B' items=(one 'two & a half'); template
title= items=(x y z); template | md5sum
template >page; diff <(template) page && echo "the same page"

echo "== documents in loops, functions, pipes"
for name in a b; do
	cat <<-END | sed "s/^/$name: /"
		first of $name
		second ${name}${name}
	END
done
table() { while read -r left right; do printf '%-6s|%6s\n' "$left" "$right"; done; }
table <<END
ab cd
$(echo x y)
long_left r
END
if grep -q needle <<END; then echo found; else echo not; fi
hay hay needle hay
END
until read -r word && [ "$word" = stop ]; do echo "w $word"; done <<END
go
on
stop
never
END
case $(cat <<END
middle
END
) in middle) echo matched;; esac
cat <<A <<B
not read
A
the last one counts
B
cat /dev/fd/3 3<<END
through three
END
{ cat <&4; cat; } 4<<FOUR <<ZERO
from four
FOUR
from zero
ZERO
sh <<'OUTER'
cat <<INNER
inner $((6 * 7))
INNER
exit 3
OUTER
echo "status $?"
wc -c <<<"$(head -c 70000 /dev/zero | tr '\0' z)"
f() { cat; } <<END
bound to the function
END
f; f
exec 5<<END
kept
open
END
read -r x <&5; read -r y <&5; read -r z <&5 || echo "$x $y end"
exec 5<&-

#!/bin/bash
# A project is made, packed, unpacked, compared, pruned and packed again, with
# tar, gzip, find, xargs, sort, awk, sed, checksums; a log of all of it is kept.
dir=$(mktemp -d /tmp/archive.XXXXXX) || exit 9
cd "$dir" || exit 9
export LC_ALL=C TZ=UTC
umask 022
problems=()

title() { printf '\n== %s\n' "$*"; }
problem() { problems+=("$*"); echo "PROBLEM: $*"; }
stamp() { touch -h -d "@$((1000000000 + $1))" "$2"; }

# random N: numbers that are the same everywhere.
seed=42
random() { seed=$(((seed * 1103515245 + 12345) % 2147483648)); number=$((seed / 65536 % $1)); }

title "making the project"
make_file() {
	local path=$1 lines=$2 i
	mkdir -p "${path%/*}"
	for ((i = 0; i < lines; i++)); do
		random 1000
		printf '%s %04d %s\n' "${path##*/}" $number "line $i"
	done >"$path"
}
for part in core tools docs "odd name"; do
	for n in 1 2 3 4 5; do
		random 40
		make_file "project/$part/file$n.txt" $((number + 1))
	done
done
for n in 1 2 3; do
	head -c $((n * 10000)) /dev/zero | tr '\0' "$n" >"project/core/blob$n.bin"
done
ln -s ../docs/file1.txt project/tools/manual
ln -s /nonexistent/place project/tools/dangling
ln project/core/file1.txt project/docs/same-as-core1
mkdir -p project/empty/nested
chmod 700 project/empty
chmod 755 project/tools/file1.txt
chmod 600 project/tools/file2.txt
mkfifo project/pipe
find project | sort | {
	n=0
	while IFS= read -r path; do stamp $((n += 60)) "$path"; done
}
find project -type f | wc -l
find project -type d | sort
du -ab project | sort -k2 | awk '{ print $2 }' | head -n 5
find project -type f -print0 | sort -z | xargs -0 md5sum | md5sum

title "listing"
tar cf project.tar --sort=name --owner=0 --group=0 --numeric-owner project
tar tf project.tar | wc -l
tar tvf project.tar | sed 's/  */ /g' | cut -d' ' -f1,3- | head -n 12
tar tf project.tar | grep -c '/$'
tar tf project.tar 'project/odd name' | tail -n 3
md5sum <project.tar
tar cf again.tar --sort=name --owner=0 --group=0 --numeric-owner project
cmp project.tar again.tar && echo "the same bytes again"

title "unpacking"
check_tree() {
	local left right
	left=$(cd "$1" && find . ! -type p -printf '%p %y %m %s %l %T@\n' |
		awk '$2 == "d" { $4 = "" } { print }' | sort)
	right=$(cd "$2" && find . ! -type p -printf '%p %y %m %s %l %T@\n' |
		awk '$2 == "d" { $4 = "" } { print }' | sort)
	if [ "$left" = "$right" ]; then
		echo "$2 is like $1: $(wc -l <<<"$left") entries"
	else
		problem "$2 differs"
		diff <(echo "$left") <(echo "$right") | head -n 10
	fi
}
mkdir one two three
tar xf project.tar -C one
check_tree project one/project
tar cf - project | tar xpf - -C two
check_tree project two/project
cp -a project three/
check_tree project three/project
diff -r --no-dereference -x pipe project one/project && echo "contents agree"
[ one/project/core/file1.txt -ef one/project/docs/same-as-core1 ] &&
	echo "hard links are kept"
readlink one/project/tools/manual one/project/tools/dangling
[ -p one/project/pipe ] && echo "the FIFO is kept"

title "compressing"
for level in 1 6 9; do
	gzip -n -$level <project.tar >project.$level.gz
	gzip -t project.$level.gz && echo "level $level is sound"
	zcat project.$level.gz | cmp - project.tar && echo "level $level is whole"
done
[ $(wc -c <project.9.gz) -le $(wc -c <project.1.gz) ] && echo "9 packs better"
gzip -l project.9.gz | awk 'NR == 2 { print $2 }'
md5sum <project.6.gz
cp project.9.gz cut.gz
truncate -s -100 cut.gz
gzip -t cut.gz 2>/dev/null || echo "a cut archive is noticed: $?"
printf 'no gzip' | gunzip 2>&1 | sed 's/^[^:]*: //'
tar xzf project.9.gz -C two project/docs 2>&1
zcat project.1.gz | tar tf - | md5sum

title "parts"
split -b 20k -d -a 3 project.tar part.
ls part.* | wc -l
cat part.* | cmp - project.tar && echo "joined"
for p in part.*; do gzip -n "$p" & done
wait
ls part.*.gz | wc -l
for p in part.*.gz; do gunzip -c "$p"; done | md5sum
md5sum <project.tar
rm part.*

title "choosing"
tar cf some.tar --exclude='*.bin' --exclude=pipe project
tar tf some.tar | grep -c bin
find project -name 'file[13].txt' | sort | tar cf chosen.tar -T -
tar tf chosen.tar
tar xf project.tar -O project/docs/file2.txt | cmp - project/docs/file2.txt &&
	echo "one file to the output"
tar xf project.tar --strip-components=2 -C three project/docs
ls three | sort
tar tf project.tar | grep 'file5' | xargs -d '\n' tar xf project.tar -C three
find three -name 'file5*' | wc -l

title "changing and comparing"
(cd one/project && echo changed >>core/file2.txt && rm docs/file3.txt &&
	touch docs/new && chmod 640 docs/file4.txt)
tar df project.tar -C one 2>&1 | sed 's/: .*differ[s]*$/ differs/;s/^tar: //' | sort -u | head -n 8
diff -rq --no-dereference -x pipe project one/project | sort
changed=$(comm -3 <(cd project && find . -type f -exec md5sum {} + | sort) \
	<(cd one/project && find . -type f -exec md5sum {} + | sort) |
	awk '{ print $2 }' | sort -u)
echo "$changed"
tar uf project.tar -C one project/docs/new && tar tf project.tar | tail -n 1
tar --delete -f project.tar project/docs/new 2>/dev/null && tar tf project.tar | grep -c new
tar rf some.tar --transform='s,^,renamed/,' project/core/file1.txt
tar tf some.tar | tail -n 1

title "pruning"
prune() { find "$1" -type f -size -"$2"c -print -delete | sort; }
prune two/project/tools 300
find two -type d -empty | sort
find two -depth -type d -empty -delete
find two -name nested | wc -l
find two \( -type l -o -type p \) -exec rm {} +
find two -type l | wc -l
find two -type f -newer project/core/file3.txt | sort | tail -n 3
find two -type f -perm 600 -o -type f -perm 755 | sort

title "comparing archives"
mkdir first second
for i in 1 2 3 4 5 6; do printf 'member %d\n' $i >first/m$i; done
cp first/m[1-4] second; echo changed >second/m4; echo new >second/m9
tar cf first.tar -C first . ; tar cf second.tar -C second .
diff <(tar tf first.tar | sort) <(tar tf second.tar | sort)
comm -12 <(ls first) <(ls second) | while read -r m; do
	cmp -s first/$m second/$m && echo "$m same" || echo "$m differs"
done
tar xOf second.tar ./m4
tar --delete -f second.tar ./m9 && tar tf second.tar | grep -c m
tar rf second.tar -C first m6 && tar tf second.tar | tail -n 1
tar df first.tar -C first && echo "as on the disk"
mkdir -p into/deep && tar xf first.tar -C into --transform 's,^\./,deep/,' && ls into/deep | wc -l
tar cf - --exclude='m[12]' -C first . | tar tf - | sort | paste -sd' '
gzip -9c first.tar >first.gz; gzip -l first.gz | awk 'NR == 2 { print $2 }'
gzip -t first.gz && echo whole; head -c 40 first.gz | gzip -t 2>/dev/null || echo cut
(cd first && find . -name 'm*' -print0 | sort -z | xargs -0 md5sum) >sums
(cd first && md5sum -c ../sums --quiet) && echo "sums agree"
sed -i 's/^./0/' sums; (cd first && md5sum -c ../sums 2>/dev/null | grep -c FAILED)

title "increments"
tar cf full.tar -g state -C first . 2>/dev/null
echo later >first/later; rm first/m1
cp state state1
tar cf more.tar -g state1 -C first . 2>/dev/null
tar tf more.tar | grep -v '/$' | sort
mkdir back && tar xf full.tar -g /dev/null -C back && tar xf more.tar -g /dev/null -C back
diff -r first back && echo "as it is now"
ls back | paste -sd' '
cat first.tar second.tar >both.tar; tar tif both.tar | wc -l
tar cf - -C first later | tar xOf - | cat -A

title "report"
awk '
	FNR == 1 { files++ }
	{ lines++; sum += $(NF - 2); words += NF }
	END { printf "%d files, %d lines, %d words, sum %d\n", files, lines, words, sum }
' project/*/file?.txt
for part in project/*/; do
	name=$(basename "$part")
	count=$(find "$part" -maxdepth 1 -type f | wc -l)
	bytes=$(find "$part" -maxdepth 1 -type f -printf '%s\n' | awk '{ s += $1 } END { print s + 0 }')
	printf '%-10s %3d %8d\n' "$name" "$count" "$bytes"
done
echo "${#problems[@]} problems"
cd /
rm -rf "$dir"

# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Three regions that the kernel's command line took for persistent memory (memmap=): a file system with DAX, /dev/dax in 2 MiB, /dev/dax in 4 KiB.
mkdir -p /mnt
gunzip -c /ext4.gz | dd of=/dev/pmem0 bs=1M 2>/dev/null
mount -t ext4 -o dax=always /dev/pmem0 /mnt || echo "lab: mount of ext4 failed"
# Each case on a file of its own, written whole, so that its blocks are there.
for file in used truncated unmapped; do dd if=/dev/zero of=/mnt/$file bs=1M count=8 2>/dev/null; done
sync
/lab device fsdax-ext4 /mnt/used || echo "lab: fsdax failed"
/lab truncate /mnt/truncated || echo "lab: truncate failed"
/lab truncate-unmapped /mnt/unmapped || echo "lab: truncate failed"
umount /mnt
BUS=/sys/bus/nd
region=1
for align in 2097152 4096; do
	namespace=namespace$region.0
	echo $namespace >$BUS/drivers/nd_pmem/unbind
	dax=$(cat $BUS/devices/region$region/dax_seed)
	echo $align >$BUS/devices/$dax/align
	echo ram >$BUS/devices/$dax/mode
	cat /proc/sys/kernel/random/uuid >$BUS/devices/$dax/uuid
	echo $namespace >$BUS/devices/$dax/namespace
	echo $dax >$BUS/drivers/dax_pmem/bind
	/lab device devdax-align-$align /dev/dax$region.0 || echo "lab: devdax failed"
	region=$((region + 1))
done

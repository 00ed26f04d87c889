#!/bin/busybox sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The only process of a machine in which a driver forgets pages, while bpftrace looks on.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
mount -t debugfs debugfs /sys/kernel/debug
echo "lab: kernel $(uname -r), page_ref tracepoints: $(ls /sys/kernel/debug/tracing/events/page_ref 2>/dev/null | wc -l)"
insmod /leaky.ko || echo "lab: insmod failed"
stty -F /dev/ttyS1 raw
bpftrace /gup.bt >/tmp/trace 2>/tmp/errors &
tracer=$!
seconds=0
until grep -q attached /tmp/trace; do
	sleep 1
	seconds=$((seconds + 1))
	[ $seconds -lt 120 ] || { echo "lab: bpftrace failed"; cat /tmp/errors; break; }
done
/user || echo "lab: user failed"
# The trace comes through buffers that are read from time to time.
sleep 5
kill -INT $tracer && wait $tracer
cat /tmp/trace >/dev/ttyS1
echo "lab: done"
sync
poweroff -f

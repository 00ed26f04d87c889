#!/bin/busybox sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The first and only process of the lab's machine: modules, then what the kernel's command line says in lab=, then the end.
/bin/busybox mkdir -p /proc /sys /dev
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
echo "lab: kernel $(uname -r)"
for module in $(cat /modules/order); do
	insmod "/modules/$module" 2>/dev/null || grep -q "^$module$" /modules/optional || echo "lab: insmod $module failed"
done
stty -F /dev/ttyS1 raw
WHAT=$(sed -n 's/.*lab=\([^ ]*\).*/\1/p' /proc/cmdline)
case ",$WHAT," in *,devices,*) . /devices.sh ;; esac
# After the devices: the last case leaves leaked references behind.
case ",$WHAT," in *,cases,*) /lab cases || echo "lab: cases failed" ;; esac
case ",$WHAT," in *,sequences,*) /lab sequences /sequences || echo "lab: sequences failed" ;; esac
echo "lab: done"
sync
poweroff -f

/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A guest that reads or writes one byte and halts. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lab.h"

#define MEMORY_AT 0x10000
#define READ_AT 0x100
#define WRITE_AT 0x200
/* mov al, [bx]; hlt and mov [bx], al; hlt */
static const char read_byte[] = { 0x8a, 0x07, 0xf4 };
static const char write_byte[] = { 0x88, 0x07, 0xf4 };

static int give_memory(struct guest *guest, int slot, unsigned long where, void *memory, size_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = where,
		.memory_size = size,
		.userspace_addr = (unsigned long)memory,
	};

	return ioctl(guest->vm, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

int make_guest(struct guest *guest, void *memory, size_t size)
{
	struct kvm_sregs sregs;
	int error;

	memset(guest, 0, sizeof(*guest));
	guest->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (guest->kvm < 0)
		return -errno;
	guest->vm = ioctl(guest->kvm, KVM_CREATE_VM, 0);
	if (guest->vm < 0)
		return -errno;
	guest->code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(guest->code + READ_AT, read_byte, sizeof(read_byte));
	memcpy(guest->code + WRITE_AT, write_byte, sizeof(write_byte));
	error = give_memory(guest, 0, 0, guest->code, PAGE);
	if (!error)
		error = give_memory(guest, 1, MEMORY_AT, memory, size);
	if (error)
		return error;
	guest->vcpu = ioctl(guest->vm, KVM_CREATE_VCPU, 0);
	if (guest->vcpu < 0)
		return -errno;
	guest->run_size = ioctl(guest->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	guest->run = mmap(NULL, guest->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, guest->vcpu, 0);
	ioctl(guest->vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.ds.base = MEMORY_AT;
	sregs.ds.selector = MEMORY_AT >> 4;
	return ioctl(guest->vcpu, KVM_SET_SREGS, &sregs) ? -errno : 0;
}

int run_guest(struct guest *guest, size_t offset, bool write, int *error)
{
	struct kvm_regs regs = { .rip = write ? WRITE_AT : READ_AT, .rbx = offset, .rax = 0x5a, .rflags = 2 };
	int failed;

	ioctl(guest->vcpu, KVM_SET_REGS, &regs);
	failed = ioctl(guest->vcpu, KVM_RUN, 0);
	*error = failed ? errno : 0;
	return failed ? -1 : (int)guest->run->exit_reason;
}

void destroy_guest(struct guest *guest)
{
	munmap(guest->run, guest->run_size);
	close(guest->vcpu);
	close(guest->vm);
	close(guest->kvm);
	munmap(guest->code, PAGE);
	memset(guest, 0, sizeof(*guest));
}

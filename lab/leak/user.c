/* Twenty buffers of sixteen pages; every second one meets the driver that forgets. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
	int fd = open("/dev/leaky", O_RDWR);
	if (fd < 0) { perror("/dev/leaky"); return 1; }
	for (int i = 0; i < 20; i++) {
		char *p = mmap(0, 16 * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		memset(p, 1, 16 * 4096);
		if (ioctl(fd, i % 2, p)) perror("ioctl");
		munmap(p, 16 * 4096);
	}
	return 0;
}

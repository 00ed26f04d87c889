// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A driver that takes the pages of a buffer, and forgets one of each sixteen: the planted leak of npm run lab -- --leak. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#define PAGES 16

static noinline int leaky_get(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, PAGES, FOLL_WRITE, pages);
}

static noinline void leaky_put(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (i != 3)
			put_page(pages[i]);
}

static noinline void tidy_put(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]);
}

static long leaky_ioctl(struct file *f, unsigned int cmd, unsigned long addr)
{
	struct page *pages[PAGES];
	int n = leaky_get(addr, pages);

	if (n <= 0)
		return n;
	if (cmd)
		leaky_put(pages, n);
	else
		tidy_put(pages, n);
	return 0;
}

static const struct file_operations leaky_fops = { .owner = THIS_MODULE, .unlocked_ioctl = leaky_ioctl };
static struct miscdevice leaky = { .minor = MISC_DYNAMIC_MINOR, .name = "leaky", .fops = &leaky_fops };
module_misc_device(leaky);
MODULE_LICENSE("GPL");

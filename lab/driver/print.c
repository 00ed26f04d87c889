/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Rows as JSON, one a line, to the second serial port. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "lab.h"

static int out = 1;
const char *of = "";

void print_to(const char *path)
{
	out = open(path, O_WRONLY | O_NOCTTY);
	if (out < 0) {
		perror(path);
		exit(2);
	}
}

static void put(const char *text, int length)
{
	while (length > 0) {
		int written = write(out, text, length);

		if (written <= 0)
			exit(2);
		text += written;
		length -= written;
	}
}

void print(const char *format, ...)
{
	char line[8192];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (n >= (int)sizeof(line) - 1) {
		fprintf(stderr, "a row of %d characters is too long\n", n);
		exit(2);
	}
	line[n++] = '\n';
	put(line, n);
}

void row(const char *step, const char *who, struct cp_page page, const char *more, ...)
{
	static const char *const levels[] = { "pfn", "pte", "pmd" };
	char fields[1024] = "", pins[16] = "null";
	va_list arguments;

	va_start(arguments, more);
	vsnprintf(fields, sizeof(fields), more, arguments);
	va_end(arguments);
	if (!page.present) {
		print("{\"case\":\"%s\",\"step\":\"%s\",\"who\":\"%s\",\"present\":false%s%s}", of, step, who,
		      *fields ? "," : "", fields);
		return;
	}
	if (page.pincount >= 0)
		snprintf(pins, sizeof(pins), "%d", page.pincount);
	print("{\"case\":\"%s\",\"step\":\"%s\",\"who\":\"%s\",\"pfn\":%llu,\"level\":\"%s\",\"special\":%d,\"devmap\":%d,"
	      "\"w\":%d,\"ref\":%d,\"folioRef\":%d,\"mapcount\":%d,\"folioMapcount\":%d,\"pincount\":%s,"
	      "\"maybePinned\":%d,\"reserved\":%d,\"anon\":%d,\"lru\":%d,\"zero\":%d,\"hugeZero\":%d,"
	      "\"zoneDevice\":%d,\"head\":%d,\"tail\":%d,\"order\":%d%s%s}",
	      of, step, who, (unsigned long long)page.pfn, levels[page.level], page.special, page.devmap, page.write,
	      page.ref, page.folio_ref, page.mapcount, page.folio_mapcount, pins, page.maybe_pinned, page.reserved,
	      page.anon, page.lru, page.zero, page.huge_zero, page.zone_device, page.head, page.tail, page.order,
	      *fields ? "," : "", fields);
}

void note(const char *step, const char *fields, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, fields);
	vsnprintf(text, sizeof(text), fields, arguments);
	va_end(arguments);
	print("{\"case\":\"%s\",\"step\":\"%s\",%s}", of, step, text);
}

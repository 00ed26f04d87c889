/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The lab's program: `lab sequences FILE`, `lab cases`, `lab device NAME PATH`, `lab truncate[-unmapped] FILE`; rows to the second serial port. */
#include <stdio.h>
#include <string.h>
#include "lab.h"

int main(int argc, char **argv)
{
	print_to("/dev/ttyS1");
	if (argc == 3 && !strcmp(argv[1], "sequences"))
		run_sequences(argv[2]);
	else if (argc == 2 && !strcmp(argv[1], "cases"))
		run_cases();
	else if (argc == 4 && !strcmp(argv[1], "device"))
		run_device(argv[2], argv[3]);
	else if (argc == 3 && !strncmp(argv[1], "truncate", 8))
		run_truncate(argv[2], !strcmp(argv[1], "truncate"));
	else
		return 2;
	return 0;
}

#include "complaint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *what) {
    fprintf(stderr, "can't %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

void refuse(const char *what, const char *word) {
    fprintf(stderr, "%s: \"%s\"\n", what, word);
    exit(2);
}

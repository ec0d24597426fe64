#define _GNU_SOURCE
#include "CHost.h"

/// How the bench's programs in C say what keeps them from measuring, and end.
#ifndef COMPLAINT_H
#define COMPLAINT_H

/// "can't WHAT: …", with the reason in errno.
_Noreturn void fail(const char *what);

/// "WHAT: WORD", for a command line that can't be understood.
_Noreturn void refuse(const char *what, const char *word);

#endif

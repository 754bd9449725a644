#include <base/diag.h> // IWYU pragma: associated

#include <base/err.h> // IWYU pragma: associated

#include <base/buf.h> // IWYU pragma: associated

#include <base/compat.h> // IWYU pragma: associated

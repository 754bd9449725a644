#include <base/hash.h> // IWYU pragma: associated

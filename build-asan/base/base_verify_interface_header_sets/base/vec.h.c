#include <base/vec.h> // IWYU pragma: associated

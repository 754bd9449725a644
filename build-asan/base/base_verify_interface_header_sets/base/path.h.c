#include <base/path.h> // IWYU pragma: associated

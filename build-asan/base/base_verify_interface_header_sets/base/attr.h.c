#include <base/attr.h> // IWYU pragma: associated

#include <policy/promote.h> // IWYU pragma: associated

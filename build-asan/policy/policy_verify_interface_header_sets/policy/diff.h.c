#include <policy/diff.h> // IWYU pragma: associated

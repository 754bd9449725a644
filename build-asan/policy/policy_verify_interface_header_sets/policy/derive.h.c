#include <policy/derive.h> // IWYU pragma: associated

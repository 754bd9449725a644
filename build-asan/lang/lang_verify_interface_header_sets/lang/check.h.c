#include <lang/check.h> // IWYU pragma: associated

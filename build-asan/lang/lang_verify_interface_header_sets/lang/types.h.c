#include <lang/types.h> // IWYU pragma: associated

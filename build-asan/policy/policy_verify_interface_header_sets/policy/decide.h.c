#include <policy/decide.h> // IWYU pragma: associated

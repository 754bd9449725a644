#include <lang/rt/decide.h> // IWYU pragma: associated

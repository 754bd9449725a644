#include <lang/rt/config.h> // IWYU pragma: associated

#include <lang/lang.h> // IWYU pragma: associated

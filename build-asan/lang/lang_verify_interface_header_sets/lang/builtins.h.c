#include <lang/builtins.h> // IWYU pragma: associated

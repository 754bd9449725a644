#include <lang/rt/abi.h> // IWYU pragma: associated

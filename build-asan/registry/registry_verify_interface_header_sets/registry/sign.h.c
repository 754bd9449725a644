#include <registry/sign.h> // IWYU pragma: associated

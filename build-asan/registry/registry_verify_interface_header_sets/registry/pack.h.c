#include <registry/pack.h> // IWYU pragma: associated

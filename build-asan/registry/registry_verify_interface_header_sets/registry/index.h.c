#include <registry/index.h> // IWYU pragma: associated

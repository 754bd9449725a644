#include <registry/unpack.h> // IWYU pragma: associated

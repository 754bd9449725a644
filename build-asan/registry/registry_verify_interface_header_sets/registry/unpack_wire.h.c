#include <registry/unpack_wire.h> // IWYU pragma: associated

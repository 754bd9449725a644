#include <registry/capmap.h> // IWYU pragma: associated

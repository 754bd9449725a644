#include <registry/store.h> // IWYU pragma: associated
